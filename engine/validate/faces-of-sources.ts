// Labelled faces of several sources in a row, each marked with the source it is from.
import type { FaceToValidate } from './validate-model.ts';

/** The division of a set into its sources. */
export const SOURCE_STRATUM = 'source';

/** Persons and videos of different sources never count as the same. */
export async function* facesOfSources(
  sources: readonly { name: string; faces: AsyncIterable<FaceToValidate> }[],
): AsyncGenerator<FaceToValidate> {
  for (const { name, faces } of sources)
    for await (const face of faces) {
      if (face.kind === 'notScored') yield { ...face, reason: `${name}: ${face.reason}` };
      else yield { ...face, source: `${name}/${face.source}`, strata: { ...face.strata, [SOURCE_STRATUM]: name } };
    }
}
