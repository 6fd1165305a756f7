// TIFF pictures whose samples are no 8 or full 16 bits: floating point, 32-bit, and 10 to 14 bits
// in 16. Shown as they are, they come out white or black; they are scaled by the range the file
// states, or by the one its samples keep to, or refused. Runs in the decode process.
import type { Remark } from '../../../contract/remark.ts';
import type { WhyUnreadable } from '../../../contract/unreadable.ts';
import type { OtherColours } from './decoded-still.ts';
import type { TiffTags } from './tiff-directories.ts';

const [SAMPLE_FORMAT, BITS] = [339, 258] as const;
/** Tags that state a range: for any samples (TIFF 6.0, section 8 and 19). */
const [LOWEST, HIGHEST, S_LOWEST, S_HIGHEST] = [280, 281, 340, 341] as const;

/**
 * How samples become 0..255: those at `from` are black, those at `to` white. `why` is said of the
 * picture.
 */
export type SampleScale = { from: number; to: number; why: Remark };

export type SampleKind = {
  bits: number;
  isFloat: boolean;
  isSigned: boolean;
  stated: { from: number; to: number } | undefined;
};

/** What a directory says of its samples. */
export function sampleKindOf(tags: TiffTags): SampleKind {
  const [format = 1] = tags.get(SAMPLE_FORMAT) ?? [];
  const bits = Math.max(...(tags.get(BITS) ?? [1]).slice(0, 8));
  const least = tags.get(S_LOWEST) ?? tags.get(LOWEST);
  const most = tags.get(S_HIGHEST) ?? tags.get(HIGHEST);
  const [from, to] = [Math.min(...(least ?? [0]).slice(0, 8)), Math.max(...(most ?? [Number.NaN]).slice(0, 8))];
  const stated = Number.isFinite(from) && to > from ? { from, to } : undefined;
  return { bits, isFloat: format === 3, isSigned: format === 2, stated };
}

/**
 * Bits that whole numbers up to `most` need, of the depths that cameras and scanners have;
 * undefined for more.
 */
const depthOf = (most: number, depths: readonly number[]): number | undefined =>
  depths.find((bits) => most < 2 ** bits);

/**
 * The scale of samples that lie between `least` and `most`; undefined where they fill their bits
 * and need none. Why it is not read where nothing says what they mean.
 */
export function scaleOf(
  { bits, isFloat, isSigned, stated }: SampleKind,
  least: number,
  most: number,
): SampleScale | WhyUnreadable | undefined {
  if (!Number.isFinite(least) || !Number.isFinite(most)) return { kind: 'samplesNoNumbers', bits, isFloat };
  if (stated && !(bits === 16 && stated.to >= 65535))
    return {
      ...stated,
      why: { kind: 'scaledByStatedRange', bits, isFloat, ...stated },
    };
  if (isSigned) return { kind: 'signedWithoutRange' };
  if (isFloat) return scaleOfFloats(least, most);
  if (bits === 16) {
    const depth = depthOf(most, [8, 10, 12, 14]);
    if (depth === undefined) return undefined;
    return {
      from: 0,
      to: 2 ** depth - 1,
      why: { kind: 'narrowSamples', bits: depth },
    };
  }
  if (bits === 32) {
    const depth = depthOf(most, [8, 10, 12, 14, 16, 24]) ?? 32;
    return {
      from: 0,
      to: 2 ** depth - 1,
      why: { kind: 'wideSamples', bits: depth },
    };
  }
  return undefined;
}

function scaleOfFloats(least: number, most: number): SampleScale | WhyUnreadable {
  const top = [1, 255, 65535].find((one) => most <= one);
  if (least < 0 || top === undefined) return { kind: 'floatsWithoutRange', least, most };
  return {
    from: 0,
    to: top,
    why: { kind: 'floatSamples', to: top },
  };
}

/** Of 32-bit samples as float32, as a part of the range. */
const ROUNDING = 1e-6;
/**
 * Share of the samples that may lie beyond a range that they keep to: a small face of 12 megapixels has
 * more. And that of dark or light ones, in this part of the range, from which on little is seen.
 */
const [MOST_BEYOND, MOST_UNSEEN, LEAST_FILLED] = [0.0003, 0.9, 0.1];

/**
 * Where samples do not keep to the scale, or are all but gone in it, programs that take another one
 * show another picture. Undefined for an ordinary one.
 */
export function otherScale(
  samples: ArrayLike<number>,
  { from, to, why }: Pick<SampleScale, 'from' | 'to'> & Partial<SampleScale>,
  leastFilled = LEAST_FILLED,
): OtherColours | undefined {
  let [beyond, dark, light] = [0, 0, 0];
  const span = to - from;
  for (let i = 0; i < samples.length; i++) {
    const place = (samples[i]! - from) / span;
    if (place < -ROUNDING || place > 1 + ROUNDING) beyond += 1;
    if (place <= leastFilled) dark += 1;
    if (place >= 1 - leastFilled) light += 1;
  }
  const most = MOST_UNSEEN * samples.length;
  // Of the largest sample no range is made in which the others are too light.
  if (why?.kind !== 'scaledByStatedRange') light = 0;
  if (beyond <= MOST_BEYOND * samples.length && dark < most && light < most) return undefined;
  return { by: 'range of samples', stated: `${from} to ${to}`, isFar: true };
}

/** Scales by which programs show the same samples that leave a stated range aside: full bits, floats as they usually are. */
export const usualScales = ({ bits, isFloat }: SampleKind): Pick<SampleScale, 'from' | 'to'>[] =>
  (isFloat ? [1, 255, 65535] : [2 ** bits - 1]).map((to) => ({ from: 0, to }));

/** Samples as bytes by a scale. */
export function bytesFromSamples(
  samples: ArrayLike<number>,
  { from, to }: Pick<SampleScale, 'from' | 'to'>,
): Uint8Array {
  const out = new Uint8ClampedArray(samples.length);
  for (let i = 0; i < samples.length; i++) out[i] = Math.round((255 * (samples[i]! - from)) / (to - from));
  return new Uint8Array(out.buffer);
}
