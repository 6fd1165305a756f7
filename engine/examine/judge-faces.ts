// Steps 5 to 7 for faces that were cut out, of photographs and frames alike: those large enough are
// scored, a few in one run; the others get their reason.

import type { NewFace } from '../../contract/face.ts';
import type { Model } from '../../contract/model.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { BlobSink } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import { createCutter } from '../media/cut-found.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { faceDoubts } from './face-doubts.ts';
import { keepCrop, scoreFaces } from './score-faces.ts';

/** A face cut out, and what its picture is like. */
export type CutFace = {
  face: NewFace;
  crop: RgbImage;
  measures: FaceMeasures;
  /**
   * Why no model was validated on such a picture, whatever its face is like: then it is not scored.
   */
  beyondDomain: readonly string[];
};

/** Faces scored in one run of the network. */
export const FACES_PER_RUN = 8;

/**
 * Step 4: every face found in a picture, cut by the model's recipe. `at` says which frame the
 * picture is.
 */
export function cutFaces(
  { passport }: Model,
  image: RgbImage,
  found: readonly FoundFace[],
  at: Pick<NewFace, 'frameIndex' | 'timeMs' | 'pts'>,
  beyondDomain: readonly string[] = [],
): CutFace[] {
  const cut = createCutter(image, passport);
  return found.map((one, faceIndex) => {
    const { crop, quality, measures } = cut(one);
    const doubts = faceDoubts(found, faceIndex);
    return { face: { ...one, ...at, faceIndex, quality }, crop, measures, beyondDomain: [...beyondDomain, ...doubts] };
  });
}

type Deps = { compute: Compute; blobs: BlobSink; model: Model; minimumFacePx: number };

/** The outcome of each face. */
export async function judgeFaces<F extends CutFace>(
  deps: Deps,
  faces: readonly F[],
): Promise<ReadonlyMap<F, VerdictOutcome>> {
  const outcomes = new Map<F, VerdictOutcome>();
  for (const one of faces) if (one.beyondDomain.length > 0) outcomes.set(one, await beyond(deps, one));
  const large = faces.filter((one) => !outcomes.has(one) && one.face.quality.sizePx >= deps.minimumFacePx);
  for (let at = 0; at < large.length; at += FACES_PER_RUN) {
    const run = large.slice(at, at + FACES_PER_RUN);
    const scored = await scoreFaces(
      deps,
      run.map(({ crop }) => crop),
      run.map(({ measures }) => measures),
    );
    for (const [i, one] of run.entries()) outcomes.set(one, scored[i]!);
  }
  for (const one of faces) if (!outcomes.has(one)) outcomes.set(one, await tooSmall(deps, one));
  return outcomes;
}

const beyond = async ({ blobs }: Deps, { beyondDomain, crop }: CutFace): Promise<VerdictOutcome> => ({
  kind: 'outOfDomain',
  reasons: [...beyondDomain],
  cropSha256: await keepCrop(blobs, crop),
});

const tooSmall = async ({ blobs, minimumFacePx }: Deps, { face, crop }: CutFace): Promise<VerdictOutcome> => ({
  kind: 'faceTooSmall',
  sizePx: face.quality.sizePx,
  minimumPx: minimumFacePx,
  cropSha256: await keepCrop(blobs, crop),
});
