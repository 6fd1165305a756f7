// Laying a changed face over a picture: the mask's soft edge, the blend itself, in one band or in
// two. Shared by self-blending and swapping. Pure; chance is given.
import type { PixelPoint } from '../../../contract/units.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import { boxBlur } from './blur.ts';
import { fillPolygon, type RegionName, regionHull, warpedOutline } from './hull.ts';

/** A rectangle of whole pixels inside a picture. */
export type Patch = { left: number; top: number; width: number; height: number };

/** How a mask was drawn; lengths in pixels. */
export type MaskRecipe = { region: RegionName; scale: number; warpPx: number; blurPx: number; ratio: number };

/** A forged picture and the mask of what was changed (0..255, same size). */
export type Blended = { image: RgbImage; mask: Uint8Array };

/** Blend ratios; half of the forgeries are blended fully (Shiohara & Yamasaki, section 3.2). */
const RATIOS = [0.25, 0.5, 0.75, 1, 1, 1] as const;

/** Longer side of the landmarks' bounding box, the unit of everything that is drawn. */
export function faceSizeOf(landmarks: readonly PixelPoint[]): number {
  const { width, height } = boundsOf(landmarks);
  return Math.max(width, height, 8);
}

function boundsOf(points: readonly PixelPoint[]): { x: number; y: number; width: number; height: number } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The part of a picture a blend can reach: the landmarks and a third of a face around them. */
export function patchAround(image: RgbImage, landmarks: readonly PixelPoint[]): Patch {
  const { x, y, width, height } = boundsOf(landmarks);
  const margin = Math.max(width, height) / 3;
  const left = Math.min(image.widthPx - 2, Math.max(0, Math.floor(x - margin)));
  const top = Math.min(image.heightPx - 2, Math.max(0, Math.floor(y - margin)));
  return {
    left,
    top,
    width: Math.max(2, Math.min(image.widthPx, Math.ceil(x + width + margin)) - left),
    height: Math.max(2, Math.min(image.heightPx, Math.ceil(y + height + margin)) - top),
  };
}

/** A copy of part of a picture. */
export function cutPatch({ widthPx, data }: RgbImage, { left, top, width, height }: Patch): RgbImage {
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * widthPx + left) * 3;
    out.set(data.subarray(from, from + width * 3), y * width * 3);
  }
  return { widthPx: width, heightPx: height, data: out };
}

export function drawMask(regions: readonly RegionName[], facePx: number, random: RandomStream): MaskRecipe {
  const part = regions.length > 0 && !regions.some((region) => region.startsWith('face'));
  return {
    region: regions[random.integer(regions.length)]!,
    scale: random.uniform(0.88, 1.12),
    warpPx: random.uniform(0, part ? 0.04 : 0.055) * facePx,
    blurPx: random.uniform(0.004, part ? 0.03 : 0.05) * facePx,
    ratio: RATIOS[random.integer(RATIOS.length)]!,
  };
}

/** The mask of a recipe over a patch, 0..1, its ratio not yet in it. */
export function softMask(
  landmarks: readonly PixelPoint[],
  recipe: MaskRecipe,
  patch: Patch,
  random: RandomStream,
): Float32Array {
  const shape = { scale: recipe.scale, warp: recipe.warpPx, span: faceSizeOf(landmarks) };
  const outline = warpedOutline(regionHull(landmarks, recipe.region, random.uniform(0, 0.8)), shape, random);
  const { width, height } = patch;
  const hard = { width, height, channels: 1, data: fillPolygon(outline, patch) };
  return boxBlur(hard, Math.max(1, recipe.blurPx), 3).data;
}

/** `copy` (patch-sized) over `image` by mask x ratio. */
export function blend(image: RgbImage, copy: RgbImage, soft: Float32Array, patch: Patch, ratio: number): Blended {
  const data = image.data.slice();
  const mask = new Uint8Array(image.widthPx * image.heightPx);
  for (let y = 0; y < patch.height; y++)
    for (let x = 0; x < patch.width; x++) {
      const from = y * patch.width + x;
      const alpha = soft[from]! * ratio;
      if (alpha === 0) continue;
      const to = (y + patch.top) * image.widthPx + x + patch.left;
      mask[to] = 255 * alpha + 0.5;
      for (let k = 0; k < 3; k++) {
        const below = data[to * 3 + k]!;
        data[to * 3 + k] = below + alpha * (copy.data[from * 3 + k]! - below) + 0.5;
      }
    }
  return { image: { ...image, data }, mask };
}

/**
 * A step beyond this is another object (hair, background), not another tone of skin. 0..255 units.
 */
const LARGEST_STEP = 32;

/**
 * The copy with its coarse colours drawn towards those of the picture where the mask ends, so that
 * the edge shows in the detail alone: what seamless cloning leaves. `radius` parts coarse from
 * fine.
 */
export function seamlessCopy(under: RgbImage, copy: RgbImage, soft: Float32Array, radius: number): RgbImage {
  const { widthPx: width, heightPx: height } = copy;
  const outside = new Float32Array(width * height * 3);
  const weight = new Float32Array(width * height);
  for (let i = 0; i < soft.length; i++) {
    weight[i] = 1.002 - soft[i]!;
    for (let k = 0; k < 3; k++) {
      const step = under.data[i * 3 + k]! - copy.data[i * 3 + k]!;
      outside[i * 3 + k] = weight[i]! * Math.min(LARGEST_STEP, Math.max(-LARGEST_STEP, step));
    }
  }
  const drawn = boxBlur({ width, height, channels: 3, data: outside }, radius, 2).data;
  const total = boxBlur({ width, height, channels: 1, data: weight }, radius, 2).data;
  const out = new Uint8ClampedArray(copy.data.length);
  for (let i = 0; i < soft.length; i++)
    for (let k = 0; k < 3; k++) out[i * 3 + k] = copy.data[i * 3 + k]! + drawn[i * 3 + k]! / total[i]!;
  return { ...copy, data: new Uint8Array(out.buffer) };
}
