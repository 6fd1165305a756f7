// Validation faces from a lab's own labelled files: found and cut as the scan does it, too small ones passed over as the scan does.
import type { Passport } from '../../contract/model.ts';
import { type FaceOfSet, facesOfSet, type SetDeps } from '../datasets/faces-of-set.ts';
import type { LabelledFile } from '../datasets/labelled-file.ts';
import { cropFace } from '../media/crop-face.ts';
import { measureFace } from '../media/face-measures.ts';
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
    else if (one.face.quality.sizePx < minimumFacePx) yield { kind: 'notScored', reason: 'face too small' };
    else yield faceFrom(one, cropRecipe, inputPx);
  }
}

function faceFrom(one: Extract<FaceOfSet, { kind: 'face' }>, recipe: string, inputPx: number): FaceToValidate {
  const { file, image, face, jpegQuality } = one;
  const compression = file.strata.compression ?? compressionStratum(jpegQuality);
  return {
    kind: 'face',
    crop: cropFace(recipe, { image, ...face }, inputPx),
    label: file.label,
    source: file.source,
    measures: measureFace(image, face.box, face.quality),
    mask: null,
    strata: {
      ...file.strata,
      compression,
      'face size': faceSizeStratum(face.quality.sizePx),
      tilt: tiltStratum(face.quality.rollDegrees),
    },
  };
}
