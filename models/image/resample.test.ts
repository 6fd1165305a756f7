import { expect, test } from 'vitest';
import { resample, resizeBilinear } from './resample.ts';
import { type RgbImage, rgbImage, rotateQuarter } from './rgb-image.ts';

const grey = (width: number, values: number[]): RgbImage =>
  rgbImage(width, values.length / width, Uint8Array.from(values.flatMap((v) => [v, v, v])));
const firsts = ({ data }: RgbImage) => [...data].filter((_, i) => i % 3 === 0);

test('shrinking by area averages exactly the pixels covered', () => {
  const image = grey(4, [0, 10, 20, 30, 40, 50, 60, 70]);
  expect(firsts(resample(image, { x: 0, y: 0, width: 4, height: 2 }, 2, 1, 'reflect'))).toEqual([25, 45]);
});

test('shrinking by a broken factor weighs the pixels cut in two', () => {
  const image = grey(3, [0, 90, 180]);
  // Two targets of 1.5 pixels: (0 + 90 / 2) / 1.5 and (90 / 2 + 180) / 1.5.
  expect(firsts(resample(image, { x: 0, y: 0, width: 3, height: 1 }, 2, 1, 'reflect'))).toEqual([30, 150]);
});

test('enlarging interpolates between pixel centres', () => {
  const image = grey(2, [0, 100]);
  expect(firsts(resample(image, { x: 0, y: 0, width: 2, height: 1 }, 4, 1, 'reflect'))).toEqual([25, 25, 75, 75]);
});

test('what lies outside is mirrored about the border pixel, or one value', () => {
  const image = grey(3, [1, 2, 3]);
  expect(firsts(resample(image, { x: -2, y: 0, width: 7, height: 1 }, 7, 1, 'reflect'))).toEqual([3, 2, 1, 2, 3, 2, 1]);
  expect(firsts(resample(image, { x: -1, y: 0, width: 5, height: 1 }, 5, 1, 9))).toEqual([9, 1, 2, 3, 9]);
});

test('the paper’s resize repeats edges and takes two neighbours only, also when shrinking', () => {
  expect(firsts(resizeBilinear(grey(2, [0, 100]), 4, 1))).toEqual([0, 25, 75, 100]);
  expect(firsts(resizeBilinear(grey(8, [0, 0, 0, 80, 80, 0, 0, 0]), 2, 1))).toEqual([0, 0]);
});

test('four quarter turns are none', () => {
  const image = grey(3, [1, 2, 3, 4, 5, 6]);
  expect(firsts(rotateQuarter(image, 90))).toEqual([4, 1, 5, 2, 6, 3]);
  expect(firsts(rotateQuarter(rotateQuarter(image, 90), 270))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(firsts(rotateQuarter(image, 180))).toEqual([6, 5, 4, 3, 2, 1]);
});
