import { expect, test } from 'vitest';
import { brighten } from './brighten.ts';

const picture = (values: readonly number[]) => ({
  widthPx: values.length / 3,
  heightPx: 1,
  data: Uint8Array.from(values),
});
const many = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

test('a dark picture is brought to the light, whatever single lamp is in it; a light one is left as it is', () => {
  const dark = picture([...many(10, 150), ...many(46, 147), 255, 255, 255]);
  expect([...new Set(brighten(dark).data)]).toEqual([50, 230, 255]);
  const light = picture([...many(10, 150), ...many(140, 150)]);
  expect(brighten(light)).toBe(light);
});

test('near black is brought up no further than noise allows, and black stays black', () => {
  expect([...new Set(brighten(picture([...many(0, 150), ...many(2, 150)])).data)]).toEqual([0, 12]);
  expect([...new Set(brighten(picture(many(0, 300))).data)]).toEqual([0]);
});
