// Cutting a rectangle out of a picture and resizing it, in plain arithmetic that gives the same
// bytes on every machine: float64 sums in a fixed order, one rounding.
import type { RgbImage } from './rgb-image.ts';

/** Rectangle in pixels; may reach past the picture. */
export type Region = { x: number; y: number; width: number; height: number };

/**
 * What lies outside the picture: mirrored about the border pixel (... c b | a b c ...), or one
 * value.
 */
export type Border = 'reflect' | number;

/**
 * Input positions and weights along one axis, flat: target i is made of taps start[i] .. start[i +
 * 1] - 1, whose weights add up to 1. A position is -1 where a single value stands for what is
 * outside.
 */
type Taps = { start: Int32Array; position: Int32Array; weight: Float64Array; inside: boolean };

/**
 * Weights along one axis. Shrinking averages exactly the pixels a target pixel covers (area);
 * enlarging interpolates between the two nearest pixel centres (bilinear, half-pixel centres).
 * Sources: INTER_AREA and INTER_LINEAR as OpenCV documents them.
 */
function tapsFor(from: number, length: number, out: number, size: number, border: Border): Taps {
  const scale = length / out;
  const area = length > out;
  const most = area ? Math.ceil(scale) + 2 : 2;
  const start = new Int32Array(out + 1);
  const position = new Int32Array(out * most);
  const weight = new Float64Array(out * most);
  let at = 0;
  const add = (index: number, value: number): void => {
    const inside = index >= 0 && index < size;
    position[at] = inside ? index : border === 'reflect' ? reflect(index, size) : -1;
    weight[at++] = value;
  };
  for (let i = 0; i < out; i++) {
    if (area) {
      const low = from + i * scale;
      const high = low + scale;
      const first = Math.floor(low);
      const count = Math.max(1, Math.ceil(high - 1e-9) - first);
      for (let k = first; k < first + count; k++) add(k, (Math.min(high, k + 1) - Math.max(low, k)) / scale);
    } else {
      const centre = from + (i + 0.5) * scale - 0.5;
      const low = Math.floor(centre);
      add(low, 1 - (centre - low));
      add(low + 1, centre - low);
    }
    start[i + 1] = at;
  }
  return { start, position, weight, inside: !position.subarray(0, at).includes(-1) };
}

/** Index of a mirrored position inside 0..size-1. */
function reflect(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = ((index % period) + period) % period;
  return within < size ? within : period - within;
}

/** A resampled row: float64 values [width, 3] (0..255), valid until the next row is made. */
type UseRow = (row: Float64Array, y: number) => void;

/**
 * `region` of `image` at `width` x `height` pixels, row by row from the top, unrounded. Each axis
 * shrinks by area and enlarges bilinearly; the sums run in a fixed order. A picture row that
 * several target rows need is resampled once; few are held.
 */
export function resampleRows(
  image: RgbImage,
  region: Region,
  { width, height, border }: { width: number; height: number; border: Border },
  use: UseRow,
): void {
  const columns = tapsFor(region.x, region.width, width, image.widthPx, border);
  const rows = tapsFor(region.y, region.height, height, image.heightPx, border);
  const lineAt = lineCache((y, line) => resampleRow(image, y, columns, border, line), width * 3);
  const row = new Float64Array(width * 3);
  for (let i = 0; i < height; i++) {
    const [from, to] = [rows.start[i]!, rows.start[i + 1]!];
    const weightAt = (k: number): number => rows.weight[k]!;
    if (to - from === 2)
      mixLines(row, lineAt(rows.position[from]!), weightAt(from), lineAt(rows.position[from + 1]!), weightAt(from + 1));
    else {
      row.fill(0);
      for (let k = from; k < to; k++) addLine(row, lineAt(rows.position[k]!), weightAt(k));
    }
    use(row, i);
  }
}

/**
 * The last few lines asked for, so that enlarging resamples no picture row twice. The last two
 * answers are always valid.
 */
function lineCache(make: (y: number, line: Float64Array) => void, size: number): (y: number) => Float64Array {
  const held = [0, 1, 2].map(() => ({ y: Number.NaN, line: new Float64Array(size) }));
  return (y) => {
    const known = held.findIndex((one) => one.y === y);
    const [found] = held.splice(Math.max(0, known), 1);
    held.push(found!);
    if (known < 0) {
      found!.y = y;
      make(y, found!.line);
    }
    return found!.line;
  };
}

/** As resampleRows, whole: float64 values [height, width, 3]. */
export function resampleFloat(
  image: RgbImage,
  region: Region,
  width: number,
  height: number,
  border: Border,
): Float64Array {
  const out = new Float64Array(height * width * 3);
  resampleRows(image, region, { width, height, border }, (row, y) => out.set(row, y * width * 3));
  return out;
}

function addLine(out: Float64Array, line: Float64Array, weight: number): void {
  for (let j = 0; j < line.length; j++) out[j]! += weight * line[j]!;
}

/** What two addLines to zeros give. */
function mixLines(out: Float64Array, a: Float64Array, weightA: number, b: Float64Array, weightB: number): void {
  for (let j = 0; j < out.length; j++) out[j] = weightA * a[j]! + weightB * b[j]!;
}

function resampleRow(image: RgbImage, y: number, columns: Taps, border: Border, out: Float64Array): void {
  if (y < 0) out.fill(border === 'reflect' ? 0 : border);
  else if (columns.inside) resampleInside(image, y, columns, out);
  else resampleAcross(image, y, columns, border === 'reflect' ? 0 : border, out);
}

/** A row whose taps all lie in the picture: no question is asked for each of them. */
function resampleInside({ widthPx, data }: RgbImage, y: number, columns: Taps, out: Float64Array): void {
  const { start, position, weight } = columns;
  const row = y * widthPx;
  for (let i = 0, k = 0; i < start.length - 1; i++) {
    let r = 0;
    let g = 0;
    let b = 0;
    for (const end = start[i + 1]!; k < end; k++) {
      const w = weight[k]!;
      const from = (row + position[k]!) * 3;
      r += w * data[from]!;
      g += w * data[from + 1]!;
      b += w * data[from + 2]!;
    }
    out[i * 3] = r;
    out[i * 3 + 1] = g;
    out[i * 3 + 2] = b;
  }
}

function resampleAcross(
  { widthPx, data }: RgbImage,
  y: number,
  columns: Taps,
  outside: number,
  out: Float64Array,
): void {
  const { start, position, weight } = columns;
  for (let i = 0; i < start.length - 1; i++)
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let k = start[i]!; k < start[i + 1]!; k++) {
        const x = position[k]!;
        sum += weight[k]! * (x < 0 ? outside : data[(y * widthPx + x) * 3 + c]!);
      }
      out[i * 3 + c] = sum;
    }
}

/** As resampleFloat, each value rounded to the nearest (halves up) of 0..255. */
export function resample(image: RgbImage, region: Region, width: number, height: number, border: Border): RgbImage {
  // A clamped array holds whole numbers inside 0..255 by itself.
  const data = new Uint8ClampedArray(height * width * 3);
  resampleRows(image, region, { width, height, border }, (row, y) => {
    for (let i = 0, to = y * width * 3; i < row.length; i++, to++) data[to] = Math.round(row[i]!);
  });
  return { widthPx: width, heightPx: height, data: new Uint8Array(data.buffer) };
}

/**
 * The whole picture at another size by bilinear interpolation without averaging, also where it
 * shrinks: what the paper's preprocessing does (INTER_LINEAR of OpenCV, half-pixel centres, edges
 * repeated).
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
