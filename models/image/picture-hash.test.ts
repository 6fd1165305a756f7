import { expect, test } from 'vitest';
import { randomStream } from '../tensor/random.ts';
import { LEAST_DETAIL, nearMatch, pictureHash } from './picture-hash.ts';
import { resample } from './resample.ts';
import { type RgbImage, rgbImage } from './rgb-image.ts';

type Part = { x: number; y: number; width: number; height: number };

/** Blobs of light on a slope, of its own for each seed. */
function scene(seed: number, side = 300): RgbImage {
  const stream = randomStream(seed);
  const blobs = Array.from({ length: 14 }, () => ({
    x: stream.uniform(0, side),
    y: stream.uniform(0, side),
    size: stream.uniform(side / 20, side / 6),
    light: stream.uniform(-180, 180),
  }));
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      let light = 90 + (40 * (x + y)) / side;
      for (const blob of blobs)
        light += blob.light * Math.exp(-((x - blob.x) ** 2 + (y - blob.y) ** 2) / (2 * blob.size ** 2));
      data.fill(Math.max(0, Math.min(255, Math.round(light))), (y * side + x) * 3, (y * side + x + 1) * 3);
    }
  return rgbImage(side, side, data);
}

const whole = ({ widthPx: width, heightPx: height }: RgbImage): Part => ({ x: 0, y: 0, width, height });
const scaled = (image: RgbImage, share: number): RgbImage =>
  resample(image, whole(image), Math.round(image.widthPx * share), Math.round(image.heightPx * share), 'reflect');
/** Without these parts of its sides. */
function cut(image: RgbImage, [left, top, right, bottom]: readonly [number, number, number, number]): RgbImage {
  const { widthPx: w, heightPx: h } = image;
  const part = { x: w * left, y: h * top, width: w * (1 - left - right), height: h * (1 - top - bottom) };
  return resample(image, part, Math.round(part.width), Math.round(part.height), 'reflect');
}
const turned = ({ widthPx, heightPx, data }: RgbImage): RgbImage =>
  rgbImage(
    widthPx,
    heightPx,
    data.map((_, i) => {
      const pixel = Math.floor(i / 3);
      return data[(pixel - 2 * (pixel % widthPx) + widthPx - 1) * 3 + (i % 3)]!;
    }),
  );
/** Each value moved by up to so much, as a coarse encoding does. */
function noisy(image: RgbImage, by: number): RgbImage {
  const stream = randomStream(99);
  const data = image.data.map((value) => Math.max(0, Math.min(255, Math.round(value + stream.uniform(-by, by)))));
  return rgbImage(image.widthPx, image.heightPx, data);
}
const match = (a: RgbImage, b: RgbImage) => nearMatch(pictureHash(a), pictureHash(b));

test('a picture is a near copy of itself, and of itself smaller, larger, coarser, darker and from right to left', () => {
  const image = scene(1);
  expect(match(image, image)).toEqual({ bits: 0, likeness: expect.closeTo(1, 9), isMirrored: false });
  for (const share of [0.25, 0.5, 2]) expect(match(image, scaled(image, share))).toMatchObject({ isMirrored: false });
  expect(match(image, noisy(image, 25))).toMatchObject({ isMirrored: false });
  const darker = rgbImage(
    300,
    300,
    image.data.map((value) => Math.round(value * 0.7)),
  );
  expect(match(image, darker)).toMatchObject({ isMirrored: false });
  expect(match(image, turned(image))).toMatchObject({ isMirrored: true });
});

test('a twentieth cut off one edge or off all is a near copy, a fifth is none', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const image = scene(seed);
    for (const edges of [
      [0.05, 0, 0, 0],
      [0, 0.05, 0, 0],
      [0.05, 0.05, 0.05, 0.05],
      [0.05, 0.02, 0, 0.04],
    ] as const) {
      expect(match(image, cut(image, edges)), `${seed}: ${edges}`).toBeDefined();
      expect(match(cut(image, edges), image), `${seed}: ${edges}, the other way`).toBeDefined();
    }
    expect(match(image, cut(image, [0.2, 0.2, 0.2, 0.2])), `${seed}`).toBeUndefined();
  }
});

test('other pictures are none', () => {
  const hashes = Array.from({ length: 40 }, (_, i) => pictureHash(scene(i + 1, 120)));
  for (const [i, one] of hashes.entries())
    for (const other of hashes.slice(0, i)) expect(nearMatch(one, other)).toBeUndefined();
});

test('a page of one colour, a dark frame with noise and a faint slope have too little detail to be compared', () => {
  const plain = (value: (i: number) => number): RgbImage =>
    rgbImage(
      200,
      200,
      Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => value(Math.floor(i / 3))),
    );
  const stream = randomStream(5);
  const pictures = [
    plain(() => 128),
    plain(() => 0),
    plain(() => stream.uniform(0, 12)),
    plain((i) => 100 + (i % 200) / 4),
  ];
  for (const picture of pictures) expect(pictureHash(picture).detail).toBeLessThan(LEAST_DETAIL);
  expect(pictureHash(scene(1)).detail).toBeGreaterThanOrEqual(LEAST_DETAIL);
});
