// How a cut face is brought to a network's size, by the rules that detectors were trained with. A
// rule's name stands in a passport; what it does is never changed, only added to. Plain arithmetic
// in a fixed order: the same bytes on every machine.
import { resizeBilinear } from './resample.ts';
import type { RgbImage } from './rgb-image.ts';

/** A weight by distance in source pixels (or in target pixels where the picture shrinks). */
type Filter = { support: number; weight: (distance: number) => number };

const TRIANGLE: Filter = { support: 1, weight: (x) => (Math.abs(x) < 1 ? 1 - Math.abs(x) : 0) };

/** The cubic convolution with a = -0.5 (Keys, 1981). */
const CUBIC: Filter = {
  support: 2,
  weight: (distance) => {
    const [x, a] = [Math.abs(distance), -0.5];
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  },
};

/** Of each target pixel: the first source pixel and the whole-number weights from there on. */
type Taps = readonly { first: number; weights: readonly number[] }[];

/** Weights are whole numbers of this fraction. */
const FRACTION = 2 ** 22;

/** Away from zero at halves, as C rounds by adding a half and cutting off. */
const whole = (weight: number): number => Math.trunc(weight * FRACTION + (weight < 0 ? -0.5 : 0.5));

/** Where the picture shrinks the filter is as much wider, so that every pixel has its part. */
function tapsFor(size: number, out: number, { support, weight }: Filter): Taps {
  const scale = size / out;
  const wide = Math.max(1, scale);
  const inverse = 1 / wide;
  return Array.from({ length: out }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support * wide + 0.5));
    const end = Math.min(size, Math.trunc(centre + support * wide + 0.5));
    const weights = Array.from({ length: end - first }, (_, k) => weight((k + first - centre + 0.5) * inverse));
    const sum = weights.reduce((total, one) => total + one, 0);
    return { first, weights: weights.map((one) => whole(sum === 0 ? one : one * (1 / sum))) };
  });
}

const fromFraction = (sum: number): number => Math.max(0, Math.min(255, Math.floor((sum + FRACTION / 2) / FRACTION)));

/** Each row at another width. */
function resizeRows({ widthPx, heightPx, data }: RgbImage, width: number, filter: Filter): RgbImage {
  const out = new Uint8Array(width * heightPx * 3);
  const taps = tapsFor(widthPx, width, filter);
  for (let y = 0; y < heightPx; y++)
    taps.forEach(({ first, weights }, x) => {
      const from = (y * widthPx + first) * 3;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * data[from + k * 3 + c]!;
        out[(y * width + x) * 3 + c] = fromFraction(sum);
      }
    });
  return { widthPx: width, heightPx, data: out };
}

/** Each column at another height. */
function resizeColumns({ widthPx, heightPx, data }: RgbImage, height: number, filter: Filter): RgbImage {
  const line = widthPx * 3;
  const out = new Uint8Array(line * height);
  tapsFor(heightPx, height, filter).forEach(({ first, weights }, y) => {
    for (let i = 0; i < line; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * data[(first + k) * line + i]!;
      out[y * line + i] = fromFraction(sum);
    }
  });
  return { widthPx, heightPx: height, data: out };
}

/**
 * Along the rows, rounded to 8 bits, then along the columns; a side that is right already is left
 * as it is. To the bit what Pillow gives for 8-bit pictures (ImagingResample, src/libImaging).
 */
const filtered =
  (filter: Filter): Rule =>
  (image, width, height) => {
    const rows = image.widthPx === width ? image : resizeRows(image, width, filter);
    return rows.heightPx === height ? rows : resizeColumns(rows, height, filter);
  };

type Rule = (image: RgbImage, width: number, height: number) => RgbImage;

/**
 * By the name that a passport carries. `area-bilinear` is not among them: it is what the crop
 * recipes do by themselves, in one step with the cut.
 */
export const resizeRules: ReadonlyMap<string, Rule> = new Map([
  // Two neighbours along each axis, also where the picture shrinks: OpenCV's INTER_LINEAR, and
  // torch's bilinear without antialias.
  ['bilinear-no-antialias', resizeBilinear],
  ['bilinear-antialias', filtered(TRIANGLE)],
  ['bicubic-antialias', filtered(CUBIC)],
]);
