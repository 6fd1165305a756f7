// What pictures meet on their way, in plain arithmetic that gives the same bytes on every machine:
// saved as a JPEG, made smaller, blurred, lighter or darker, mirrored. Pure; no chance.
import { CHROMA_50, ijgTable, LUMA_50, ZIGZAG } from './jpeg-tables.ts';
import { resample } from './resample.ts';
import type { RgbImage } from './rgb-image.ts';

const SIDE = 8;

/** Basis of the 8-point DCT-II, orthonormal: [frequency * 8 + place]. */
const BASIS = Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
  const [frequency, place] = [i >> 3, i & 7];
  return (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * place + 1) * frequency * Math.PI) / 16);
});
/** Back: rows for columns. */
const INVERSE = BASIS.map((_, i) => BASIS[(i & 7) * SIDE + (i >> 3)]!);

/**
 * Two 1-D transforms of a block by `basis` [out * 8 + in]: along its rows, and along its columns.
 * Turned over on the way, so that the block comes out as it lay.
 */
function transform(block: Float64Array, work: Float64Array, basis: Float64Array): void {
  alongRows(block, work, basis);
  alongRows(work, block, basis);
}

/** Each row through `basis`; rows become columns. */
function alongRows(from: Float64Array, to: Float64Array, basis: Float64Array): void {
  for (let row = 0; row < SIDE; row++)
    for (let out = 0; out < SIDE; out++) {
      let sum = 0;
      for (let k = 0; k < SIDE; k++) sum += from[row * SIDE + k]! * basis[out * SIDE + k]!;
      to[out * SIDE + row] = sum;
    }
}

/** One channel of a picture quantised block by block, in place; edges are repeated to whole blocks. */
function quantise({ widthPx, heightPx, data }: RgbImage, channel: number, zigzagTable: readonly number[]): void {
  const table = new Float64Array(SIDE * SIDE);
  ZIGZAG.forEach((at, i) => {
    table[at] = zigzagTable[i]!;
  });
  const block = new Float64Array(SIDE * SIDE);
  const work = new Float64Array(SIDE * SIDE);
  const at = new Int32Array(SIDE * SIDE);
  for (let top = 0; top < heightPx; top += SIDE)
    for (let left = 0; left < widthPx; left += SIDE) {
      for (let i = 0; i < block.length; i++) {
        const y = Math.min(heightPx - 1, top + (i >> 3));
        const x = Math.min(widthPx - 1, left + (i & 7));
        at[i] = (y * widthPx + x) * 3 + channel;
        block[i] = data[at[i]!]! - 128;
      }
      transform(block, work, BASIS);
      for (let i = 0; i < block.length; i++) block[i] = Math.round(block[i]! / table[i]!) * table[i]!;
      transform(block, work, INVERSE);
      // Of places that stand for one at the edge, the first is the pixel itself.
      for (let i = block.length - 1; i >= 0; i--) data[at[i]!] = byteFrom(block[i]! + 128);
    }
}

/** The nearest whole number (halves up) of 0..255. */
const byteFrom = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** A copy of which each pixel is what `of` makes of it. */
function eachPixel(
  image: RgbImage,
  of: (r: number, g: number, b: number, out: Uint8Array, at: number) => void,
): RgbImage {
  const { data } = image;
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) of(data[at]!, data[at + 1]!, data[at + 2]!, out, at);
  return { ...image, data: out };
}

/** Luma and chroma of JFIF in place of red, green and blue. */
const toYcc = (image: RgbImage): RgbImage =>
  eachPixel(image, (r, g, b, out, at) => {
    out[at] = byteFrom(0.299 * r + 0.587 * g + 0.114 * b);
    out[at + 1] = byteFrom(128 - 0.168735892 * r - 0.331264108 * g + 0.5 * b);
    out[at + 2] = byteFrom(128 + 0.5 * r - 0.418687589 * g - 0.081312411 * b);
  });

