// A photograph that need not be in memory as a whole: small enough to be looked at, and all of its
// pixels where a face is to be cut out.
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { shrink } from '../../models/image/shrink.ts';

/**
 * `reduced`: made smaller by `reductionOf`. `pixels`: all of it; rejects where they cannot be had.
 */
export type Photograph = {
  widthPx: number;
  heightPx: number;
  reduced(): Promise<RgbImage>;
  pixels(): Promise<RgbImage>;
};

/** Longer side of a reduced copy at the most; more than half of it where there is more to see. */
const REDUCED_PX = 1344;

/** By what whole number a picture is made smaller to be looked at: a power of two. */
export function reductionOf({ widthPx, heightPx }: Pick<RgbImage, 'widthPx' | 'heightPx'>): number {
  let factor = 1;
  while (Math.max(widthPx, heightPx) > REDUCED_PX * factor) factor *= 2;
  return factor;
}

/** A picture that is in memory as a photograph; a photograph as it is. */
export const photographOf = (picture: RgbImage | Photograph): Photograph =>
  'pixels' in picture
    ? picture
    : {
        widthPx: picture.widthPx,
        heightPx: picture.heightPx,
        reduced: async () => shrink(picture, reductionOf(picture)),
        pixels: async () => picture,
      };

/** All pixels of either. */
export const pixelsOf = async (picture: RgbImage | Photograph): Promise<RgbImage> =>
  'pixels' in picture ? picture.pixels() : picture;
