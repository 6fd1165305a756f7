import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { drawnFace, faceLandmarks } from '../datasets/forgeries/testing/drawn-face.ts';
import { measureFace } from './face-measures.ts';
import { measureQuality } from './face-quality.ts';
import { jpegQualityFromBytes } from './jpeg-header.ts';

const { image, box } = drawnFace(3);
const raw = { width: image.widthPx, height: image.heightPx, channels: 3 as const };
const jpeg = (quality: number) => sharp(image.data, { raw }).jpeg({ quality }).toBuffer();
const measures = (picture: RgbImage) => measureFace(picture, box, measureQuality(picture, box, faceLandmarks));

test('the quality of a JPEG is read from its own table, and there is none in a PNG', async () => {
  for (const quality of [95, 80, 60, 40, 20])
    expect(jpegQualityFromBytes(await jpeg(quality))).toBeCloseTo(quality, -0.5);
  expect(jpegQualityFromBytes(await sharp(image.data, { raw }).png().toBuffer())).toBeUndefined();
  expect(jpegQualityFromBytes(new Uint8Array([0xff, 0xd8, 0xff]))).toBeUndefined();
});

test('blocks show the more the stronger the compression', async () => {
  const through = async (quality: number) => ({
    ...image,
    data: new Uint8Array(
      await sharp(await jpeg(quality))
        .raw()
        .toBuffer(),
    ),
  });
  const [none, strong] = [measures(image).blockiness, measures(await through(8)).blockiness];
  expect(strong).toBeGreaterThan(2 * none);
});

test('grey pictures have no colourfulness', async () => {
  const grey = { ...image, data: image.data.map((_, i) => image.data[i - (i % 3)]!) };
  expect(measures(grey).colourfulness).toBe(0);
  expect(measures(image).colourfulness).toBeGreaterThan(10);
});

test('a box that reaches past the picture is measured as far as there are pixels', () => {
  const past = { x: -30, y: -30, width: 100, height: 100 };
  expect(measureFace(image, past, measureQuality(image, past, faceLandmarks)).facePx).toBe(100);
});
