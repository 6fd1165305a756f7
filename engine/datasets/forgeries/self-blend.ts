// Self-blended images (after Shiohara & Yamasaki, "Detecting Deepfakes with Self-Blended Images",
// CVPR 2022): a picture is blended with a changed copy of itself inside a face mask. It carries the
// traces of a face swap (blending edge, colour and sharpness mismatch, misaligned features) and no
// other person's face. Every number is drawn from the given stream.
import type { PixelPoint } from '../../../contract/units.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import {
  type Blended,
  blend,
  drawMask,
  faceSizeOf,
  type MaskRecipe,
  type Patch,
  patchAround,
  softMask,
} from './blend.ts';
import { applyColour, type ColourChange, colourMatrix, drawBlendColour } from './colour.ts';
import { changeDetail, type DetailChange, drawDetail } from './detail.ts';
import { type RegionName, WHOLE_FACE_REGIONS } from './hull.ts';
import { type Affine, warp } from './warp.ts';

/** What was drawn: enough to say in words what was done to the picture. */
export type BlendRecipe = {
  mask: MaskRecipe;
  /** Which side was changed before blending: the face laid on, or the picture under it. */
  changed: 'source' | 'target';
  colour: ColourChange;
  detail: DetailChange;
  /** Misalignment of the source: shift in pixels, scale of each axis. */
  shift: readonly [number, number];
  scale: readonly [number, number];
};

export type Forgery = Blended & { recipe: BlendRecipe };

function drawRecipe(regions: readonly RegionName[], facePx: number, random: RandomStream): BlendRecipe {
  const shift = random.uniform() < 0.85;
  const along = (limit: number): number => {
    const value = random.uniform(-limit, limit) * facePx;
    return shift ? value : 0;
  };
  return {
    mask: drawMask(regions, facePx, random),
    changed: random.uniform() < 0.5 ? 'source' : 'target',
    colour: drawBlendColour(random, random.uniform(0.3, 1)),
    detail: drawDetail(random),
    shift: [along(0.03), along(0.015)],
    scale: shift ? [random.uniform(0.95, 1 / 0.95), random.uniform(0.95, 1 / 0.95)] : [1, 1],
  };
}

const changed = (image: RgbImage, { colour, detail }: BlendRecipe): RgbImage => {
  const detailed = changeDetail(image, detail);
  return { ...detailed, data: applyColour(detailed.data, colourMatrix(colour)) };
};

/**
 * From a place in the result to where the source is sampled: scaled about the patch's middle, then
 * shifted.
 */
function misalignment({ shift, scale }: BlendRecipe, { left, top, width, height }: Patch): Affine {
  const [cx, cy] = [left + width / 2, top + height / 2];
  const [a, e] = [1 / scale[0], 1 / scale[1]];
  return { a, b: 0, c: cx - a * (cx + shift[0]), d: 0, e, f: cy - e * (cy + shift[1]) };
}

/**
 * What is drawn before anything is blended: the recipe, and the picture as it lies under the forged
 * face.
 */
function plan(
  image: RgbImage,
  landmarks: readonly PixelPoint[],
  random: RandomStream,
  regions: readonly RegionName[],
): { recipe: BlendRecipe; under: RgbImage } {
  const recipe = drawRecipe(regions, faceSizeOf(landmarks), random);
  return { recipe, under: recipe.changed === 'target' ? changed(image, recipe) : image };
}

/** Forges one face of a picture. `landmarks`: 68 points in its pixels. The input is not changed. */
export function selfBlend(
  image: RgbImage,
  landmarks: readonly PixelPoint[],
  random: RandomStream,
  regions: readonly RegionName[] = WHOLE_FACE_REGIONS,
): Forgery {
  const { recipe, under } = plan(image, landmarks, random, regions);
  const patch = patchAround(image, landmarks);
  const moved = warp(image, misalignment(recipe, patch), patch);
  const copy = recipe.changed === 'source' ? changed(moved, recipe) : moved;
  const soft = softMask(landmarks, recipe.mask, patch, random);
  return { ...blend(under, copy, soft, patch, recipe.mask.ratio), recipe };
}

/**
 * The same picture as `selfBlend` makes of the same stream, but nothing blended into it: colours
 * and detail of the whole picture as they lie under the forged face. A genuine partner that differs
 * inside the mask alone.
 */
export const unblended = (
  image: RgbImage,
  landmarks: readonly PixelPoint[],
  random: RandomStream,
  regions: readonly RegionName[] = WHOLE_FACE_REGIONS,
): RgbImage => plan(image, landmarks, random, regions).under;
