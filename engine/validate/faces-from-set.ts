// Validation faces from a lab's own labelled files: found and cut as the scan does it, too small
// ones passed over as the scan does.
import type { Passport } from '../../contract/model.ts';
import { type FaceOfSet, facesOfSet, type SetDeps } from '../datasets/faces-of-set.ts';
import type { LabelledFile } from '../datasets/labelled-file.ts';
import { createCutter } from '../media/cut-found.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { compressionStratum, faceSizeStratum, tiltStratum } from './strata.ts';
import type { FaceToValidate } from './validate-model.ts';

export async function* facesFromSet(
  files: readonly LabelledFile[],
  deps: SetDeps,
  { cropRecipe, inputPx }: Passport,
  minimumFacePx: number,
): AsyncGenerator<FaceToValidate> {
  for await (const one of facesOfSet(files, deps)) {
    if (one.kind === 'none') yield { kind: 'notScored', reason: one.reason };
    else if (sizeOf(one.face) < minimumFacePx) yield { kind: 'notScored', reason: 'face too small' };
    else yield faceFrom(one, cropRecipe, inputPx);
  }
}

const sizeOf = ({ box }: FoundFace): number => Math.max(box.width, box.height);

function faceFrom(one: Extract<FaceOfSet, { kind: 'face' }>, recipe: string, inputPx: number): FaceToValidate {
  const { file, image, face, jpegQuality } = one;
  const { crop, quality, measures } = createCutter(image, { cropRecipe: recipe, inputPx })(face);
  const compression = file.strata.compression ?? compressionStratum(jpegQuality);
  return {
    kind: 'face',
    crop,
    label: file.label,
    source: file.source,
    measures,
    mask: null,
    strata: {
      ...file.strata,
      compression,
      'face size': faceSizeStratum(quality.sizePx),
      tilt: tiltStratum(quality.rollDegrees),
    },
  };
}
