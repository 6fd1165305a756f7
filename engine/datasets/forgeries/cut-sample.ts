// The last step of a sample: the face as the finder's box might lie on it, cut by the model's own
// recipe, with its mask and measures. Pure; chance is given.
import type { PixelBox, PixelPoint } from '../../../contract/units.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import { batteryOf } from '../../media/battery-pictures.ts';
import { cropFace } from '../../media/crop-face.ts';
import { type FaceMeasures, measureFace } from '../../media/face-measures.ts';
import { measureQuality } from '../../media/face-quality.ts';
import { warp } from './warp.ts';

/** A picture with its face, and the mask of what was changed. */
export type ForgeryDraft = {
  image: RgbImage;
  mask: Uint8Array | undefined;
  box: PixelBox;
  landmarks: readonly PixelPoint[];
};

export type CutOptions = {
  inputPx: number;
  cropRecipe: string;
  interpolation?: string;
  jitter?: boolean;
  /** Where a mask is asked for, the battery's pictures as well. */
  battery?: boolean;
};

/**
 * Pixels [inputPx, inputPx, 3], mask [inputPx, inputPx]; measures of the uncut picture, null when
 * no mask was asked for.
 */
export type CutSample = {
  pixels: Uint8Array;
  mask: Uint8Array;
  measures: FaceMeasures | null;
  /** Pixels of the battery's pictures, in its order (contract/stability.ts). */
  altered?: readonly Uint8Array[];
};

/** The crop recipe on the (jittered) box, mirrored half of the time when jittered. */
export function cutSample(
  work: ForgeryDraft,
  { inputPx, cropRecipe, interpolation, jitter = true, battery = false }: CutOptions,
  random: RandomStream,
  wantsMask: boolean,
): CutSample {
  const placed = jitter ? jittered(work, random) : work;
  const mirrored = jitter && random.uniform() < 0.5;
  const turned = ({ data }: RgbImage): Uint8Array => (mirrored ? mirror(data, inputPx) : data);
  const cut = (image: RgbImage): Uint8Array =>
    turned(cropFace(cropRecipe, { ...placed, image }, inputPx, interpolation));
  const pixels = cut(placed.image);
  const none = new Uint8Array(inputPx * inputPx);
  if (!wantsMask) return { pixels, mask: none, measures: null };
  const { image, box, landmarks } = placed;
  const measures = measureFace(image, box, measureQuality(image, box, landmarks));
  const cutting = { cropRecipe, inputPx, interpolation };
  const altered = battery ? { altered: Array.from(batteryOf(placed, cutting)(), ({ crop }) => turned(crop)) } : {};
  if (!placed.mask) return { pixels, mask: none, measures, ...altered };
  const cutMask = cut({ ...placed.image, data: spreadMask(placed.mask) });
  return { pixels, mask: none.map((_, i) => cutMask[i * 3]!), measures, ...altered };
}

/**
 * Share of faces that are turned, and how far at most: heads are tilted in ordinary photographs,
 * and hardly in portraits.
 */
const TURNED = 0.3;
const TURN_DEGREES = 30;

/** The face turned (some of the time), its box moved and scaled as a finder's boxes vary. */
function jittered(work: ForgeryDraft, random: RandomStream): ForgeryDraft {
  const { box } = work;
  const longer = Math.max(box.width, box.height);
  const [dx, dy, scale] = [random.uniform(-0.05, 0.05), random.uniform(-0.05, 0.05), random.uniform(0.9, 1.1)];
  const moved: PixelBox = {
    x: box.x + dx * longer + (box.width * (1 - scale)) / 2,
    y: box.y + dy * longer + (box.height * (1 - scale)) / 2,
    width: box.width * scale,
    height: box.height * scale,
  };
  const [turn, angle] = [random.uniform() < TURNED, (random.uniform(-TURN_DEGREES, TURN_DEGREES) * Math.PI) / 180];
  return turn ? turnedBy({ ...work, box: moved }, angle) : { ...work, box: moved };
}

function turnedBy(work: ForgeryDraft, angle: number): ForgeryDraft {
  const { image, box } = work;
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const back = { a: cos, b: sin, c: cx - cos * cx - sin * cy, d: -sin, e: cos, f: cy + sin * cx - cos * cy };
  const frame = { left: 0, top: 0, width: image.widthPx, height: image.heightPx };
  const maskImage = work.mask && { ...image, data: spreadMask(work.mask) };
  const mask = maskImage && warp(maskImage, back, frame).data.filter((_, i) => i % 3 === 0);
  const landmarks = work.landmarks.map(({ x, y }) => ({
    x: cx + cos * (x - cx) - sin * (y - cy),
    y: cy + sin * (x - cx) + cos * (y - cy),
  }));
  return { image: warp(image, back, frame), mask, box, landmarks };
}

const spreadMask = (mask: Uint8Array): Uint8Array => {
  const out = new Uint8Array(mask.length * 3);
  for (let i = 0; i < mask.length; i++) out.fill(mask[i]!, i * 3, i * 3 + 3);
  return out;
};

/** A square picture mirrored left to right. */
export function mirror(data: Uint8Array, side: number): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let k = 0; k < 3; k++) out[(y * side + x) * 3 + k] = data[(y * side + side - 1 - x) * 3 + k]!;
  return out;
}
