// What a worker says held against itself (the queue's password in wrong hands): every contradiction
// is refused, what is right is taken.
import { expect, test } from 'vitest';
import type { EvidenceId, Sha256 } from '../../../contract/brand.ts';
import type { NewFace } from '../../../contract/face.ts';
import { type FarmMessage, farmMessageSchema, workerNameSchema } from '../../../contract/farm.ts';
import type { VerdictOutcome } from '../../../contract/verdict.ts';
import { scoreFromLogit } from '../../../models/recce/output.ts';
import { testParameters } from '../../case/testing/case-material.ts';
import { ratioFromRecord } from '../../examine/likelihood-ratio.ts';
import { leaningFromScore } from '../../examine/operating-points.ts';
import { recordMadeAt } from '../../validate/testing/record-made-at.ts';
import { checkedResult } from './check-result.ts';
import { createFarmProgress } from './farm-run.ts';

const { record, operatingPoints } = recordMadeAt('2026-01-01T00:00:00.000Z');
const model = { operatingPoints, validation: record };
const hash = (digit: string) => digit.repeat(64) as Sha256;
const scored = (logit: number, change: Partial<Extract<VerdictOutcome, { kind: 'scored' }>> = {}): VerdictOutcome => ({
  kind: 'scored',
  logit,
  score: scoreFromLogit(logit),
  leaning: leaningFromScore(scoreFromLogit(logit), operatingPoints),
  log10LikelihoodRatio: ratioFromRecord(logit, record),
  meanDifference: 0.1,
  ...{ cropSha256: hash('a'), reconstructionSha256: hash('b'), differenceSha256: hash('c'), gateSha256: hash('d') },
  ...change,
});
const face: NewFace = {
  ...{ frameIndex: 0, timeMs: 0, pts: null, faceIndex: 0, finderScore: 0.9, foundAtRotation: 0 },
  box: { x: 20, y: -10, width: 50, height: 40 },
  landmarks: Array.from({ length: 68 }, (_, i) => ({ x: 20 + i / 2, y: i / 2 })),
  quality: { sizePx: 50, sharpness: 10, brightness: 0.5, rollDegrees: 0, yawProxy: 0 },
};
type Still = Extract<FarmMessage, { kind: 'still' }>;
const still = (outcome: VerdictOutcome, said: Still['verdicts'][number]['face'] = face): Still => ({
  kind: 'still',
  scan: '0'.repeat(24),
  evidenceId: 1 as EvidenceId,
  sha256: hash('e'),
  worker: 'w',
  parameters: testParameters,
  state: { kind: 'read', widthPx: 100, heightPx: 100, remarks: [] },
  verdicts: [{ face: said, outcome }],
});

test('what follows from its logit is taken as it is', () => {
  for (const logit of [-9, -0.3, 0, 4, 30]) {
    const message = still(scored(logit));
    expect(checkedResult(message, model)).toEqual(message);
  }
});

test.each([
  ['a score that is not its logit’s', scored(-9, { score: 0.9999 })],
  ['a leaning that is not its score’s', scored(9, { leaning: 'towardsGenuine' })],
  ['no leaning where there are operating points', scored(9, { leaning: null })],
  ['a ratio beyond the record’s bounds', scored(-9, { log10LikelihoodRatio: 50 })],
  ['no ratio where there is a record', scored(2, { log10LikelihoodRatio: null })],
])('%s is refused', (_, outcome) => {
  expect(() => checkedResult(still(outcome), model)).toThrow(/does not follow/);
});

test.each([
  ['a box 10^12 wide', { ...face, box: { x: 0, y: 0, width: 1e12, height: 50 } }],
  ['a box beside the picture', { ...face, box: { ...face.box, x: 400 } }],
  ['a box above the picture', { ...face, box: { ...face.box, y: -90 } }],
  ['landmarks elsewhere', { ...face, landmarks: face.landmarks.map(() => ({ x: 5000, y: 3 })) }],
  ['another size than its box', { ...face, quality: { ...face.quality, sizePx: 4000 } }],
])('%s is refused', (_, said) => {
  expect(() => checkedResult(still(scored(1), said), model)).toThrow(/It says that/);
});

test('a score without a face, and "no face" of a face, are refused', () => {
  expect(() => checkedResult(still(scored(1), null), model)).toThrow('of no face');
  expect(() => checkedResult(still({ kind: 'noFace' }), model)).toThrow('of a face');
});

