// Following faces and judging tracks: pure rules on made-up faces.
import { expect, test } from 'vitest';
import type { FaceId } from '../../contract/brand.ts';
import { TRACK_WINDOW_MS } from '../../contract/track.ts';
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

/** The rule as it reads: every window looked through by itself. */
function windowAsTheRuleReads(all: readonly TrackFace[]): { from: number; to: number; faces: number; median: number } {
  const scored = all.filter((one): one is TrackFace & { score: number } => one.score !== null);
  const lastMs = scored.at(-1)!.timeMs;
  const starts = scored.map((one) => one.timeMs).filter((ms) => ms + TRACK_WINDOW_MS <= lastMs);
  const windows = [...starts, lastMs - TRACK_WINDOW_MS].map((fromMs) =>
    scored.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= fromMs + TRACK_WINDOW_MS),
  );
  const enough = windows.filter((one) => one.length >= 3);
  const judged = (enough.length > 0 ? enough : [scored]).map((one) => ({
    from: one[0]!.timeMs,
    to: one.at(-1)!.timeMs,
    faces: one.length,
    median: lowerMedian(one.map(({ score }) => score)),
  }));
  return judged.reduce((a, b) => (b.median > a.median ? b : a));
}

test('the window is bit for bit that of the rule, for tracks of any length, gaps, equal times and equal scores', () => {
  let state = 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let round = 0; round < 400; round++) {
    const [length, step, levels] = [1 + Math.floor(random() * 120), random() * 900, 1 + Math.floor(random() * 30)];
    let timeMs = random() * 1000;
    const track = Array.from({ length }, (_, i): TrackFace => {
      // Thirds of a millisecond and moments that are no binary fractions: sums of them are rounded.
      timeMs += random() < 0.2 ? 0 : random() < 0.05 ? 7000 / 3 : step / 3;
      const score = random() < 0.1 ? null : random() < 0.5 ? Math.floor(random() * levels) / levels : random();
      return { faceId: (i + 1) as FaceId, timeMs, kind: score === null ? 'faceTooSmall' : 'scored', score, sizePx: 1 };
    });
    if (track.every(({ score }) => score === null)) continue;
    const { outcome } = judgeTrack(track, null);
    if (outcome.kind !== 'scored') throw new Error('scored was expected');
    const { windowFromMs: from, windowToMs: to, windowFaces: windowed, windowMedianScore: median } = outcome;
    expect({ from, to, faces: windowed, median }).toEqual(windowAsTheRuleReads(track));
  }
});

test('what a track costs grows with its faces, not with their square, however they lie in time', () => {
  /** How often a time of a face is read. */
  const reads = (length: number, stepMs: number): number => {
    let count = 0;
    const track = Array.from({ length }, (_, i) => {
      const face = {
        faceId: (i + 1) as FaceId,
        kind: 'scored' as const,
        score: ((i * 7919) % length) / length,
        sizePx: 1,
      };
      return Object.defineProperty(face, 'timeMs', {
        get: () => {
          count += 1;
          return i * stepMs;
        },
      }) as typeof face & { timeMs: number };
    });
    judgeTrack(track, null);
    return count;
  };
  for (const stepMs of [0, 0.01, 40, 4000]) expect(reads(8000, stepMs) / reads(4000, stepMs)).toBeLessThan(2.5);
  // A day of frames at which a single look at every pair would take an hour.
  expect(
    judgeTrack(
      faces(
        Array.from({ length: 500_000 }, (_, i) => (i % 1000) / 1000),
        0.5,
      ),
      null,
    ).outcome.kind,
  ).toBe('scored');
});
