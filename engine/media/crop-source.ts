// What a crop is made of, whichever recipe makes it.
import type { PixelBox, PixelPoint } from '../../contract/units.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';

/** What a recipe is given: the upright picture, the finder's box and the 68 landmarks. */
export type CropSource = { image: RgbImage; box: PixelBox; landmarks: readonly PixelPoint[] };
