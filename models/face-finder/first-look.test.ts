// What the first look is shown and how it is read, worked by hand; the network itself against a
// second reckoning of one of its layers.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mergeGlimpses, readGlimpses, surestInside, tileBytes, tilesOver } from './first-look.ts';
import { fullRangeGraph } from './full-range.ts';
import { convWeightFromTflite, readTflite } from './tflite-file.ts';

const folder = path.dirname(createRequire(import.meta.url).resolve('@mediapipe/face_detection/package.json'));
const bytes = readFileSync(path.join(folder, 'face_detection_full_range.tflite'));

test('tiles cover a picture to its edges and overlap; a small picture has one', () => {
  const size = { width: 384, height: 288, overlap: 48 };
  const tiles = tilesOver({ widthPx: 1008, heightPx: 756 }, size);
  expect(tiles).toHaveLength(9);
  for (const [along, length, side] of [
    ['x', 1008, 384],
    ['y', 756, 288],
  ] as const) {
    const starts = [...new Set(tiles.map((tile) => tile[along]))].sort((a, b) => a - b);
    expect(starts[0]).toBe(0);
    expect(starts.at(-1)).toBe(length - side);
    for (let i = 1; i < starts.length; i++) expect(starts[i - 1]! + side - starts[i]!).toBeGreaterThanOrEqual(48);
  }
  expect(tilesOver({ widthPx: 252, heightPx: 189 }, size)).toEqual([{ x: 0, y: 0, width: 384, height: 288 }]);
});

test('a tile is the picture’s own bytes, black outside it', () => {
  const image = { widthPx: 3, heightPx: 2, data: Uint8Array.from({ length: 18 }, (_, i) => i + 1) };
  expect([...tileBytes(image, { x: 1, y: 1, width: 3, height: 2 })]).toEqual([
    ...[13, 14, 15, 16, 17, 18, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0, 0],
  ]);
});

test('a cell above the limit is a box around its own middle, in pixels, of its picture of the run', () => {
  const cells = new Float32Array(2 * 5 * 6).fill(-9);
  const set = (channel: number, value: number) => {
    cells[(5 + channel) * 6 + 4] = value;
  };
  for (const [channel, value] of [1, 0.5, -1, 8, 12].entries()) set(channel, value);
  const size = { width: 12, height: 8 };
  expect(readGlimpses(cells, { at: 0, ...size }, 0)).toEqual([]);
  // The fifth of six cells, three in a row: its middle is at 6, 6.
  expect(readGlimpses(cells, { at: 1, ...size }, 0)).toEqual([
    { logit: 1, box: { x: 2.5, y: -1, width: 8, height: 12 } },
  ]);
});

test('of a square the surest cell of its inner half speaks, and eyes and mouth say how its face is turned', () => {
  // Two squares of 32 pixels, 8 x 8 cells: the inner half begins with the third row and column.
  const [cells, points] = [new Float32Array(2 * 5 * 64).fill(-9), new Float32Array(2 * 8 * 64)];
  const [outside, inside] = [0, 2 * 8 + 3];
  cells[5 * 64 + outside] = 4;
  for (const [channel, value] of [1.5, 0, 0, 8, 12].entries()) cells[(5 + channel) * 64 + inside] = value;
  const put = (values: number[]) => {
    for (const [channel, value] of values.entries()) points[(8 + channel) * 64 + inside] = value;
  };
  const rollWith = (values: number[]): number => {
    put(values);
    return surestInside({ cells, points }, { at: 1, side: 32 }).roll;
  };
  // Eyes, nose, mouth: upright; turned clockwise by a quarter, so that the mouth is left of the eyes.
  expect(rollWith([-2, -2, 2, -2, 0, 0, 0, 3])).toBeCloseTo(0);
  expect(rollWith([2, -2, 2, 2, 0, 0, -3, 0])).toBeCloseTo(90);
  expect(rollWith([-2, 2, -2, -2, 0, 0, 3, 0])).toBeCloseTo(-90);
  const { logit, box } = surestInside({ cells, points }, { at: 1, side: 32 });
  expect([logit, box]).toEqual([1.5, { x: 10, y: 4, width: 8, height: 12 }]);
});

test('of glimpses of one face the surest stays, and neighbours are kept apart', () => {
  const at = (x: number, logit: number) => ({ logit, box: { x, y: 0, width: 40, height: 40 } });
  expect(mergeGlimpses([at(0, 1), at(10, 2), at(60, 0)]).map(({ logit }) => logit)).toEqual([2, 0]);
  // What a pattern as a whole looks like hides no face in it.
  const pattern = { logit: 3, box: { x: -200, y: -200, width: 440, height: 440 } };
  expect(mergeGlimpses([at(0, 1), pattern]).map(({ logit }) => logit)).toEqual([3, 1]);
});

test('the file is read whole: every weight is a number, and what is cut short or another file is refused', () => {
  const file = readTflite(bytes);
  expect(file.inputs.map((i) => file.tensors[i]!.shape)).toEqual([[1, 192, 192, 3]]);
  const constants = file.tensors.filter(({ isConstant }) => isConstant);
  expect(constants.length).toBeGreaterThan(100);
  for (const constant of constants) expect(constant.read().data.every(Number.isFinite), constant.name).toBe(true);
  expect(() => readTflite(bytes.subarray(0, 5000))).toThrow();
  expect(() => readTflite(new Uint8Array(64))).toThrow('no TensorFlow Lite file');
});

test('weights come with channels first, those of a depthwise layer one by one', () => {
  const data = Float32Array.from({ length: 8 }, (_, i) => i);
  expect([...convWeightFromTflite({ dtype: 'float32', shape: [2, 1, 2, 2], data }, false).data]).toEqual([
    0, 2, 1, 3, 4, 6, 5, 7,
  ]);
  const depthwise = convWeightFromTflite({ dtype: 'float32', shape: [1, 2, 2, 2], data }, true);
  expect(depthwise.shape).toEqual([2, 1, 2, 2]);
  expect([...depthwise.data]).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
});

test('the network gives a logit and a box for every cell of four pixels, whatever its size', () => {
  const { outputs } = fullRangeGraph(readTflite(bytes), 96, 64);
  expect(outputs.get('cells')!.shape).toEqual(['n', 5, 16, 24]);
});
