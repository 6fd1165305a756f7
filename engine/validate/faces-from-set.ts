// Validation faces from a lab's own labelled files: found and cut as in a scan; what a scan would
// not show to the network is passed over, so that error rates are of what is scored.
import type { Passport } from '../../contract/model.ts';
import type { ValidationRequest } from '../../contract/validation.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { type FaceOfSet, facesOfSet, type SetDeps } from '../datasets/faces-of-set.ts';
import type { LabelledFile } from '../datasets/labelled-file.ts';
import { createFaceCutter, cuttingOf, STILL_FRAME, whyNotScored } from '../examine/judge-faces.ts';
import { PIPELINE_VERSION } from '../examine/pipeline-version.ts';
import type { AlteredFace } from '../media/battery-pictures.ts';
import type { FaceOfParts } from './fuse-models.ts';
import { compressionStratum, faceSizeStratum, tiltStratum } from './strata.ts';
import type { FaceToValidate } from './validate-model.ts';

/** What a record counts such faces under. */
const NOT_SCORED = {
  faceTooSmall: 'face too small',
  outOfDomain: 'not clearly a face, or a picture that no scan scores',
} as const;

/** The smallest face that is scored, and whether the battery is tried on each (contract/stability.ts). */
export type HowCut = Pick<ValidationRequest, 'minimumFacePx' | 'stability'>;

export async function* facesFromSet(
  files: readonly LabelledFile[],
  deps: SetDeps,
  passport: Passport,
  how: HowCut,
): AsyncGenerator<FaceToValidate> {
  for await (const one of facesOfSet(files, deps))
    yield one.kind === 'none' ? { kind: 'notScored', reason: one.reason } : faceFrom(one, passport, how);
}

/** The same for the parts of a composite: each file is decoded and searched once. */
export async function* facesOfPartsFromSet(
  files: readonly LabelledFile[],
  deps: SetDeps,
  passports: readonly Passport[],
  how: HowCut,
): AsyncGenerator<FaceOfParts> {
  for await (const one of facesOfSet(files, deps)) {
    const cuts = one.kind === 'none' ? [] : passports.map((passport) => faceFrom(one, passport, how));
    const whole = cuts.filter((cut) => cut.kind === 'face');
    const none = one.kind === 'none' ? one : cuts.find((cut) => cut.kind === 'notScored');
    yield none ? { kind: 'notScored', reason: none.reason } : { kind: 'face', cuts: whole };
  }
}

function faceFrom(
  { file, picture, faceIndex, jpegQuality }: Extract<FaceOfSet, { kind: 'face' }>,
  passport: Passport,
  { minimumFacePx, stability }: HowCut,
): FaceToValidate {
  const cutting = cuttingOf(passport, PIPELINE_VERSION, stability);
  const cut = createFaceCutter(cutting, picture, STILL_FRAME)(faceIndex);
  const why = whyNotScored(cut, minimumFacePx);
  if (why) return { kind: 'notScored', reason: NOT_SCORED[why.kind] };
  const { crop, measures, face, battery } = cut;
  const compression = file.strata.compression ?? compressionStratum(jpegQuality);
  return {
    kind: 'face',
    crop,
    label: file.label,
    source: file.source,
    measures,
    mask: null,
    ...(battery ? { altered: () => cropsOf(battery()) } : {}),
    strata: {
      ...file.strata,
      compression,
      'face size': faceSizeStratum(face.quality.sizePx),
      tilt: tiltStratum(face.quality.rollDegrees),
    },
  };
}

function* cropsOf(altered: Iterable<AlteredFace>): Generator<RgbImage> {
  for (const { crop } of altered) yield crop;
}
