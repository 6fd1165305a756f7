// The scan of one video, as a straight line: chosen frames -> faces -> crops -> scores -> rows, portion by portion, then tracks.
// Each portion is one transaction; a killed scan goes on behind the last frame written and ends with the same rows.
import { stat } from 'node:fs/promises';
import type { Evidence, EvidenceState } from '../../contract/evidence.ts';
import type { SampledFrame } from '../../contract/track.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import { setEvidenceState } from '../case/evidence.ts';
import { addVerdicts } from '../case/verdict.ts';
import {
  addVideoFrame,
  beginVideoScan,
  facesOfScan,
  finishVideoScan,
  framesOf,
  lastFrameWritten,
  type VideoScan,
} from '../case/video-scan.ts';
import type { JobHands } from '../jobs/job-queue.ts';
import type { ListedFile } from '../media/list-media.ts';
import type { ChosenFrame, VideoEnd } from '../media/video/video-messages.ts';
import { type CutFace, cutFaces, judgeFaces } from './judge-faces.ts';
import { prefetch, readAhead } from './prefetch.ts';
import type { ScanHands } from './scan-evidence.ts';
import { endingRemarks } from './take-in.ts';
import { trackFaces } from './track-faces.ts';
import { judgeTrack } from './track-outcome.ts';

/** A frame with its faces cut out. */
type PreparedFrame = SampledFrame & { found: CutFace[] };

/** Frames searched for faces ahead of scoring. */
const FRAMES_AHEAD = 3;
/**
 * A frame in which no face is surely upright is also looked at turned, but only every so many frames: a video is held one way up
 * for longer than a photograph, and four looks instead of one would be paid for every empty frame.
 */
const LOOK_TURNED_EVERY = 20;
/** Whether turned copies of a frame are looked at; the same whenever the frame is looked at again. */
export const looksTurned = (frameIndex: number): boolean => frameIndex % LOOK_TURNED_EVERY === 0;

/** Scans a video to its end. `onProgress`: share of the file, 0..1 where known, and faces found in this run. */
export async function scanVideo(
  given: ScanHands,
  job: JobHands,
  { file, evidence }: { file: ListedFile; evidence: Evidence },
  onProgress: (share: number | null, faces: number) => void,
): Promise<EvidenceState> {
  const { opened, model, videoDecoder, sampling } = given;
  // Where the decoder cannot even say its name, the walk says why.
  const decoder = await videoDecoder.version().catch(() => 'not available');
  const parameters = { ...given.parameters, decoder };
  const hands: ScanHands = { ...given, parameters };
  const scan = beginVideoScan(opened, {
    evidenceId: evidence.id,
    modelId: model.id,
    pipelineVersion: parameters.pipelineVersion,
    sampling,
  });
  let faces = 0;
  let writing: Promise<void> = Promise.resolve();
  const walk = videoDecoder.walk(file.readFrom ?? file.path, sampling, lastFrameWritten(opened, scan.id));
  for await (const part of readAhead(walk)) {
    if (part.kind !== 'frames') {
      await writing;
      const ending = (await hasChanged(file, evidence)) ? CHANGED : part;
      return finish(hands, evidence, scan, ending);
    }
    const prepared: PreparedFrame[] = [];
    for await (const one of prefetch(part.frames, FRAMES_AHEAD, (frame) => prepareFrame(hands, frame)))
      prepared.push(one);
    await writing;
    writing = scoreAndWriteFrames(hands, evidence, scan, prepared);
    writing.catch(() => {});
    faces += prepared.reduce((sum, one) => sum + one.found.length, 0);
    onProgress(part.progress, faces);
    await job.pausePoint();
  }
  throw new Error('The walk through the video ended without saying how.');
}

/** Steps 3 and 4 for one frame. */
async function prepareFrame(hands: ScanHands, frame: ChosenFrame): Promise<PreparedFrame> {
  const { frameIndex, pts, timeMs, sceneChange, widthPx, heightPx, data } = frame;
  const image = { widthPx, heightPx, data };
  const found = await hands.findFaces(image, { turned: looksTurned(frameIndex) });
  return {
    ...{ frameIndex, pts, timeMs, sceneChange, faces: found.length },
    found: cutFaces(hands.model, image, found, { frameIndex, timeMs, pts }),
  };
}

