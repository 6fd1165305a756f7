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

/** Edges of a coarse map lie beside those of the picture: cells are no smaller than so many of its own. */
const LEAST_STEPS = 2;

const LUMA = [0.299, 0.587, 0.114] as const;
/**
 * What is seen in one colour alone is seen less, and saturated colours are bent more: a difference in
 * one colour counts when it is twice as strong as one in all of them.
 */
const COLOUR_REST = 12;

/** Is it another picture with the map than without? 8-bit R G B. */
export function showsAnotherWithGain({ widthPx, heightPx, data }: RgbImage, gain: GainSamples, map: GainMap): boolean {
  const { channels, data: gains, stepPx } = gain;
  const tables = map.map(tableOf);
  const shows = (weights: readonly number[], rest?: number): boolean => {
    const used = [0, 1, 2].filter((c) => weights[c]! > 0);
    const [looked, other] = inSmall({ widthPx, heightPx }, 2, (pixel, into, at) => {
      for (const c of used) {
        const [sample, of] = [data[3 * pixel + c]!, channels === 3 ? channels * pixel + c : pixel];
        into[at]! += weights[c]! * sample;
        into[at + 1]! += weights[c]! * tables[c]![256 * sample + gains[of]!]!;
      }
    });
    return isOfOtherOrder(other!, looked!, { leastPx: LEAST_STEPS * stepPx, ...(rest ? { rest } : {}) });
  };
  if (shows(LUMA)) return true;
  // By one factor for all colours none of them changes against the others.
  if (map.every((one) => one === map[0]) && (channels === 1 || isGrey(gains))) return false;
  return [0, 1, 2].some((c) =>
    shows(
      [0, 1, 2].map((one) => (one === c ? 1 : 0)),
      COLOUR_REST,
    ),
  );
}

/** R G B of which no sample has a colour. */
function isGrey(rgb: Uint8Array): boolean {
  for (let at = 0; at < rgb.length; at += 3) if (rgb[at] !== rgb[at + 1] || rgb[at] !== rgb[at + 2]) return false;
  return true;
}
