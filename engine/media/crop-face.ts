// Pixels x box x crop recipe -> FaceCrop. Pure: the same picture and box give the same bytes on
// every machine, so a crop can be made again from the evidence and compared by hash. The recipe
// belongs to the model and is part of its passport.
import { resample } from '../../models/image/resample.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { alignedCrop } from './aligned-crop.ts';
import type { CropSource } from './crop-source.ts';

/** Side of the square relative to the longer side of the finder's box. */
const SQUARE_MARGIN = 1.3;

/**
 * `square-1.3`: the square around the box's centre, its side 1.3 times the box's longer side, both
 * rounded to whole pixels, mirrored at the picture's border; shrunk by area or enlarged bilinearly.
 */
function squareCrop({ image, box }: CropSource, sidePx: number): RgbImage {
  const side = Math.max(1, Math.round(SQUARE_MARGIN * Math.max(box.width, box.height)));
  const x = Math.round(box.x + box.width / 2 - side / 2);
  const y = Math.round(box.y + box.height / 2 - side / 2);
  return resample(image, { x, y, width: side, height: side }, sidePx, sidePx, 'reflect');
}

/** Recipes by the name a passport carries. A change of what a recipe does is a new name. */
export const cropRecipes: ReadonlyMap<string, (source: CropSource, sidePx: number) => RgbImage> = new Map([
  ['square-1.3', squareCrop],
  ['aligned-1.3', alignedCrop],
]);

/** The crop of one face at `sidePx` pixels. Throws when the recipe is unknown. */
export function cropFace(recipe: string, source: CropSource, sidePx: number): RgbImage {
  const crop = cropRecipes.get(recipe);
  if (!crop) throw new Error(`Crop recipe ${recipe} is not known; known are ${[...cropRecipes.keys()].join(', ')}.`);
  return crop(source, sidePx);
}
