// A picture made smaller by a whole number, in whole numbers: the same bytes on every machine, and
// quick enough for a photograph of many megapixels.
import type { RgbImage } from './rgb-image.ts';

/**
 * Each pixel is the mean of factor x factor pixels, halves rounded up; at the right and the bottom
 * of those that are there. `factor`: 1 or more; 1 gives the picture itself.
 */
export function shrink(image: RgbImage, factor: number): RgbImage {
  if (factor === 1) return image;
  const { widthPx, heightPx, data } = image;
  const [width, height] = [Math.ceil(widthPx / factor), Math.ceil(heightPx / factor)];
  const out = new Uint8Array(width * height * 3);
  const sums = new Uint32Array(width * 3);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    const rows = Math.min(factor, heightPx - y * factor);
    for (let row = 0; row < rows; row++) addRow(sums, data, (y * factor + row) * widthPx * 3, widthPx, factor);
    for (let x = 0; x < width; x++) {
      const count = rows * Math.min(factor, widthPx - x * factor);
      const to = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) out[to + c] = Math.floor((sums[x * 3 + c]! + count / 2) / count);
    }
  }
  return { widthPx: width, heightPx: height, data: out };
}

function addRow(sums: Uint32Array, data: Uint8Array, from: number, widthPx: number, factor: number): void {
  const end = from + widthPx * 3;
  for (let at = from, to = 0; at < end; to += 3) {
    const last = Math.min(end, at + factor * 3);
    let [r, g, b] = [0, 0, 0];
    for (; at < last; at += 3) {
      r += data[at]!;
      g += data[at + 1]!;
      b += data[at + 2]!;
    }
    sums[to]! += r;
    sums[to + 1]! += g;
    sums[to + 2]! += b;
  }
}
