// Steps 4 to 7 for the faces of a picture, of photographs and frames alike, in a scan and in every
// other work: cut out by the model's recipe; those large enough are scored, the others get their
// reason.

import type { HeldReason } from '../../contract/domain.ts';
import type { NewFace } from '../../contract/face.ts';
import type { Model, Passport } from '../../contract/model.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { BlobSink } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import type { AlteredFace } from '../media/battery-pictures.ts';
import { type Cutting, createCutter } from '../media/cut-found.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { DOUBTS_SINCE_PIPELINE, faceDoubts } from './face-doubts.ts';
import { PICTURE_DOUBTS_SINCE_PIPELINE, pictureDoubts } from './picture-doubts.ts';
import { PIPELINE_VERSION } from './pipeline-version.ts';
import { keepCrop, scoreFaces } from './score-faces.ts';

/** A picture and every face found in it. */
export type SearchedPicture = {
  image: RgbImage;
  found: readonly FoundFace[];
  /** Why no model was validated on such a picture. */
  beyondDomain?: readonly HeldReason[] | undefined;
};

/** Which frame a picture is. */
export type FrameOfFace = Pick<NewFace, 'frameIndex' | 'timeMs' | 'pts'>;
/** A photograph is a frame of its own. */
export const STILL_FRAME: FrameOfFace = { frameIndex: 0, timeMs: 0, pts: null };

/** A face cut out, and what its picture is like. */
export type CutFace = {
  face: NewFace;
  crop: RgbImage;
  measures: FaceMeasures;
  /**
   * Why no model was validated on such a picture, whatever its face is like: then it is not scored.
   */
  beyondDomain: readonly HeldReason[];
  /** Where it was asked for: makes the battery's pictures of the face (contract/stability.ts). */
  battery?: () => Iterable<AlteredFace>;
};

/** How a model's faces are cut; by the steps of `pipeline`, of now when absent. */
export const cuttingOf = (
  { cropRecipe, inputPx, interpolation }: Pick<Passport, 'cropRecipe' | 'inputPx' | 'interpolation'>,
  pipeline: number = PIPELINE_VERSION,
  battery = false,
): Cutting => ({ cropRecipe, inputPx, interpolation, pipeline, battery });

/** What makes a picture doubtful as a whole, by the steps of a pipeline. */
const askPicture = ({ image, found }: SearchedPicture, pipeline: number): readonly HeldReason[] =>
  pipeline >= PICTURE_DOUBTS_SINCE_PIPELINE && found.length > 0 ? pictureDoubts(image) : [];

/** Step 4: cuts single faces of a picture, each by its place among those found. */
export function createFaceCutter(
  { pipeline = PIPELINE_VERSION, ...cutting }: Cutting,
  picture: SearchedPicture,
  at: FrameOfFace,
  ofPicture: readonly HeldReason[] = askPicture(picture, pipeline),
): (faceIndex: number) => CutFace {
  const { image, found, beyondDomain = [] } = picture;
  const cut = createCutter(image, { ...cutting, pipeline });
  return (faceIndex) => {
    const one = found[faceIndex]!;
    const { quality, ...made } = cut(one);
    const doubts = pipeline < DOUBTS_SINCE_PIPELINE ? [] : faceDoubts(found, faceIndex);
    return {
      face: { ...one, ...at, faceIndex, quality },
      ...made,
      beyondDomain: [...beyondDomain, ...ofPicture, ...doubts],
    };
  };
}

/** Step 4: every face found in a picture. */
export const cutFaces = (cutting: Cutting, picture: SearchedPicture, at: FrameOfFace): CutFace[] =>
  createModelCutter(picture, at)(cutting);

/**
 * Step 4 for one model after the other: the picture is asked once what it is like, and models that
 * are fed alike share their crops.
 */
export function createModelCutter(picture: SearchedPicture, at: FrameOfFace): (cutting: Cutting) => CutFace[] {
  const known = new Map<string, CutFace[]>();
  const asked = new Map<number, readonly HeldReason[]>();
  return (cutting) => {
    const { cropRecipe, inputPx, interpolation, pipeline = PIPELINE_VERSION, battery } = cutting;
    const key = `${cropRecipe} ${inputPx} ${interpolation} ${pipeline} ${battery}`;
    const before = known.get(key);
    if (before) return before;
    const ofPicture = asked.get(pipeline) ?? askPicture(picture, pipeline);
    asked.set(pipeline, ofPicture);
    const cut = createFaceCutter(cutting, picture, at, ofPicture);
    const faces = picture.found.map((_, faceIndex) => cut(faceIndex));
    known.set(key, faces);
    return faces;
  };
}

/** Why a face is not shown to the network; undefined for one that is. */
export function whyNotScored(
  { face, beyondDomain }: Pick<CutFace, 'face' | 'beyondDomain'>,
  minimumFacePx: number,
):
  | { kind: 'outOfDomain'; reasons: HeldReason[] }
  | { kind: 'faceTooSmall'; sizePx: number; minimumPx: number }
  | undefined {
  if (beyondDomain.length > 0) return { kind: 'outOfDomain', reasons: [...beyondDomain] };
  const { sizePx } = face.quality;
  return sizePx < minimumFacePx ? { kind: 'faceTooSmall', sizePx, minimumPx: minimumFacePx } : undefined;
}

type Deps = { compute: Compute; blobs: BlobSink; model: Model; minimumFacePx: number };

/** Steps 5 to 7: the outcome of each face. */
export async function judgeFaces<F extends CutFace>(
  deps: Deps,
  faces: readonly F[],
): Promise<ReadonlyMap<F, VerdictOutcome>> {
  const outcomes = new Map<F, VerdictOutcome>();
  const toScore: F[] = [];
  for (const one of faces) {
    const why = whyNotScored(one, deps.minimumFacePx);
    if (why) outcomes.set(one, { ...why, cropSha256: await keepCrop(deps.blobs, one.crop) });
    else toScore.push(one);
  }
  for (const [i, outcome] of (await scoreFaces(deps, toScore)).entries()) outcomes.set(toScore[i]!, outcome);
  return outcomes;
}