const unreadable = { kind: 'unreadable', reason: 'corrupt', message: 'cut' } as const;
const noFace = { face: null, outcome: { kind: 'noFace' } } as const;
const second: NewFace = { ...face, faceIndex: 1 };
const tooSmall = (sizePx: number, minimumPx: number): VerdictOutcome => ({
  ...{ kind: 'faceTooSmall', sizePx, minimumPx, cropSha256: null },
});
test.each<[string, Partial<Still>]>([
  ['a scored face of a file that cannot be read', { state: unreadable }],
  ['a scored face of a file that waits', { state: { kind: 'pending' } }],
  ['"unreadable" of a file that was read', { verdicts: [{ face: null, outcome: unreadable }] }],
  [
    'another reason in the verdict',
    { state: { ...unreadable, reason: 'empty' }, verdicts: [{ face: null, outcome: unreadable }] },
  ],
  ['"no face" of a file that cannot be read', { state: unreadable, verdicts: [noFace] }],
  ['"no face" beside a face', { verdicts: [{ face, outcome: scored(1) }, noFace] }],
  ['a face twice', { verdicts: [1, 2].map((logit) => ({ face, outcome: scored(logit) })) }],
  ['the second face without the first', { verdicts: [{ face: second, outcome: scored(1) }] }],
  ['a face of a photograph in frame 7', { verdicts: [{ face: { ...face, frameIndex: 7 }, outcome: scored(1) }] }],
  ['"too small" with a size that is not the face’s', { verdicts: [{ face, outcome: tooSmall(3, 40) }] }],
  ['"too small" from the smallest size on', { verdicts: [{ face, outcome: tooSmall(50, 40) }] }],
  ['a score below the smallest size', { parameters: { ...testParameters, minimumFacePx: 60 } }],
])('%s is refused', (_, said) => {
  const whole: Still = { ...still(scored(1)), parameters: { ...testParameters, minimumFacePx: 40 } };
  expect(checkedResult(whole, model)).toEqual(whole);
  expect(() => checkedResult({ ...whole, ...said }, model)).toThrow(/It says/);
});

test('two faces of a photograph, a file that cannot be read, and a face too small are taken', () => {
  for (const message of [
    { ...still(scored(1)), verdicts: [second, face].map((one) => ({ face: one, outcome: scored(1) })) },
    { ...still(scored(1)), state: unreadable, verdicts: [{ face: null, outcome: unreadable }] },
    { ...still(tooSmall(50, 60)), parameters: { ...testParameters, minimumFacePx: 60 } },
  ])
    expect(checkedResult(message, model)).toEqual(message);
});

/** The face as a whole, box and landmarks, so many pixels to the right. */
const movedBy = (one: NewFace, px: number): NewFace => ({
  ...one,
  box: { ...one.box, x: one.box.x + px },
  landmarks: one.landmarks.map(({ x, y }) => ({ x: x + px, y })),
});

test('faces of a video are in its frames, as many as each says, and frames follow one another', () => {
  const { kind: _, state: __, ...from } = still(scored(1));
  const frame = (frameIndex: number, faces: number) => ({
    ...{ frameIndex, pts: frameIndex, timeMs: 40 * frameIndex, sceneChange: false, faces, widthPx: 100, heightPx: 100 },
  });
  const inFrame = { ...face, frameIndex: 4, pts: 4, timeMs: 160 };
  const frames: Extract<FarmMessage, { kind: 'frames' }> = {
    ...{ ...from, kind: 'frames', after: 2, progress: null, frames: [frame(3, 0), frame(4, 1)] },
    verdicts: [{ face: inFrame, outcome: scored(1) }],
  };
  expect(checkedResult(frames, model)).toEqual(frames);
  for (const wrong of [
    { frames: [frame(3, 1), frame(4, 1)] },
    { frames: [frame(3, 0), frame(4, 0)] },
    { frames: [frame(3, 0)] },
    { frames: [frame(4, 1), frame(3, 0)] },
    { after: 3 },
    { verdicts: [{ face: { ...inFrame, timeMs: 9000 }, outcome: scored(1) }] },
    { verdicts: [noFace] },
    // Where a film has 100 pixels no face lies at 5,000, nor in a frame of 10.
    { verdicts: [{ face: movedBy(inFrame, 5000), outcome: scored(1) }] },
    { frames: [frame(3, 0), { ...frame(4, 1), widthPx: 10, heightPx: 10 }] },
  ])
    expect(() => checkedResult({ ...frames, ...wrong }, model), JSON.stringify(wrong)).toThrow(/It says/);
});

test('a worker’s name is printable, and none of them is a key of anything', () => {
  for (const name of ['a\u001b[31m', '\u202eevil', '', ' ', 'x'.repeat(101), 'a\nb', 'tab\tbed'])
    expect(workerNameSchema.safeParse(name).success, JSON.stringify(name)).toBe(false);
  expect(farmMessageSchema.safeParse({ ...still(scored(1)), worker: '\u001b]0;x\u0007' }).success).toBe(false);
  const progress = createFarmProgress({ report: () => {}, problem: () => {} } as never);
  for (const name of ['__proto__', 'constructor', 'Labor 3 (Süd)']) {
    expect(workerNameSchema.parse(name)).toBe(name);
    progress.fileDone(name);
    progress.faces(name, 2);
  }
  expect(({} as { files?: number }).files).toBeUndefined();
  expect(JSON.parse(JSON.stringify(Object.fromEntries(progress.share)))).toEqual(
    JSON.parse(
      '{"__proto__":{"files":1,"faces":2},"constructor":{"files":1,"faces":2},"Labor 3 (Süd)":{"files":1,"faces":2}}',
    ),
  );
});
