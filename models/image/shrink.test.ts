import { expect, test } from 'vitest';
import { shrink } from './shrink.ts';

const grey = (widthPx: number, heightPx: number, values: readonly number[]) => ({
  widthPx,
  heightPx,
  data: Uint8Array.from(values.flatMap((value) => [value, 255 - value, 7])),
});

test('a pixel is the mean of those it covers, halves up; at the edges of those that are there', () => {
  const { widthPx, heightPx, data } = shrink(grey(3, 3, [0, 1, 10, 1, 0, 21, 100, 103, 255]), 2);
  expect([widthPx, heightPx]).toEqual([2, 2]);
  expect([...data].filter((_, i) => i % 3 === 0)).toEqual([1, 16, 102, 255]);
  expect([...data].filter((_, i) => i % 3 === 1)).toEqual([255, 240, 154, 0]);
  expect([...data].filter((_, i) => i % 3 === 2)).toEqual([7, 7, 7, 7]);
});

test('by one it is the picture itself; by more than its size, one pixel', () => {
  const image = grey(2, 1, [10, 20]);
  expect(shrink(image, 1)).toBe(image);
  expect(shrink(image, 8)).toEqual(grey(1, 1, [15]));
});
