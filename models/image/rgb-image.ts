// A picture in memory: 8-bit sRGB, upright, row by row, R G B interleaved. What decoding gives and
// everything after it takes.

export type RgbImage = { readonly widthPx: number; readonly heightPx: number; readonly data: Uint8Array };

/** Throws RangeError when `data` is not widthPx x heightPx x 3 bytes. */
export function rgbImage(widthPx: number, heightPx: number, data: Uint8Array): RgbImage {
  if (data.length !== widthPx * heightPx * 3)
    throw new RangeError(
      `${widthPx} x ${heightPx} x 3 = ${widthPx * heightPx * 3} bytes were expected, ${data.length} found.`,
    );
  return { widthPx, heightPx, data };
}

/** A rectangle that lies in the picture, in whole pixels. */
export function regionOf(
  image: RgbImage,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * image.widthPx + x) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { widthPx: width, heightPx: height, data };
}

/** The picture turned clockwise by quarter turns. */
export function rotateQuarter(image: RgbImage, degrees: 0 | 90 | 180 | 270): RgbImage {
  if (degrees === 0) return image;
  const { widthPx: w, heightPx: h, data } = image;
  const [width, height] = degrees === 180 ? [w, h] : [h, w];
  const out = new Uint8Array(data.length);
  // Where the top left pixel of the turned picture comes from, and how far apart its neighbours lie.
  const first = degrees === 90 ? (h - 1) * w : degrees === 180 ? h * w - 1 : w - 1;
  const [right, down] = degrees === 90 ? [-w, 1] : degrees === 180 ? [-1, -w] : [w, -1];
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0, from = (first + y * down) * 3; x < width; x++, from += right * 3, to += 3) {
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  return { widthPx: width, heightPx: height, data: out };
}

/** Luma of a pixel, Rec. 601 weights, 0..255. */
export const lumaAt = (data: Uint8Array, at: number): number =>
  0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
