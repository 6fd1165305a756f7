// A photograph made smaller from its pixels.
import type { Sharp } from 'sharp';

/**
 * The same picture, of which a smaller one is made from its pixels: a JPEG is made smaller from its
 * coefficients else, before they are cut off at black and white and before a profile's curve, whatever
 * `fastShrinkOnLoad` says.
 */
export const wholePixels = (still: Sharp, { width, height }: { width: number; height: number }): Sharp =>
  still.extract({ left: 0, top: 0, width, height });
