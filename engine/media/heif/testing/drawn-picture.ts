// The picture in this folder's HEIC files: 96 x 64 pixels drawn by arithmetic, a red rectangle on
// gradients, unlike itself in every orientation. Tests only. The files were made once with heif-enc
// 1.15.1 (x265) from PNGs of these pixels:
//   drawn-8-bit.heic                 heif-enc -q 70
// drawn-10-bit.heic heif-enc -q 70 -b 10, of a PNG of 16 bits (each byte times 257)
//   drawn-444.heic                   heif-enc -q 90 -p chroma=444
// drawn-alpha-and-another.heic heif-enc -q 80 -p chroma=444 -t 32, of `withTransparency` and, as a
//   second picture, of the plain one
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const DRAWN = { widthPx: 96, heightPx: 64 } as const;

function pixelAt(x: number, y: number): [number, number, number] {
  if (x > 12 && x < 40 && y > 8 && y < 24) return [220, 40, 30];
  const wave = 127.5 + 127.5 * Math.sin((x + 2 * y) / 9);
  return [Math.round((255 * x) / 95), Math.round((255 * y) / 63), Math.round(wave)];
}

/** R, G, B of every pixel. */
export function drawnPixels(): Uint8Array {
  const { widthPx, heightPx } = DRAWN;
  const out = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) for (let x = 0; x < widthPx; x++) out.set(pixelAt(x, y), (y * widthPx + x) * 3);
  return out;
}

/**
 * R, G, B, A: opaque in the left half, then half transparent, then not to be seen in the last
 * quarter.
 */
export function withTransparency(): Uint8Array {
  const rgb = drawnPixels();
  const alphaAt = (x: number): number => (x < 48 ? 255 : x < 72 ? 128 : 0);
  return Uint8Array.from({ length: (rgb.length / 3) * 4 }, (_, i) => {
    const pixel = i >> 2;
    return i % 4 === 3 ? alphaAt(pixel % DRAWN.widthPx) : rgb[pixel * 3 + (i % 4)]!;
  });
}

/** One of this folder's files. */
export const drawnFile = (name: `drawn-${string}`): Buffer =>
  readFileSync(path.join(import.meta.dirname, `${name}.heic`));
