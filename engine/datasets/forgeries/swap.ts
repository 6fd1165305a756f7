// Face swaps between two sitters, made in memory while training and validating and never written as
// pictures: the source's face warped onto the target's landmarks, its colours matched, laid on with
// a soft edge. Every number is drawn from the given stream.
import type { PixelPoint } from '../../../contract/units.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import {
  type Blended,
  blend,
  cutPatch,
  drawMask,
  faceSizeOf,
  type Patch,
  patchAround,
  seamlessCopy,
  softMask,
} from './blend.ts';
import { applyColour, colourMatrix, colourMoments, drawBlendColour, matchColours } from './colour.ts';
import { changeDetail, drawDetail } from './detail.ts';
import { WHOLE_FACE_REGIONS } from './hull.ts';
import { applyAffine, fitAffine, gridFromPoints, warp } from './warp.ts';

/** A face in a picture. */
export type FaceInPicture = { image: RgbImage; landmarks: readonly PixelPoint[] };

/**
 * The points that say where a face's features lie; the jaw is left out of the fit half of the time.
 */
const FEATURES = 17;

/** Lays `source`'s face over `target`'s. Neither input is changed. */
export function swapFace(target: FaceInPicture, source: FaceInPicture, random: RandomStream): Blended {
  const facePx = faceSizeOf(target.landmarks);
  const patch = patchAround(target.image, target.landmarks);
  const moved = warpOnto(target, source, patch, facePx, random);
  const mask = { ...drawMask(WHOLE_FACE_REGIONS, facePx, random), scale: random.uniform(0.85, 1.05) };
  const soft = softMask(target.landmarks, mask, patch, random);
  const under = cutPatch(target.image, patch);
  const copy = adaptColours(under, moved, soft, facePx, random);
  return blend(target.image, copy, soft, patch, random.uniform() < 0.8 ? 1 : 0.75);
}

/** The source in the target's pose: affine by landmarks, and mostly also feature by feature. */
function warpOnto(
  target: FaceInPicture,
  source: FaceInPicture,
  patch: Patch,
  facePx: number,
  random: RandomStream,
): RgbImage {
  const from = random.uniform() < 0.5 ? FEATURES : 0;
  const [to, at] = [target.landmarks.slice(from), source.landmarks.slice(from)];
  const affine = fitAffine(to, at);
  const strength = random.uniform() < 0.3 ? 0 : random.uniform(0.4, 1);
  const shifts = to.map((point, i) => {
    const placed = applyAffine(affine, point);
    return { x: (at[i]!.x - placed.x) * strength, y: (at[i]!.y - placed.y) * strength };
  });
  return warp(source.image, affine, patch, gridFromPoints(to, shifts, { ...patch, reach: facePx * 0.08 }, 12));
}

/**
 * The copy with the target's colours (fully or partly), its own detail, and sometimes without a
 * step at the edge.
 */
function adaptColours(
  under: RgbImage,
  moved: RgbImage,
  soft: Float32Array,
  facePx: number,
  random: RandomStream,
): RgbImage {
  const detailed = changeDetail(moved, drawDetail(random));
  const matched = matchColours(colourMoments(detailed, soft), colourMoments(under, soft), random.uniform(0.6, 1));
  const data = applyColour(
    applyColour(detailed.data, matched),
    colourMatrix(drawBlendColour(random, random.uniform(0, 0.5))),
  );
  const copy = { ...detailed, data };
  return random.uniform() < 0.35 ? seamlessCopy(under, copy, soft, Math.max(2, facePx * 0.12)) : copy;
}
