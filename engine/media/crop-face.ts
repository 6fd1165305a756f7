// Pixels x box x crop recipe -> FaceCrop. Pure: the same picture and box give the same bytes on
// every machine, so a crop can be made again from the evidence and compared by hash. The recipe
// belongs to the model and is part of its passport.
import { type Region, resample, resizeBilinear } from '../../models/image/resample.ts';
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

/**
 * `box-1.25`: the finder's box with an eighth of its sides on each side, cut at the picture's
 * border, resized bilinearly to the square whatever its proportions: a face of that recipe is
 * stretched, as the networks trained with it expect. Source: mapooon/SelfBlendedImages
 * (src/inference/preprocess.py).
 */
function boxCrop({ image, box }: CropSource, sidePx: number): RgbImage {
  const left = Math.max(0, Math.trunc(box.x - box.width / 8));
  const top = Math.max(0, Math.trunc(box.y - box.height / 8));
  const right = Math.min(image.widthPx, Math.trunc(box.x + (box.width * 9) / 8) + 1);
  const bottom = Math.min(image.heightPx, Math.trunc(box.y + (box.height * 9) / 8) + 1);
  const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)];
  return resizeBilinear(cutOut(image, { x: left, y: top, width, height }), sidePx, sidePx);
}

/** A rectangle that lies in the picture. */
function cutOut(image: RgbImage, { x, y, width, height }: Region): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * image.widthPx + x) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { widthPx: width, heightPx: height, data };
}

/** Recipes by the name a passport carries. A change of what a recipe does is a new name. */
export const cropRecipes: ReadonlyMap<string, (source: CropSource, sidePx: number) => RgbImage> = new Map([
  ['square-1.3', squareCrop],
  ['aligned-1.3', alignedCrop],
  ['box-1.25', boxCrop],
]);

/** The crop of one face at `sidePx` pixels. Throws when the recipe is unknown. */
export function cropFace(recipe: string, source: CropSource, sidePx: number): RgbImage {
  const crop = cropRecipes.get(recipe);
  if (!crop) throw new Error(`Crop recipe ${recipe} is not known; known are ${[...cropRecipes.keys()].join(', ')}.`);
  return crop(source, sidePx);
}
