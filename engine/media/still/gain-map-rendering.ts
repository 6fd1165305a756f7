// A picture with its gain map applied in full, held against the picture as it is looked at: does it show
// another one on the screens that apply it? Pure.
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { GainChannel, GainMap } from './gain-map.ts';
import { inSmall } from './other-renderings.ts';
import { isOfOtherOrder } from './same-order.ts';

/**
 * Samples of a gain map at the size of the picture: one for a pixel, or three. `stepPx`: pixels of a side
 * for which the map has one of its own.
 */
export type GainSamples = { channels: 1 | 3; data: Uint8Array; stepPx: number };

/** sRGB's curve (IEC 61966-2-1), 0..1. */
const lightOf = (code: number): number => (code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4);
const codeOf = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);

/** Beyond white, where a screen of high range goes on, equal steps are equal ratios of light. */
const DISPLAY_GAMMA = 2.2;
const seenOf = (light: number): number =>
  255 * (light <= 1 ? codeOf(Math.max(0, light)) : 1 + Math.log(light) / DISPLAY_GAMMA);

/** What is seen of a sample with a sample of the map, by 256 of each: 255 is white. */
function tableOf({ factors, offsetBase, offsetOther }: GainChannel): Float32Array {
  const table = new Float32Array(256 * 256);
  for (let code = 0, at = 0; code < 256; code++) {
    const light = lightOf(code / 255) + offsetBase;
    for (let gain = 0; gain < 256; gain++, at++) table[at] = seenOf(light * factors[gain]! - offsetOther);
  }
  return table;
}

const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/** Edges of a coarse map lie beside those of the picture: cells are no smaller than so many of its own. */
const LEAST_STEPS = 2;

/** Is it another picture with the map than without? 8-bit R G B. */
export function showsAnotherWithGain({ widthPx, heightPx, data }: RgbImage, gain: GainSamples, map: GainMap): boolean {
  const [red, green, blue] = map.map(tableOf) as [Float32Array, Float32Array, Float32Array];
  const { channels, data: gains } = gain;
  const [second, third] = channels === 3 ? [1, 2] : [0, 0];
  const [looked, other] = inSmall({ widthPx, heightPx }, 2, (pixel, into, at) => {
    const [from, of] = [3 * pixel, channels * pixel];
    const [r, g, b] = [data[from]!, data[from + 1]!, data[from + 2]!];
    into[at]! += RED * r + GREEN * g + BLUE * b;
    into[at + 1]! +=
      RED * red[256 * r + gains[of]!]! +
      GREEN * green[256 * g + gains[of + second]!]! +
      BLUE * blue[256 * b + gains[of + third]!]!;
  });
  return isOfOtherOrder(other!, looked!, LEAST_STEPS * gain.stepPx);
}
