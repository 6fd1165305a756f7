// A photograph whose resolution differs across and down is looked at as its samples lie, and says so.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeStill } from '../decode-still.ts';
import { tiffDirectories } from './tiff-directories.ts';
import { unequalPixels } from './unequal-pixels.ts';

const picture = () => sharp({ create: { width: 64, height: 48, channels: 3, background: '#856' } });

/** The remarks of a decoded file that speak of it. */
const said = async (bytes: Uint8Array) => {
  const read = await decodeStill(bytes);
  if (read.kind !== 'decoded') throw new Error(read.kind);
  expect([read.widthPx, read.heightPx]).toEqual([64, 48]);
  return read.remarks.filter(({ kind }) => kind === 'unequalResolution');
};

test('a PNG, a JPEG, a TIFF and a bitmap whose pixels are not square', async () => {
  const density = { density: 300 };
  const png = await picture().withMetadata(density).png().toBuffer();
  expect(await said(png)).toEqual([]);
  const chunk = png.indexOf('pHYs', 0, 'latin1');
  png.writeUInt32BE(png.readUInt32BE(chunk + 4) * 2, chunk + 8);
  expect(unequalPixels(png, 'image/png')).toEqual([{ kind: 'unequalResolution', across: 11811, down: 23622 }]);

  const plain = await picture().jpeg().toBuffer();
  const withJfif = (across: number, down: number): Buffer => {
    const segment = Buffer.from('\xff\xe0\0\x10JFIF\0\x01\x02\0\0\0\0\0\0\0', 'latin1');
    segment.writeUInt16BE(across, 12);
    segment.writeUInt16BE(down, 14);
    return Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)]);
  };
  expect(await said(withJfif(1, 1))).toEqual([]);
  expect(await said(withJfif(2, 1))).toEqual([{ kind: 'unequalResolution', across: 2, down: 1 }]);

  const tiff = await picture().tiff({ xres: 10, yres: 10 }).toBuffer();
  expect(tiffDirectories(tiff)).toHaveLength(1);
  expect(await said(tiff)).toEqual([]);
  expect(await said(await picture().tiff({ xres: 10, yres: 5 }).toBuffer())).toMatchObject([
    { kind: 'unequalResolution', across: 254, down: 127 },
  ]);

  const bitmap = Buffer.alloc(54 + 64 * 48 * 3, 120);
  bitmap.write('BM', 0, 'latin1');
  for (const [at, value] of [
    [2, bitmap.length],
    [6, 0],
    [10, 54],
    [14, 40],
    [18, 64],
    [22, 48],
    [26, 1 | (24 << 16)],
    [30, 0],
    [34, 0],
    [38, 2835],
    [42, 2835],
    [46, 0],
    [50, 0],
  ] as const)
    bitmap.writeUInt32LE(value, at);
  expect(await said(bitmap)).toEqual([]);
  bitmap.writeUInt32LE(1000, 42);
  expect(await said(bitmap)).toEqual([{ kind: 'unequalResolution', across: 2835, down: 1000 }]);
});
