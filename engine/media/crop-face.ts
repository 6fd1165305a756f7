// Pixels x box x crop recipe -> FaceCrop. Pure: the same picture and box give the same bytes on
// every machine, so a crop can be made again from the evidence and compared by hash. The recipe
// belongs to the model and is part of its passport.
import type { PixelBox } from '../../contract/units.ts';
import { type Region, resample, resizeBilinear } from '../../models/image/resample.ts';
import { resizeRules } from '../../models/image/resize-rules.ts';
import { type RgbImage, regionOf } from '../../models/image/rgb-image.ts';
import { alignedCrop, alignedOwnSidePx } from './aligned-crop.ts';
import type { CropSource } from './crop-source.ts';

/**
 * How a face is cut: in one step at a size (`fit`), or as large as it is in the picture, for a
 * resizing rule of its own (`cut`).
 */
type Recipe = {
  fit: (source: CropSource, sidePx: number) => RgbImage;
  cut: (source: CropSource) => RgbImage;
};

/** Side of the square relative to the longer side of the finder's box. */
const SQUARE_MARGIN = 1.3;

/**
 * `square-1.3`: the square around the box's centre, its side 1.3 times the box's longer side, both
 * rounded to whole pixels, mirrored at the picture's border; shrunk by area or enlarged bilinearly.
 */
const squareCrop: Recipe = {
  fit: ({ image, box }, sidePx) => resample(image, squareAround(box), sidePx, sidePx, 'reflect'),
  cut: ({ image, box }) => {
    const square = squareAround(box);
    return resample(image, square, square.width, square.height, 'reflect');
  },
};

function squareAround(box: PixelBox): Region {
  const side = Math.max(1, Math.round(SQUARE_MARGIN * Math.max(box.width, box.height)));
  const x = Math.round(box.x + box.width / 2 - side / 2);
  const y = Math.round(box.y + box.height / 2 - side / 2);
  return { x, y, width: side, height: side };
}

/**
 * `box-1.25`: the finder's box with an eighth of its sides on each side, cut at the picture's
 * border, resized bilinearly to the square whatever its proportions: a face of that recipe is
 * stretched, as the networks trained with it expect. Source: mapooon/SelfBlendedImages
 * (src/inference/preprocess.py).
 */
const boxCrop: Recipe = {
  fit: (source, sidePx) => resizeBilinear(widerBox(source), sidePx, sidePx),
  cut: widerBox,
};

function widerBox({ image, box }: CropSource): RgbImage {
  const left = Math.max(0, Math.trunc(box.x - box.width / 8));
  const top = Math.max(0, Math.trunc(box.y - box.height / 8));
  const right = Math.min(image.widthPx, Math.trunc(box.x + (box.width * 9) / 8) + 1);
  const bottom = Math.min(image.heightPx, Math.trunc(box.y + (box.height * 9) / 8) + 1);
  const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)];
  return regionOf(image, { x: left, y: top, width, height });
}

/** `aligned-1.3`; cut out by itself, it is as large as the face in the picture. */
const alignedRecipe: Recipe = {
  fit: alignedCrop,
  cut: (source) => alignedCrop(source, alignedOwnSidePx(source)),
};

/** Recipes by the name a passport carries. A change of what a recipe does is a new name. */
export const cropRecipes: ReadonlyMap<string, Recipe> = new Map([
  ['square-1.3', squareCrop],
  ['aligned-1.3', alignedRecipe],
  ['box-1.25', boxCrop],
]);

/**
 * The crop of one face at `sidePx` pixels. `interpolation`: a resizing rule by which what was cut
 * is brought to that size; any other word, as older passports have, is the recipe's own way. Throws
 * when the recipe is unknown.
 */
export function cropFace(recipe: string, source: CropSource, sidePx: number, interpolation?: string): RgbImage {
  const crop = cropRecipes.get(recipe);
  if (!crop) throw new Error(`Crop recipe ${recipe} is not known; known are ${[...cropRecipes.keys()].join(', ')}.`);
  const resize = interpolation === undefined ? undefined : resizeRules.get(interpolation);
  return resize ? resize(crop.cut(source), sidePx, sidePx) : crop.fit(source, sidePx);
}
