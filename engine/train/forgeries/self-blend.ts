// Self-blended images (after Shiohara & Yamasaki, "Detecting Deepfakes with Self-Blended Images", CVPR 2022): a picture is
// blended with a changed copy of itself inside a face mask. It carries the traces of a face swap (blending edge, colour and
// sharpness mismatch, misaligned features) and no other person's face. Every number is drawn from the given stream.
import type { PixelPoint } from '../../../contract/units.ts';
import { resample } from '../../../models/image/resample.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import { fillConvex, REGION_NAMES, type RegionName, regionHull } from './hull.ts';
import { bendMask, blurMask } from './soft-mask.ts';

/** What was drawn: enough to say in words what was done to the picture. */
export type BlendRecipe = {
  region: RegionName;
  ratio: number;
  colour: readonly number[];
  gain: number;
  downscale: number;
  sharpen: number;
  shift: readonly number[];
  scale: number;
  blurPx: number;
};

/** A forged picture, the mask of what was changed (0..255, same size), and the recipe. */
export type Forgery = { image: RgbImage; mask: Uint8Array; recipe: BlendRecipe };

/** Blend ratios; half of the forgeries are blended fully. */
const RATIOS = [0.25, 0.5, 0.75, 1, 1, 1] as const;

function drawRecipe(random: RandomStream, facePx: number): BlendRecipe {
  const region = REGION_NAMES[random.uniform() < 0.6 ? 0 : random.integer(REGION_NAMES.length)]!;
  return {
    region,
    ratio: RATIOS[random.integer(RATIOS.length)]!,
    colour: [random.uniform(-20, 20), random.uniform(-20, 20), random.uniform(-20, 20)],
    gain: random.uniform(0.9, 1.1),
    downscale: random.uniform() < 0.5 ? random.uniform(0.4, 0.9) : 1,
    sharpen: random.uniform() < 0.5 ? random.uniform(0.2, 1) : 0,
    shift: [random.uniform(-0.03, 0.03) * facePx, random.uniform(-0.015, 0.015) * facePx],
    scale: random.uniform(0.95, 1 / 0.95),
    blurPx: Math.max(1, Math.round(random.uniform(0.01, 0.06) * facePx)),
  };
}

/** The changed copy of a region: moved and scaled, lower or higher in detail, other in colour. */
function changedCopy(patch: RgbImage, recipe: BlendRecipe): RgbImage {
  const { widthPx: w, heightPx: h } = patch;
  const [dx, dy] = recipe.shift as [number, number];
  const region = {
    x: (w - w / recipe.scale) / 2 - dx,
    y: (h - h / recipe.scale) / 2 - dy,
    width: w / recipe.scale,
    height: h / recipe.scale,
  };
  const small = resample(
    patch,
    region,
    Math.max(2, Math.round(w * recipe.downscale)),
    Math.max(2, Math.round(h * recipe.downscale)),
    'reflect',
  );
  const moved = resample(small, { x: 0, y: 0, width: small.widthPx, height: small.heightPx }, w, h, 'reflect');
  const soft =
    recipe.sharpen > 0
      ? resample(moved, { x: 0, y: 0, width: w, height: h }, Math.ceil(w / 2), Math.ceil(h / 2), 'reflect')
      : undefined;
  const base = soft && resample(soft, { x: 0, y: 0, width: soft.widthPx, height: soft.heightPx }, w, h, 'reflect');
  const data = Uint8Array.from(moved.data, (value, i) => {
    const sharp = base ? value + recipe.sharpen * (value - base.data[i]!) : value;
    return Math.min(255, Math.max(0, Math.round((sharp - 128) * recipe.gain + 128 + recipe.colour[i % 3]!)));
  });
  return { widthPx: w, heightPx: h, data };
}

/** Forges one face of a picture. `landmarks`: 68 points in its pixels. The input is not changed. */
export function selfBlend(image: RgbImage, landmarks: readonly PixelPoint[], random: RandomStream): Forgery {
  const xs = landmarks.map((p) => p.x);
  const ys = landmarks.map((p) => p.y);
  const facePx = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys), 8);
  const recipe = drawRecipe(random, facePx);
  const margin = facePx * 0.5;
  const left = Math.max(0, Math.floor(Math.min(...xs) - margin));
  const top = Math.max(0, Math.floor(Math.min(...ys) - margin));
  const width = Math.max(2, Math.min(image.widthPx, Math.ceil(Math.max(...xs) + margin)) - left);
  const height = Math.max(2, Math.min(image.heightPx, Math.ceil(Math.max(...ys) + margin)) - top);
  const patch = resample(image, { x: left, y: top, width, height }, width, height, 'reflect');
  const hull = fillConvex(regionHull(landmarks, recipe.region), left, top, width, height);
  const soft = blurMask(bendMask(hull, width, height, facePx * 0.04, random), width, height, recipe.blurPx);
  return { ...blend(image, patch, changedCopy(patch, recipe), soft, { left, top, ratio: recipe.ratio }), recipe };
}

/** `copy` over `patch` by mask x ratio, put back where the patch came from. */
function blend(
  image: RgbImage,
  patch: RgbImage,
  copy: RgbImage,
  soft: Float64Array,
  place: { left: number; top: number; ratio: number },
): { image: RgbImage; mask: Uint8Array } {
  const data = image.data.slice();
  const mask = new Uint8Array(image.widthPx * image.heightPx);
  for (let y = 0; y < patch.heightPx; y++)
    for (let x = 0; x < patch.widthPx; x++) {
      const from = y * patch.widthPx + x;
      const to = (y + place.top) * image.widthPx + x + place.left;
      const alpha = soft[from]! * place.ratio;
      mask[to] = Math.round(255 * alpha);
      for (let c = 0; c < 3; c++)
        data[to * 3 + c] = Math.round(alpha * copy.data[from * 3 + c]! + (1 - alpha) * patch.data[from * 3 + c]!);
    }
  return { image: { ...image, data }, mask };
}
