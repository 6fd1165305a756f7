// A picture with its gain map applied, in full and in part, held against the picture as it is looked at: does it show
// another one on the screens that apply it? Pure.
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { GainChannel, GainMap, GainRendering } from './gain-map.ts';
import { hasPatches, inSmallByRuns, PATCH, type Shades } from './other-renderings.ts';
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
function tableOf({ factors, offsetBase, offsetOther }: GainChannel, mostLight: number): Float32Array {
  const table = new Float32Array(256 * 256);
  for (let code = 0, at = 0; code < 256; code++) {
    const light = lightOf(code / 255) + offsetBase;
    for (let gain = 0; gain < 256; gain++, at++)
      table[at] = seenOf(Math.min(mostLight, light * factors[gain]! - offsetOther));
  }
  return table;
}

/** Edges of a coarse map lie beside those of the picture: cells are no smaller than so many of its own. */
const LEAST_STEPS = 2;

const LUMA = [0.299, 0.587, 0.114] as const;
/**
 * What is seen in one colour alone is seen less, and saturated colours are bent more. But the colours of a
 * base may be wider than those in which it is held here, and what differs in them is stronger.
 */
const COLOUR_REST = 9;

/**
 * What is cut off at black, and was not black: a screen with less room, which cuts off less, shows there
 * what is looked at in none of the renderings. From such a sample on, to such a one, in a part of a patch.
 */
const [NOT_BLACK, BLACK, CUT_OFF_PART] = [24, 1, 1 / 4];

/** Is it another picture with the map than without, on a screen of any room? 8-bit R G B. */
export function showsAnotherWithGain(picture: RgbImage, gain: GainSamples, map: GainMap): boolean {
  const looked = lookedInSmall(picture);
  // By one factor for all colours none of them changes against the others.
  const isOfLight =
    map.renderings.every(({ channels }) => channels.every((one) => one === channels[0])) &&
    (gain.channels === 1 || isGrey(gain.data));
  return map.renderings.some((one) => isAnother(picture, gain, one, { looked, isOfLight }));
}

/** Red, green and blue. */
type Colours = readonly [Shades, Shades, Shades];

const lookedInSmall = (picture: RgbImage): Colours =>
  inSmallByRuns(picture, 3, (from, to, into, at) => {
    for (let pixel = from; pixel < to; pixel++)
      for (let c = 0; c < 3; c++) into[at + c]! += picture.data[3 * pixel + c]!;
  }) as [Shades, Shades, Shades];

/** Of the other rendering, and in a fourth the part that is cut off. */
function otherInSmall(
  picture: RgbImage,
  { channels, data: gains }: GainSamples,
  { channels: of, mostLight }: GainRendering,
): readonly [Shades, Shades, Shades, Shades] {
  const { data } = picture;
  const red = tableOf(of[0], mostLight);
  const [green, blue] = [of[1], of[2]].map((one) => (one === of[0] ? red : tableOf(one, mostLight))) as [
    Float32Array,
    Float32Array,
  ];
  const [toGreen, toBlue] = channels === 3 ? [1, 2] : [0, 0];
  return inSmallByRuns(picture, 4, (from, to, into, at) => {
    let [reds, greens, blues, cutOff] = [0, 0, 0, 0];
    for (let pixel = from; pixel < to; pixel++) {
      const [own, gain] = [3 * pixel, channels * pixel];
      const [r, g, b] = [data[own]!, data[own + 1]!, data[own + 2]!];
      const seenRed = red[256 * r + gains[gain]!]!;
      const seenGreen = green[256 * g + gains[gain + toGreen]!]!;
      const seenBlue = blue[256 * b + gains[gain + toBlue]!]!;
      reds += seenRed;
      greens += seenGreen;
      blues += seenBlue;
      if (seenRed < BLACK && r >= NOT_BLACK) cutOff += 1 / 3;
      if (seenGreen < BLACK && g >= NOT_BLACK) cutOff += 1 / 3;
      if (seenBlue < BLACK && b >= NOT_BLACK) cutOff += 1 / 3;
    }
    into[at]! += reds;
    into[at + 1]! += greens;
    into[at + 2]! += blues;
    into[at + 3]! += cutOff;
  }) as [Shades, Shades, Shades, Shades];
}

function lumaOf([red, green, blue]: Colours): Shades {
  const values = red.values.map(
    (value, at) => LUMA[0] * value + LUMA[1] * green.values[at]! + LUMA[2] * blue.values[at]!,
  );
  return { ...red, values };
}

function isAnother(
  picture: RgbImage,
  gain: GainSamples,
  rendering: GainRendering,
  { looked, isOfLight }: { looked: Colours; isOfLight: boolean },
): boolean {
  const [red, green, blue, cutOff] = otherInSmall(picture, gain, rendering);
  const other = [red, green, blue] as const;
  const isPatchCutOff = (at: number): boolean => patchSum(cutOff, at) > CUT_OFF_PART * PATCH ** 2;
  if (hasPatches(cutOff, isPatchCutOff)) return true;
  const leastPx = LEAST_STEPS * gain.stepPx;
  if (isOfOtherOrder(lumaOf(other), lumaOf(looked), { leastPx })) return true;
  return !isOfLight && looked.some((one, c) => isOfOtherOrder(other[c]!, one, { leastPx, rest: COLOUR_REST }));
}

function patchSum({ values, widthPx }: Shades, at: number): number {
  let sum = 0;
  for (let row = 0; row < PATCH; row++)
    for (let column = 0; column < PATCH; column++) sum += values[at + row * widthPx + column]!;
  return sum;
}

/** R G B of which no sample has a colour. */
function isGrey(rgb: Uint8Array): boolean {
  for (let at = 0; at < rgb.length; at += 3) if (rgb[at] !== rgb[at + 1] || rgb[at] !== rgb[at + 2]) return false;
  return true;
}
