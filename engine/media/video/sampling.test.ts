// Which frames are looked at, where shots begin, and which way up a video is: the parts that need
// no video to be tested.
import { expect, test } from 'vitest';
import { ptsFromRuns, runsFromPts } from '../../../contract/track.ts';
import { createFrameChoice, type SeenFrame } from './choose-frames.ts';
import { orientationFrom, turnNotApplied } from './display-matrix.ts';
import { createCutFinder, type LumaPlane, lumaGrid } from './scene-change.ts';
import { cellView, showsAnother } from './shown-before.ts';

/** A frame that looks like every other. */
const NOTHING = new Uint8Array(64 * 36);
const at = (timeMs: number, sceneChange = false) => ({
  timeMs,
  sceneChange,
  view: () => ({ means: NOTHING, contrasts: NOTHING }),
});

const chosen = (times: readonly number[], framesPerSecond: number): number[] => {
  const { isChosen } = createFrameChoice({ kind: 'byTime', framesPerSecond, sceneChanges: true });
  return times.filter((ms) => isChosen(at(ms)));
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
  expect([0, 40, 80].map((ms) => all.isChosen(at(ms)))).toEqual([true, true, true]);
  const choose = createFrameChoice({ kind: 'byTime', framesPerSecond: 1, sceneChanges: true });
  expect([0, 40, 80].map((ms) => choose.isChosen(at(ms, ms === 80)))).toEqual([true, false, true]);
  const blind = createFrameChoice({ kind: 'byTime', framesPerSecond: 1, sceneChanges: false });
  expect([0, 40, 80].map((ms) => blind.isChosen(at(ms, ms === 80)))).toEqual([true, false, false]);
});

const plane = (value: (x: number, y: number) => number, bits = 8): LumaPlane => {
  const [widthPx, heightPx] = [128, 72];
  const values = Array.from({ length: widthPx * heightPx }, (_, i) => value(i % widthPx, Math.floor(i / widthPx)));
  const samples = bits > 8 ? Uint16Array.from(values, (v) => v << (bits - 8)) : Uint8Array.from(values);
  return { samples, stride: widthPx, step: 1, offset: 0, bits, widthPx, heightPx };
};
const picture = (...of: Parameters<typeof plane>) => lumaGrid(plane(...of));
const view = (...of: Parameters<typeof plane>) => cellView(plane(...of));

/** A film that shows `other` in part (0 to 1) at each time; the times that are looked at. */
const lookedAt = (times: readonly number[], other: (ms: number) => number): number[] => {
  const choice = createFrameChoice({ kind: 'byTime', framesPerSecond: 2, sceneChanges: true });
  const looks: number[] = [];
  let before: SeenFrame | undefined;
  for (const timeMs of times) {
    const part = other(timeMs);
    const shown = view((x, y) => 119 + part * (((x * 37 + y * 91) & 255) - 119));
    const frame = { timeMs, sceneChange: false, view: () => shown };
    if (before && choice.hasStood(before, timeMs)) looks.push(before.timeMs);
    const isChosen = choice.isChosen(frame);
    if (isChosen) looks.push(timeMs);
    before = isChosen ? undefined : frame;
  }
  return looks;
};

test('what fades in and out between two looks is looked at, by even times and by uneven ones', () => {
  const evenly = Array.from({ length: 120 }, (_, i) => (i * 1000) / 60);
  // Grey at every half second, the other picture whole in the middle of each.
  const fading = (ms: number): number => Math.min(1, (250 - Math.abs((ms % 500) - 250)) / 80);
  const looks = lookedAt(evenly, fading);
  for (const from of [0, 500, 1000, 1500])
    expect(looks.filter((ms) => ms > from && ms < from + 500 && fading(ms) === 1)).not.toEqual([]);
  expect(looks.length).toBeLessThanOrEqual(16);
  // One frame of the other picture stands from 8 ms behind each look to 8 ms before the next.
  const standing = [0, 500, 1000, 1500].flatMap((from) => [from, from + 4, from + 8, from + 496]);
  expect(lookedAt(standing, (ms) => (ms % 500 === 8 ? 1 : 0))).toEqual(
    expect.arrayContaining([0, 8, 500, 508, 1000, 1008, 1500, 1508]),
  );
});

test('a film in which nothing new is shown is looked at no more often: it stands, brightens a little, or moves as a whole', () => {
  const evenly = Array.from({ length: 60 }, (_, i) => (i * 1000) / 30);
  expect(lookedAt(evenly, () => 1)).toEqual([0, 500, 1000, 1500]);
  const scene = (shift: number) => view((x, y) => 128 + 100 * Math.sin((x + shift) / 9) * Math.cos(y / 11));
  expect([1, 4, 8, 14].map((shift) => showsAnother(scene(shift), scene(0)))).toEqual([false, false, false, false]);
  const head = (pattern: number) =>
    view((x, y) => (Math.hypot(x - 40, y - 30) < 16 ? (x * pattern + y * 29) & 255 : 90 + (y >> 3)));
  expect(showsAnother(head(7), head(7))).toBe(false);
  expect(
    showsAnother(
      head(7),
      view((_, y) => 90 + (y >> 3)),
    ),
  ).toBe(true);
});

test('a pattern that holds every light beside every cell does not stand for what is shown behind it', () => {
  const photograph = (x: number, y: number): number => 128 + 100 * Math.sin(x / 21) * Math.cos(y / 19);
  const lights = [30, 70, 110, 150, 190, 220, 50, 130, 170];
  const contrasts = [0, 22, 44];
  // Two samples a cell, each way: nine lights in three by three cells, and three contrasts.
  const mosaic = (x: number, y: number): number => {
    const [column, row] = [Math.floor(x / 2), Math.floor(y / 2)];
    const light = lights[(column % 3) + 3 * (row % 3)]!;
    return light + (contrasts[(column + row) % 3]! / 2) * (x % 2 === 0 ? 1 : -1);
  };
  expect(showsAnother(view(photograph), view(mosaic))).toBe(true);
  expect(showsAnother(view(mosaic), view(mosaic))).toBe(false);
  expect(
    showsAnother(
      view(photograph),
      view((x, y) => photograph(x, y) * 0.95 + 8),
    ),
  ).toBe(false);
});

test('a picture that leaves some samples, or the means of cells, as they are is another one', () => {
  const grey = view(() => 119);
  const photograph = (x: number, y: number): number => 119 + 100 * Math.sin(x / 11) * Math.cos(y / 9);
  // The samples in the middles of the cells stay grey.
  const screened = (x: number, y: number): number => (x % 2 === 1 && y % 2 === 1 ? 119 : photograph(x, y));
  expect(lumaGrid(plane(screened))).toEqual(lumaGrid(plane(() => 119)));
  expect(showsAnother(view(screened), grey)).toBe(true);
  // Stripes of one sample, as bright as the grey on average.
  expect(
    showsAnother(
      view((x, y) => (x < 64 && y < 36 ? 119 + 40 * (x % 2 === 0 ? 1 : -1) : 119)),
      grey,
    ),
  ).toBe(true);
  expect(view(photograph, 10)).toEqual(view((x, y) => Math.floor(photograph(x, y))));
});

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
