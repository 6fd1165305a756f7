// Cutting a rectangle out of a picture and resizing it, in plain arithmetic that gives the same bytes on every machine:
// float64 sums in a fixed order, one rounding. Used by the face finder's input and by the crop recipes.
import type { RgbImage } from './rgb-image.ts';

/** Rectangle in pixels; may reach past the picture. */
export type Region = { x: number; y: number; width: number; height: number };

/** What lies outside the picture: mirrored about the border pixel (... c b | a b c ...), or one value. */
export type Border = 'reflect' | number;

/** One output line sample: the input positions it is made of and their weights, which add up to 1. */
type Taps = { first: Int32Array; weights: readonly Float64Array[] };

/**
 * Weights along one axis. Shrinking averages exactly the pixels a target pixel covers (area); enlarging interpolates between
 * the two nearest pixel centres (bilinear, half-pixel centres). Sources: INTER_AREA and INTER_LINEAR as OpenCV documents them.
 */
function tapsFor(start: number, length: number, out: number, area: boolean): Taps {
  const scale = length / out;
  const first = new Int32Array(out);
  const weights = Array.from({ length: out }, (_, i) => {
    if (area) {
      const from = start + i * scale;
      const to = from + scale;
      const low = Math.floor(from);
      const high = Math.ceil(to - 1e-9);
      first[i] = low;
      return Float64Array.from(
        { length: Math.max(1, high - low) },
        (_, k) => (Math.min(to, low + k + 1) - Math.max(from, low + k)) / scale,
      );
    }
    const centre = start + (i + 0.5) * scale - 0.5;
    const low = Math.floor(centre);
    first[i] = low;
    return Float64Array.of(1 - (centre - low), centre - low);
  });
  return { first, weights };
}

/** Index of a mirrored position inside 0..size-1. */
function reflect(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = ((index % period) + period) % period;
  return within < size ? within : period - within;
}

/**
 * `region` of `image` at `width` x `height` pixels, as unrounded float64 values [height, width, 3] (0..255). Each axis shrinks
 * by area and enlarges bilinearly.
 */
export function resampleFloat(
  image: RgbImage,
  region: Region,
  width: number,
  height: number,
  border: Border,
): Float64Array {
  const columns = tapsFor(region.x, region.width, width, region.width > width);
  const rows = tapsFor(region.y, region.height, height, region.height > height);
  const top = rows.first.reduce((low, at) => Math.min(low, at), Number.POSITIVE_INFINITY);
  const bottom = rows.first.reduce(
    (high, at, i) => Math.max(high, at + rows.weights[i]!.length),
    Number.NEGATIVE_INFINITY,
  );
  const lines = new Float64Array((bottom - top) * width * 3);
  for (let y = top; y < bottom; y++) resampleRow(image, y, columns, border, lines, (y - top) * width * 3);
  const out = new Float64Array(height * width * 3);
  rows.weights.forEach((weights, i) => {
    const at = i * width * 3;
    weights.forEach((weight, k) => {
      const from = (rows.first[i]! - top + k) * width * 3;
      for (let j = 0; j < width * 3; j++) out[at + j]! += weight * lines[from + j]!;
    });
  });
  return out;
}

function resampleRow(image: RgbImage, y: number, columns: Taps, border: Border, out: Float64Array, at: number): void {
  const { widthPx, heightPx, data } = image;
  const outside = border !== 'reflect' && (y < 0 || y >= heightPx);
  const row = (outside ? 0 : reflect(y, heightPx)) * widthPx;
  columns.weights.forEach((weights, i) => {
    let [r, g, b] = [0, 0, 0];
    for (let k = 0; k < weights.length; k++) {
      const x = columns.first[i]! + k;
      const weight = weights[k]!;
      if (border !== 'reflect' && (outside || x < 0 || x >= widthPx)) {
        r += weight * border;
        g += weight * border;
        b += weight * border;
      } else {
        const from = (row + (x >= 0 && x < widthPx ? x : reflect(x, widthPx))) * 3;
        r += weight * data[from]!;
        g += weight * data[from + 1]!;
        b += weight * data[from + 2]!;
      }
    }
    out[at + i * 3] = r;
    out[at + i * 3 + 1] = g;
    out[at + i * 3 + 2] = b;
  });
}

/** As resampleFloat, rounded to 8 bits. */
export function resample(image: RgbImage, region: Region, width: number, height: number, border: Border): RgbImage {
  const values = resampleFloat(image, region, width, height, border);
  return {
    widthPx: width,
    heightPx: height,
    data: Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value)))),
  };
}

/**
 * The whole picture at another size by bilinear interpolation without averaging, also where it shrinks: what the paper's
 * preprocessing does (INTER_LINEAR of OpenCV, half-pixel centres, edges repeated).
 */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  const { widthPx, heightPx, data } = image;
  const out = new Uint8Array(width * height * 3);
  const taps = (out: number, size: number) =>
    Array.from({ length: out }, (_, i) => {
      const at = Math.min(size - 1, Math.max(0, ((i + 0.5) * size) / out - 0.5));
      const low = Math.floor(at);
      return { low, high: Math.min(size - 1, low + 1), part: at - low };
    });
  const columns = taps(width, widthPx);
  taps(height, heightPx).forEach(({ low: top, high: bottom, part: py }, y) => {
    columns.forEach(({ low: left, high: right, part: px }, x) => {
      for (let c = 0; c < 3; c++) {
        const at = (row: number, column: number) => data[(row * widthPx + column) * 3 + c]!;
        const upper = at(top, left) * (1 - px) + at(top, right) * px;
        const lower = at(bottom, left) * (1 - px) + at(bottom, right) * px;
        out[(y * width + x) * 3 + c] = Math.round(upper * (1 - py) + lower * py);
      }
    });
  });
  return { widthPx: width, heightPx: height, data: out };
}
