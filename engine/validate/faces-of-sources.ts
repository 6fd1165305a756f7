// Labelled faces of several sources in a row, each marked with the source it is from.
import type { FaceOfParts } from './fuse-models.ts';
import type { FaceToValidate, LabelledFace } from './validate-model.ts';

/** The division of a set into its sources. */
export const SOURCE_STRATUM = 'source';

/** Persons and videos of different sources never count as the same. */
export async function* facesOfSources(
  sources: readonly { name: string; faces: AsyncIterable<FaceToValidate> }[],
): AsyncGenerator<FaceToValidate> {
  for (const { name, faces } of sources)
    for await (const face of faces) yield face.kind === 'notScored' ? whyOf(name, face) : faceOf(name, face);
}

/** The same of faces cut for the parts of a composite. */
export async function* partsOfSources(
  sources: readonly { name: string; faces: AsyncIterable<FaceOfParts> }[],
): AsyncGenerator<FaceOfParts> {
  for (const { name, faces } of sources)
    for await (const face of faces)
      yield face.kind === 'notScored'
        ? whyOf(name, face)
        : { ...face, cuts: face.cuts.map((cut) => faceOf(name, cut)) };
}

const whyOf = (name: string, face: Extract<FaceToValidate, { kind: 'notScored' }>) => ({
  ...face,
  reason: `${name}: ${face.reason}`,
});

const faceOf = (name: string, face: LabelledFace): LabelledFace => ({
  ...face,
  source: `${name}/${face.source}`,
  strata: { ...face.strata, [SOURCE_STRATUM]: name },
});
