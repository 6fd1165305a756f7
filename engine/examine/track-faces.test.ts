// Following faces and judging tracks: pure rules on made-up faces.
import { expect, test } from 'vitest';
import type { FaceId } from '../../contract/brand.ts';
import { type TrackedFrame, trackFaces } from './track-faces.ts';
import { judgeTrack, lowerMedian, type TrackFace } from './track-outcome.ts';

const box = (x: number, y: number, size = 100) => ({ x, y, width: size, height: size });
const frame = (
  timeMs: number,
  faces: [string, ReturnType<typeof box>][],
  sceneChange = false,
): TrackedFrame<string> => ({
  timeMs,
  sceneChange,
  faces: faces.map(([id, b]) => ({ id, box: b })),
});

test('two people who pass one another keep their tracks by motion', () => {
  const frames = Array.from({ length: 9 }, (_, i) =>
    frame(i * 500, [
      [`a${i}`, box(i * 60, 0)],
      [`b${i}`, box(480 - i * 60, 20)],
    ]),
  );
  const tracks = trackFaces(frames);
  expect(tracks).toEqual([frames.map((_, i) => `a${i}`), frames.map((_, i) => `b${i}`)]);
});

test('a face unseen for a moment goes on, one gone for longer or behind a cut begins anew', () => {
  expect(trackFaces([frame(0, [['a', box(0, 0)]]), frame(500, []), frame(1000, [['b', box(5, 0)]])])).toEqual([
    ['a', 'b'],
  ]);
  const late = [0, 500, 1000, 1500, 2000].map((ms) =>
    frame(ms, ms === 0 || ms === 2000 ? [[`t${ms}`, box(0, 0)]] : []),
  );
  expect(trackFaces(late)).toEqual([['t0'], ['t2000']]);
  expect(trackFaces([frame(0, [['a', box(0, 0)]]), frame(40, [['b', box(0, 0)]], true)])).toEqual([['a'], ['b']]);
});

test('a face elsewhere, or of another size, is another track; in sparse frames nearness counts', () => {
  expect(trackFaces([frame(0, [['a', box(0, 0)]]), frame(500, [['b', box(400, 0)]])])).toEqual([['a'], ['b']]);
  expect(trackFaces([frame(0, [['a', box(0, 0, 40)]]), frame(500, [['b', box(0, 0, 160)]])])).toEqual([['a'], ['b']]);
  expect(trackFaces([frame(0, [['a', box(0, 0)]]), frame(4000, [['b', box(70, 0)]])])).toEqual([['a', 'b']]);
});

const faces = (scores: readonly (number | null)[], stepMs = 500): TrackFace[] =>
  scores.map((score, i) => ({
    faceId: (i + 1) as FaceId,
    timeMs: i * stepMs,
    kind: score === null ? 'faceTooSmall' : 'scored',
    score,
    sizePx: 100 + i,
  }));

test('five forged seconds in ten minutes are found, and the median of the whole does not hide them', () => {
  const scores = Array.from({ length: 1200 }, (_, i) => (i >= 800 && i < 810 ? 0.9 : 0.2));
  const { outcome, keyFaces } = judgeTrack(faces(scores), { low: 0.3, high: 0.7 });
  expect(outcome).toMatchObject({
    kind: 'scored',
    medianScore: 0.2,
    windowMedianScore: 0.9,
    leaning: 'towardsForged',
    facesScored: 1200,
  });
  if (outcome.kind !== 'scored') throw new Error('scored was expected');
  expect(outcome.windowFromMs).toBeGreaterThanOrEqual(397_500);
  expect(outcome.windowToMs).toBeLessThanOrEqual(407_500);
  expect(keyFaces.every((id) => id > 800 && id <= 810)).toBe(true);
});

test('one or two bad frames do not make a track lean', () => {
  const scores = Array.from({ length: 100 }, (_, i) => (i === 40 || i === 43 ? 0.99 : 0.2));
  expect(judgeTrack(faces(scores), { low: 0.3, high: 0.7 }).outcome).toMatchObject({
    windowMedianScore: 0.2,
    leaning: 'towardsGenuine',
  });
});

test('what the leaning says is true of the window: at least half of its faces', () => {
  expect(lowerMedian([0.1, 0.9])).toBe(0.1);
  expect(lowerMedian([0.9, 0.1, 0.5])).toBe(0.5);
  expect(() => lowerMedian([])).toThrow(RangeError);
  for (let n = 1; n <= 12; n++) {
    const scores = Array.from({ length: n }, (_, i) => ((i * 7) % n) / n);
    const median = lowerMedian(scores);
    expect(scores.filter((s) => s >= median).length * 2).toBeGreaterThanOrEqual(n);
    expect(scores.filter((s) => s <= median).length * 2).toBeGreaterThanOrEqual(n);
  }
});

test('a track without a score has none, and without operating points no leaning', () => {
  expect(judgeTrack(faces([null, null]), null)).toEqual({
    outcome: { kind: 'notScored', reasons: { faceTooSmall: 2 } },
    keyFaces: [2],
  });
  expect(judgeTrack(faces([0.9]), null).outcome).toMatchObject({ kind: 'scored', leaning: null, windowFaces: 1 });
});