/** Steps 5 to 8 for a portion: scores, then frames, faces and verdicts in one transaction. */
async function scoreAndWriteFrames(
  hands: ScanHands,
  evidence: Evidence,
  scan: VideoScan,
  frames: readonly PreparedFrame[],
): Promise<void> {
  const found = frames.flatMap((one) => one.found);
  const outcomes = await judgeFaces(hands, found);
  hands.opened.db.transaction(() => {
    for (const { found: _, ...frame } of frames) addVideoFrame(hands.opened, scan.id, frame);
    addVerdicts(hands.opened, hands.parameters, [
      {
        evidenceId: evidence.id,
        relativePath: evidence.relativePath,
        state: undefined,
        verdicts: found.map((one) => ({ face: one.face, outcome: outcomes.get(one)! })),
      },
    ]);
  });
}

/** True where size or time of change are no longer those of the file that was hashed. */
async function hasChanged(file: ListedFile, { sizeBytes, modifiedAt }: Evidence): Promise<boolean> {
  const now = await stat(file.readFrom ?? file.path).catch(() => undefined);
  return now !== undefined && (now.size !== sizeBytes || now.mtime.toISOString() !== modifiedAt);
}

const CHANGED = { kind: 'unreadable', reason: 'changedWhileRead', message: 'It changed while it was read.' } as const;

type Ending = { kind: 'end'; end: VideoEnd } | Extract<EvidenceState, { kind: 'unreadable' }>;

/** The last transaction: tracks, the file's state, and a row for the whole file where no face speaks for it. */
function finish(hands: ScanHands, evidence: Evidence, scan: VideoScan, ending: Ending): EvidenceState {
  const { opened, parameters } = hands;
  const frames = framesOf(opened, scan.id);
  const state = stateFrom(evidence, ending, frames);
  const faces = facesOfScan(opened, scan);
  const outcome: VerdictOutcome | undefined =
    state.kind === 'unreadable' ? state : faces.length === 0 ? { kind: 'noFace' } : undefined;
  opened.db.transaction(() => {
    setEvidenceState(opened, evidence.id, state);
    if (outcome)
      addVerdicts(opened, parameters, [
        {
          evidenceId: evidence.id,
          relativePath: evidence.relativePath,
          state: undefined,
          verdicts: [{ face: null, outcome }],
        },
      ]);
    finishVideoScan(opened, scan.id, {
      ptsRuns: ending.kind === 'end' ? ending.end.ptsRuns : null,
      tracks: tracksFrom(hands, frames, faces),
    });
  });
  return state;
}

function stateFrom(evidence: Evidence, ending: Ending, frames: readonly SampledFrame[]): EvidenceState {
  if (ending.kind === 'end') {
    const { widthPx, heightPx, facts, remarks } = ending.end;
    // Nothing was looked at: that is no "no face found".
    if (frames.length === 0)
      return {
        kind: 'unreadable',
        reason: 'corrupt',
        message: `None of its ${facts.frames} frames could be examined; ${facts.damagedFrames} of them are damaged.`,
      };
    return {
      kind: 'read',
      widthPx,
      heightPx,
      remarks: [...endingRemarks(evidence.relativePath, evidence.mediaType), ...remarks],
      video: facts,
    };
  }
  const last = frames.at(-1);
  if (!last) return ending;
  return {
    ...ending,
    message: `${ending.message} Before that ${frames.length} frames up to ${(last.timeMs / 1000).toFixed(2)} s were examined; what was found in them stands.`,
  };
}

function tracksFrom(
  { model }: ScanHands,
  frames: readonly SampledFrame[],
  faces: ReturnType<typeof facesOfScan>,
): { faces: { faceId: (typeof faces)[number]['faceId']; isKey: boolean }[] }[] {
  const byId = new Map(faces.map((one) => [one.faceId, one]));
  const byFrame = Map.groupBy(faces, (one) => one.frameIndex);
  const tracks = trackFaces(
    frames.map(({ frameIndex, timeMs, sceneChange }) => ({
      timeMs,
      sceneChange,
      faces: (byFrame.get(frameIndex) ?? []).map(({ faceId, box }) => ({ id: faceId, box })),
    })),
  );
  return tracks.map((ids) => {
    const keys = new Set(
      judgeTrack(
        ids.map((id) => byId.get(id)!),
        model.operatingPoints,
      ).keyFaces,
    );
    return { faces: ids.map((faceId) => ({ faceId, isKey: keys.has(faceId) })) };
  });
}
