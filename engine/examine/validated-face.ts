// A labelled face after a model saw it: what every figure of a validation record is made from.
import type { FaceMeasures } from '../media/face-measures.ts';

export type ValidatedFace = {
  logit: number;
  score: number;
  label: 0 | 1;
  /** Video or person. */
  source: string;
  cropSha256: string;
  /**
   * Which group the face is in, by each division of the set: { compression: 'JPEG 80-89', forgery:
   * 'swap', ... }.
   */
  strata: Readonly<Record<string, string>>;
  measures: FaceMeasures;
  /** What the classifier saw. */
  features: Float32Array;
  /**
   * AUC of the difference map's pixels against the mask of what was changed; null without a mask.
   */
  pixelAuc: number | null;
  /**
   * Logits of its alterations by the battery, in its order (contract/stability.ts); absent where they
   * were not scored.
   */
  altered?: readonly number[];
};

/** For each face one over the number of faces of its source and class: sources count the same. */
export function sourceWeights(faces: readonly { source: string; label: 0 | 1 }[]): number[] {
  const key = (face: { source: string; label: 0 | 1 }) => `${face.label}/${face.source}`;
  const counts = new Map<string, number>();
  for (const face of faces) counts.set(key(face), (counts.get(key(face)) ?? 0) + 1);
  return faces.map((face) => 1 / counts.get(key(face))!);
}
