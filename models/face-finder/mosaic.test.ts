import { expect, test } from 'vitest';
import { MOSAIC_CELLS, mosaicInput, readMosaic } from './mosaic.ts';
import { FINDER_INPUT_PX } from './ssd-mobilenet.ts';

const flat = (value: number, widthPx = 64, heightPx = 64) => ({
  widthPx,
  heightPx,
  data: new Uint8Array(widthPx * heightPx * 3).fill(value),
});
const whole = (image: { widthPx: number; heightPx: number }) => ({
  x: 0,
  y: 0,
  width: image.widthPx,
  height: image.heightPx,
});

test('parts stand in cells of their own, black beside a part that is no square', () => {
  const [white, grey] = [flat(255), flat(51, 64, 32)];
  const parts = [0, 1, 2, 3, 4].map((i) => ({ image: i === 4 ? grey : white, region: whole(i === 4 ? grey : white) }));
  const { shape, data } = mosaicInput(parts);
  expect(shape).toEqual([1, 3, 512, 512]);
  const at = (x: number, y: number) => data[y * FINDER_INPUT_PX + x]!;
  expect([at(64, 64), at(448, 64)]).toEqual([1, 1]);
  // The fifth part is the first of the second row, and fills the upper half of its cell.
  expect(at(64, 150)).toBeCloseTo(-0.6, 6);
  expect([at(64, 250), at(200, 200)]).toEqual([-1, -1]);
  expect(MOSAIC_CELLS).toBe(16);
});

test('a box belongs to the cell its middle is in, is cut to it, and comes back in the picture’s pixels', () => {
  const image = flat(0, 1000, 1000);
  const parts = [
    { image, region: { x: 100, y: 200, width: 256, height: 256 } },
    { image, region: { x: 500, y: 600, width: 64, height: 64 } },
  ];
  // Encodings of zero are the priors themselves: top, left, bottom, right as parts of the square.
  const priors = Float32Array.from(
    [
      [32, 16, 96, 80],
      [-16, 100, 64, 140],
      [32, 160, 96, 224],
      [300, 300, 340, 340],
    ].flat(),
    (px) => px / FINDER_INPUT_PX,
  );
  const outputs = { encodings: new Float32Array(16), scores: Float32Array.of(0.9, 0.8, 0.7, 0.6) };
  const [first, second] = readMosaic(outputs, priors, parts, 0.5);
  expect(first!.map(({ score }) => Math.round(score * 10))).toEqual([9, 8]);
  expect(first![0]!.box).toEqual({ x: 132, y: 264, width: 128, height: 128 });
  expect(first![1]!.box).toEqual({ x: 300, y: 200, width: 56, height: 128 });
  expect(second!.map(({ box }) => box)).toEqual([{ x: 516, y: 616, width: 32, height: 32 }]);
});
