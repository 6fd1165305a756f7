import sharp from 'sharp';
import { expect, test } from 'vitest';
import { remarkWords } from '../../contract/remark-words.ts';
import { shrink } from '../../models/image/shrink.ts';
import { decodeReduced } from './decode-reduced.ts';
import { decodeStill } from './decode-still.ts';

/** A picture of soft colours, as a JPEG. */
function jpeg(width: number, height: number, orientation = 1): Promise<Buffer> {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set([(x / width) * 255, (y / height) * 255, 128 + 60 * Math.sin(x / 60)], (y * width + x) * 3);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg({ quality: 95 })
    .toBuffer();
}

test.each([1, 3, 6, 8])(
  'a large JPEG of orientation %i comes smaller and upright, as the whole of it does',
  async (orientation) => {
    const bytes = await jpeg(1600, 1200, orientation);
    const [reduced, whole] = [await decodeReduced(bytes), await decodeStill(bytes)];
    if (!reduced || whole.kind !== 'decoded') throw new Error('It was not decoded.');
    expect([reduced.widthPx, reduced.heightPx]).toEqual([whole.widthPx, whole.heightPx]);
    expect(reduced.remarks).toEqual(whole.remarks);
    expect(reduced.leftOut).toEqual(whole.leftOut);
    const expected = shrink(whole, 2);
    expect([reduced.reduced.widthPx, reduced.reduced.heightPx]).toEqual([expected.widthPx, expected.heightPx]);
    const most = expected.data.reduce(
      (worst, value, i) => Math.max(worst, Math.abs(value - reduced.reduced.data[i]!)),
      0,
    );
    expect(most).toBeLessThan(8);
  },
);

test('what lies behind the picture in its file is named as for the whole', async () => {
  const squares = Uint8Array.from({ length: 80 * 64 }, (_, i) => ((Math.floor(i / 8) + Math.floor(i / 640)) & 1) * 255);
  const other = await sharp(squares, { raw: { width: 80, height: 64, channels: 1 } })
    .jpeg()
    .toBuffer();
  const bytes = Buffer.concat([await jpeg(1600, 1200), other]);
  const [reduced, whole] = [await decodeReduced(bytes), await decodeStill(bytes)];
  if (!reduced || whole.kind !== 'decoded') throw new Error('It was not decoded.');
  expect(reduced.leftOut?.map(remarkWords)).toEqual(['First of 2 pictures in the file; the other is not examined']);
  expect([reduced.remarks, reduced.leftOut]).toEqual([whole.remarks, whole.leftOut]);
});

test('what is small, of another format, mirrored or of sides that do not divide is left to be decoded whole', async () => {
  for (const bytes of [
    await jpeg(1200, 900),
    await jpeg(1601, 1200),
    await jpeg(1600, 1200, 5),
    await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#456' } })
      .png()
      .toBuffer(),
  ])
    expect(await decodeReduced(bytes)).toBeUndefined();
});

test('what is cut short or damaged is left to the one place that says what is wrong', async () => {
  const bytes = await jpeg(1600, 1200);
  const short = bytes.subarray(0, bytes.length / 2);
  const damaged = Buffer.from(bytes);
  damaged.fill(0x55, bytes.length / 2, bytes.length / 2 + 400);
  for (const bad of [short, Buffer.concat([short, Buffer.from([0xff, 0xd9])]), damaged]) {
    const whole = await decodeStill(bad);
    expect(whole.kind).toBe('unreadable');
    expect(await decodeReduced(bad)).toBeUndefined();
  }
});

test('a picture that the pixels show and the coefficients do not is decoded as a whole', async () => {
  const [width, height] = [3200, 2400];
  // Squares of a pixel about 20, strong in the middle; what is below black is cut off there.
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isInside = Math.hypot(x - width / 2, y - height / 2) < 300;
    return 24 + (isInside ? 12 : 0) * ((x + y) & 1 ? 1 : -1);
  });
  const grey = { raw: { width, height, channels: 1 as const } };
  const bytes = await sharp(data, grey).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer();
  expect(await decodeReduced(bytes)).toBeDefined();
  // Every coefficient but the mean ten times as large: twelve becomes a hundred and twenty.
  const table = bytes.indexOf(Buffer.of(0xff, 0xdb)) + 5;
  for (let at = 1; at < 64; at++) bytes[table + at] = 10 * bytes[table + at]!;
  const whole = await decodeStill(bytes);
  if (whole.kind !== 'decoded') throw new Error('It was not decoded.');
  const lightAt = (x: number, y: number): number =>
    (whole.data[3 * (y * width + x)]! + whole.data[3 * (y * width + x + 1)]!) / 2;
  expect(lightAt(1600, 1200)).toBeGreaterThan(60);
  expect(lightAt(100, 100)).toBeLessThan(30);
  expect(await decodeReduced(bytes)).toBeUndefined();
});
