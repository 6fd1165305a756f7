// Which frames are looked at, where shots begin, and which way up a video is: the parts that need
// no video to be tested.
import { expect, test } from 'vitest';
import { ptsFromRuns, runsFromPts } from '../../../contract/track.ts';
import { createFrameChoice } from './choose-frames.ts';
import { orientationFrom, turnNotApplied } from './display-matrix.ts';
import { createCutFinder, lumaGrid } from './scene-change.ts';

const chosen = (times: readonly number[], framesPerSecond: number): number[] => {
  const choose = createFrameChoice({ kind: 'byTime', framesPerSecond, sceneChanges: true });
  return times.filter((ms) => choose(ms, false));
};

test('two frames a second are the first at or after every half second, to the end of the file', () => {
  const at25 = Array.from({ length: 250 }, (_, i) => i * 40);
  expect(chosen(at25, 2)).toEqual(Array.from({ length: 20 }, (_, k) => Math.ceil((k * 500) / 40) * 40));
  // 29.97 frames a second in ticks of a thousandth: each instant is met once.
  const ntsc = Array.from({ length: 300 }, (_, i) => Math.round((i * 1001) / 30));
  expect(chosen(ntsc, 2)).toHaveLength(20);
});

test('a film whose times stand still, or run too fast, is not passed over by them', () => {
  expect(
    chosen(
      Array.from({ length: 200 }, (_, i) => i / 10),
      2,
    ),
  ).toHaveLength(4);
  expect(chosen(new Array<number>(200).fill(0), 2)).toHaveLength(4);
});

test('after a gap in the timestamps nothing is made up for, and a slow file gives every frame', () => {
  expect(chosen([0, 100, 9000, 9100, 9600], 2)).toEqual([0, 9000, 9600]);
  expect(chosen([0, 3000, 6000], 2)).toEqual([0, 3000, 6000]);
});

test('every frame means every frame, and a cut is looked at between two instants', () => {
  const all = createFrameChoice({ kind: 'everyFrame' });
  expect([0, 40, 80].map((ms) => all(ms, false))).toEqual([true, true, true]);
  const choose = createFrameChoice({ kind: 'byTime', framesPerSecond: 1, sceneChanges: true });
  expect([0, 40, 80].map((ms) => choose(ms, ms === 80))).toEqual([true, false, true]);
  const blind = createFrameChoice({ kind: 'byTime', framesPerSecond: 1, sceneChanges: false });
  expect([0, 40, 80].map((ms) => blind(ms, ms === 80))).toEqual([true, false, false]);
});

const picture = (value: (x: number, y: number) => number, bits = 8) => {
  const [widthPx, heightPx] = [128, 72];
  const values = Array.from({ length: widthPx * heightPx }, (_, i) => value(i % widthPx, Math.floor(i / widthPx)));
  const samples = bits > 8 ? Uint16Array.from(values, (v) => v << (bits - 8)) : Uint8Array.from(values);
  return lumaGrid({ samples, stride: widthPx, step: 1, offset: 0, bits, widthPx, heightPx });
};

test('a cut is found, slow and fast movement and a fade are not', () => {
  const isCut = createCutFinder();
  const a = (shift: number) => picture((x, y) => ((x + shift) * 3 + y) & 255);
  const b = picture((x, y) => 255 - ((x * 2 + y * 3) & 255));
  expect([0, 1, 2, 3].map((shift) => isCut(a(shift)))).toEqual([false, false, false, false]);
  expect(isCut(b)).toBe(true);
  expect(isCut(b)).toBe(false);
  const fade = createCutFinder();
  const steps = Array.from({ length: 20 }, (_, i) => picture(() => 20 + i * 10));
  expect(steps.map((step) => fade(step))).not.toContain(true);
});