const fromYcc = (image: RgbImage): RgbImage =>
  eachPixel(image, (y, cb, cr, out, at) => {
    out[at] = byteFrom(y + 1.402 * (cr - 128));
    out[at + 1] = byteFrom(y - 0.344136286 * (cb - 128) - 0.714136286 * (cr - 128));
    out[at + 2] = byteFrom(y + 1.772 * (cb - 128));
  });

/**
 * The picture as it comes back from a baseline JPEG of the IJG's tables at `quality` (1..100) with
 * chroma at half size (4:2:0): what a JPEG loses, without its lossless coding. ITU-T T.81; JFIF 1.02.
 */
export function throughJpeg(image: RgbImage, quality: number): RgbImage {
  const { widthPx, heightPx } = image;
  const ycc = toYcc(image);
  const [halfWidth, halfHeight] = [Math.ceil(widthPx / 2), Math.ceil(heightPx / 2)];
  const whole = { x: 0, y: 0, width: halfWidth * 2, height: halfHeight * 2 };
  const chroma = resample(ycc, whole, halfWidth, halfHeight, 'reflect');
  quantise(ycc, 0, ijgTable(LUMA_50, quality));
  for (const channel of [1, 2]) quantise(chroma, channel, ijgTable(CHROMA_50, quality));
  const half = { x: 0, y: 0, width: widthPx / 2, height: heightPx / 2 };
  const { data } = resample(chroma, half, widthPx, heightPx, 'reflect');
  for (let at = 0; at < data.length; at += 3) {
    ycc.data[at + 1] = data[at + 1]!;
    ycc.data[at + 2] = data[at + 2]!;
  }
  return fromYcc(ycc);
}

/** The whole picture at `share` of its sides (0..1), by area. */
export function reduced(image: RgbImage, share: number): RgbImage {
  const { widthPx: width, heightPx: height } = image;
  const side = (length: number): number => Math.max(1, Math.round(length * share));
  return resample(image, { x: 0, y: 0, width, height }, side(width), side(height), 'reflect');
}

/** Each value times `factor`. */
export const brightened = (image: RgbImage, factor: number): RgbImage => ({
  ...image,
  data: image.data.map((value) => byteFrom(value * factor)),
});

/** Left for right. */
export function mirrored(image: RgbImage): RgbImage {
  const { widthPx, heightPx, data } = image;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const [to, from] = [(y * widthPx + x) * 3, (y * widthPx + widthPx - 1 - x) * 3];
      for (let c = 0; c < 3; c++) out[to + c] = data[from + c]!;
    }
  return { ...image, data: out };
}

/** A Gaussian of `sigma` pixels, cut at three of them; edges are repeated. */
export function blurred(image: RgbImage, sigma: number): RgbImage {
  const { widthPx, heightPx, data } = image;
  const weights = gaussian(sigma);
  const across = new Float64Array(data.length);
  blurLines(Float64Array.from(data), across, weights, { lines: heightPx, line: widthPx * 3, length: widthPx, step: 3 });
  const down = new Float64Array(data.length);
  blurLines(across, down, weights, { lines: widthPx, line: 3, length: heightPx, step: widthPx * 3 });
  return { ...image, data: Uint8Array.from(down, byteFrom) };
}

/** Weights from -3 to 3 sigma, which add up to 1. */
function gaussian(sigma: number): number[] {
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const raw = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const total = raw.reduce((sum, one) => sum + one, 0);
  return raw.map((one) => one / total);
}

function blurLines(
  from: Float64Array,
  to: Float64Array,
  weights: readonly number[],
  { lines, line, length, step }: { lines: number; line: number; length: number; step: number },
): void {
  const reach = (weights.length - 1) / 2;
  for (let n = 0; n < lines; n++)
    for (let i = 0; i < length; i++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let k = -reach; k <= reach; k++) {
        const at = n * line + Math.min(length - 1, Math.max(0, i + k)) * step;
        const weight = weights[k + reach]!;
        r += weight * from[at]!;
        g += weight * from[at + 1]!;
        b += weight * from[at + 2]!;
      }
      const at = n * line + i * step;
      to[at] = r;
      to[at + 1] = g;
      to[at + 2] = b;
    }
}
