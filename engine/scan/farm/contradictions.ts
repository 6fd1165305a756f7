// What a worker says of a file held against itself: state against verdicts, faces against their
// picture or frame, sizes against the scan's smallest. Each throws, in a sentence.
import type { NewFace } from '../../../contract/face.ts';
import type { FarmMessage } from '../../../contract/farm.ts';
import type { VerdictOutcome, VerdictParameters } from '../../../contract/verdict.ts';

/** What is said of a photograph and what it is said to have come to are one thing. */
export function expectStill({ state, verdicts }: Extract<FarmMessage, { kind: 'still' }>): void {
  const faces = verdicts.flatMap(({ face }) => (face ? [face] : []));
  const whole = verdicts.find(({ face }) => face === null)?.outcome;
  if (whole && verdicts.length > 1) throw new Error('It says something of the whole file beside other verdicts.');
  if (state.kind === 'pending') throw new Error('It says that the file still waits.');
  if ((state.kind === 'unreadable') !== (whole?.kind === 'unreadable'))
    throw new Error(`It says ${whole?.kind ?? 'faces'} of a file that is ${state.kind}.`);
  if (state.kind === 'unreadable' && whole?.kind === 'unreadable' && state.reason !== whole.reason)
    throw new Error(`It says ${state.reason} of the file and ${whole.reason} in its verdict.`);
  if (faces.some(({ frameIndex, timeMs, pts }) => frameIndex !== 0 || timeMs !== 0 || pts !== null))
    throw new Error('It says that a face of a photograph was shown in a frame.');
  expectEach(faces, faces.length);
}

/** Frames follow one another; faces are in them, as many as each says. */
export function expectFrames({ after, frames, verdicts }: Extract<FarmMessage, { kind: 'frames' }>): void {
  const byFrame = new Map(frames.map((frame) => [frame.frameIndex, { frame, faces: [] as NewFace[] }]));
  for (const { face } of verdicts) {
    if (!face) throw new Error('It says something of the whole video in the middle of it.');
    const at = byFrame.get(face.frameIndex);
    if (!at || at.frame.timeMs !== face.timeMs || at.frame.pts !== face.pts)
      throw new Error(`It says that a face was in frame ${face.frameIndex}, which is not so among its frames.`);
    at.faces.push(face);
  }
  let last = after;
  for (const { frameIndex, faces } of frames) {
    if (frameIndex <= last) throw new Error(`It says that frame ${frameIndex} follows frame ${last}.`);
    last = frameIndex;
    expectEach(byFrame.get(frameIndex)!.faces, faces);
  }
}

/** Every face of one picture once, from the first to the last. */
function expectEach(faces: readonly NewFace[], count: number): void {
  const numbers = [...new Set(faces.map(({ faceIndex }) => faceIndex))];
  if (faces.length !== count || numbers.length !== count || numbers.some((one) => one >= count))
    throw new Error(
      `It says that a picture has ${count} faces, and speaks of ${numbers.map((one) => one + 1).join(', ') || 'none'}.`,
    );
}

/** A face is scored from the scan's smallest size on, and too small below it. */
export function expectSize(face: NewFace, outcome: VerdictOutcome, { minimumFacePx }: VerdictParameters): void {
  if (minimumFacePx === null) return;
  const { sizePx } = face.quality;
  const least = `${minimumFacePx} px are the least`;
  if (outcome.kind === 'scored' && sizePx < minimumFacePx)
    throw new Error(`It says a score of a face of ${sizePx} px; ${least}.`);
  if (outcome.kind !== 'faceTooSmall') return;
  if (outcome.sizePx !== sizePx || outcome.minimumPx !== minimumFacePx || sizePx >= minimumFacePx)
    throw new Error(
      `It says that a face of ${sizePx} px is too small, with ${outcome.sizePx} of ${outcome.minimumPx}; ${least}.`,
    );
}
