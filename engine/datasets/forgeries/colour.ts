// Changes of colour as one affine map of R, G, B and one curve: what cameras, editors and forgers
// do to whole pictures. Pure; chance is given.
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';

/** Three rows of four: out = m0 R + m1 G + m2 B + m3, values 0..255. */
export type ColourMatrix = readonly number[];

const LUMA = [0.299, 0.587, 0.114] as const;

export type ColourChange = {
  /** Added to R, G, B, 0..255 units. */
  shift: readonly [number, number, number];
  /** 1 leaves, 0 is grey. */
  saturation: number;
  /** About 128. */
  contrast: number;
  /** Added to all, 0..255 units. */
  brightness: number;
};

/** Saturation about the luma, contrast about the middle, then shifts, in one matrix. */
export function colourMatrix({ shift, saturation: s, contrast: k, brightness }: ColourChange): ColourMatrix {
  return [0, 1, 2].flatMap((row) => [
    ...LUMA.map((weight, column) => k * ((1 - s) * weight + (row === column ? s : 0))),
    128 * (1 - k) + brightness + shift[row]!,
  ]);
}

/**
 * Colours as a blend's two sides differ: channel shifts up to 20, the rest slight (after Shiohara &
 * Yamasaki, section 3.2).
 */
export function drawBlendColour(random: RandomStream, strength: number): ColourChange {
  const shifted = random.uniform() < 0.6;
  const shift = (): number => {
    const value = random.uniform(-20, 20) * strength;
    return shifted ? value : 0;
  };
  return {
    shift: [shift(), shift(), shift()],
    saturation: 1 + random.uniform(-0.3, 0.3) * strength,
    contrast: 1 + random.uniform(-0.15, 0.15) * strength,
    brightness: random.uniform(-20, 20) * strength,
  };
}

/** `data` through a curve of 256 values, then the matrix, rounded and clamped. A new array. */
export function applyColour(data: Uint8Array, m: ColourMatrix, curve?: Float32Array): Uint8Array {
  const out = new Uint8ClampedArray(data.length);
  const [a, b, c, d, e, f, g, h, i, j, k, l] = m as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let p = 0; p < data.length; p += 3) {
    const red = curve ? curve[data[p]!]! : data[p]!;
    const green = curve ? curve[data[p + 1]!]! : data[p + 1]!;
    const blue = curve ? curve[data[p + 2]!]! : data[p + 2]!;
    out[p] = a * red + b * green + c * blue + d;
    out[p + 1] = e * red + f * green + g * blue + h;
    out[p + 2] = i * red + j * green + k * blue + l;
  }
  return new Uint8Array(out.buffer);
}

/** The 256 values of value^gamma, 0..255. */
export const gammaCurve = (gamma: number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, value) => 255 * (value / 255) ** gamma);

export type ColourMoments = { mean: readonly number[]; std: readonly number[] };

/** Mean and standard deviation of each channel, pixels weighted by `weights`. */
export function colourMoments({ data }: RgbImage, weights: Float32Array): ColourMoments {
  const [sum, squares] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i]!;
    if (w === 0) continue;
    total += w;
    for (let c = 0; c < 3; c++) {
      const value = data[i * 3 + c]!;
      sum[c]! += w * value;
      squares[c]! += w * value * value;
    }
  }
  const mean = sum.map((value) => value / Math.max(total, 1e-6));
  const std = squares.map((value, c) => Math.sqrt(Math.max(1, value / Math.max(total, 1e-6) - mean[c]! ** 2)));
  return { mean, std };
}

/**
 * The map that gives colours of moments `from` the moments `to`, by `strength` (0 leaves them).
 * Spread changes by at most a third.
 */
export function matchColours(from: ColourMoments, to: ColourMoments, strength: number): ColourMatrix {
  return [0, 1, 2].flatMap((c) => {
    const ratio = Math.min(4 / 3, Math.max(3 / 4, to.std[c]! / from.std[c]!));
    const gain = 1 + (ratio - 1) * strength;
    const target = from.mean[c]! + (to.mean[c]! - from.mean[c]!) * strength;
    return [0, 1, 2].map((column) => (column === c ? gain : 0)).concat(target - gain * from.mean[c]!);
  });
}
