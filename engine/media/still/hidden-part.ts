// How much of a photograph its transparency hides, where a picture lies under it: whoever strips
// the transparency sees that picture. Pure.
import type { Remark } from '../../../contract/remark.ts';

/** Below this opacity (of 255) a colour is hardly seen. */
const HARDLY_SEEN = 64;
/** A part that is hidden is worth a word from this share of the picture on. */
const WORTH_A_WORD = 0.02;
/** An icon's invisible part has one colour or some; a picture has more. */
const COLOURS_OF_A_PICTURE = 1000;

/** Of 8-bit R G B A; empty where nothing is hidden, or nothing lies under it. */
export function hiddenPart(rgba: Uint8Array): Remark[] {
  const colours = new Set<number>();
  let hidden = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    if (rgba[at + 3]! >= HARDLY_SEEN) continue;
    hidden += 1;
    if (colours.size < COLOURS_OF_A_PICTURE) colours.add((rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!);
  }
  const share = (4 * hidden) / rgba.length;
  if (share < WORTH_A_WORD || colours.size < COLOURS_OF_A_PICTURE) return [];
  return [{ kind: 'hiddenByTransparency', share }];
}

/**
 * 8-bit R G B A laid on black as libvips' `flatten` lays it, in the same memory: R G B, a quarter
 * less.
 */
export function layOnBlack(rgba: Uint8Array): Uint8Array {
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const opacity = rgba[from + 3]!;
    // Both indices rise, and `to` is never ahead of what is still to be read.
    for (let c = 0; c < 3; c++) rgba[to + c] = Math.floor((rgba[from + c]! * opacity) / 255);
  }
  return rgba.subarray(0, (rgba.length / 4) * 3);
}

/** R G B and an opacity for each pixel, together. */
export function withOpacity(rgb: Uint8Array, opacity: Uint8Array): Uint8Array {
  const out = new Uint8Array(opacity.length * 4);
  for (let i = 0; i < opacity.length; i++) {
    out[i * 4] = rgb[i * 3]!;
    out[i * 4 + 1] = rgb[i * 3 + 1]!;
    out[i * 4 + 2] = rgb[i * 3 + 2]!;
    out[i * 4 + 3] = opacity[i]!;
  }
  return out;
}