test('a cut between two people before one backdrop is found; one who moves, and a picture that begins to move, are not', () => {
  // A head of its own pattern before a backdrop that stays, a seventh of the picture.
  const person = (pattern: number, shift = 0) =>
    picture((x, y) => {
      const isHead = Math.abs(x - 64 - shift) < 20 && Math.abs(y - 36) < 20;
      return isHead ? (pattern + (x - shift) * 5 + y * (pattern % 7)) & 255 : 90 + (y >> 3);
    });
  const isCut = createCutFinder();
  expect([0, 1, 2, 1, 0].map((shift) => isCut(person(40, shift)))).not.toContain(true);
  expect(isCut(person(171))).toBe(true);
  expect([1, 2, 3].map((shift) => isCut(person(171, shift)))).not.toContain(true);
  const moving = createCutFinder();
  const scene = (shift: number) => picture((x, y) => 128 + 100 * Math.sin((x + shift) / 9) * Math.cos(y / 11));
  expect([0, 0, 0, 2, 5, 9, 13, 17].map((shift) => moving(scene(shift)))).not.toContain(true);
});

test('ten bits and eight give the same grid', () => {
  const ramp = (x: number, y: number): number => (x * 2 + y) & 255;
  expect(picture(ramp, 10)).toEqual(picture(ramp));
});

/** Side data of a display matrix: a b u, c d v, x y w. */
const matrix = (a: number, b: number, c: number, d: number): Uint8Array =>
  new Uint8Array(Int32Array.of(a * 65536, b * 65536, 0, c * 65536, d * 65536, 0, 0, 0, 1 << 30).buffer);

test('the display matrix is read as quarter turns and a mirror', () => {
  expect(orientationFrom(null)).toEqual({ rotationDegrees: 0, mirrored: false });
  expect(orientationFrom(matrix(1, 0, 0, 1))).toEqual({ rotationDegrees: 0, mirrored: false });
  expect(orientationFrom(matrix(0, 1, -1, 0))).toEqual({ rotationDegrees: 90, mirrored: false });
  expect(orientationFrom(matrix(-1, 0, 0, -1))).toEqual({ rotationDegrees: 180, mirrored: false });
  expect(orientationFrom(matrix(0, -1, 1, 0))).toEqual({ rotationDegrees: 270, mirrored: false });
  expect(orientationFrom(matrix(-1, 0, 0, 1))).toEqual({ rotationDegrees: 0, mirrored: true });
  expect(orientationFrom(new Uint8Array(36))).toEqual({ rotationDegrees: 0, mirrored: false });
  // What arithmetic left of nothing makes no other matrix of it.
  expect(orientationFrom(matrix(1e-4, 1, -1, -1e-4))).toEqual({ rotationDegrees: 90, mirrored: false });
});

test('a display matrix that is no quarter turn is told by its degrees', () => {
  for (const plain of [null, matrix(1, 0, 0, 1), matrix(0, 1, -1, 0), matrix(-1, 0, 0, 1), new Uint8Array(36)])
    expect(turnNotApplied(plain)).toBeUndefined();
  const half = Math.SQRT1_2;
  expect(turnNotApplied(matrix(half, half, -half, half))).toBe(45);
  expect(turnNotApplied(matrix(half, -half, half, half))).toBe(315);
  // Sheared.
  expect(turnNotApplied(matrix(1, 0, 0.5, 1))).toBe(0);
  // Folded onto a line.
  expect(turnNotApplied(matrix(1, 0, 0, 0))).toBe(0);
});

test('timestamps are kept as runs and come back as they were', () => {
  for (const pts of [[5], [0, 512, 1024, 1536], [-3, 0, 4, 4, 9, 14, 19], [90000, 93003, 96006, 99009]])
    expect(ptsFromRuns(runsFromPts(pts)!)).toEqual(pts);
  expect(runsFromPts(Array.from({ length: 180_000 }, (_, i) => i * 512))!.steps).toHaveLength(1);
  expect(runsFromPts([])).toBeUndefined();
});
