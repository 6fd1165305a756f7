// The families that this build reads. A file is offered to each in turn before it is read as RECCE.
import type { PyTorchFile } from '../checkpoint/pytorch-file.ts';
import type { DetectorFamily, FamilyWeights } from './family.ts';

export const FAMILIES: readonly DetectorFamily[] = [];

/** Undefined for an id that this build does not have. */
export const familyFrom = (id: string): DetectorFamily | undefined => FAMILIES.find((one) => one.id === id);

/** The first family that a file is of, with its weights. Throws CheckpointError as its `read`. */
export function familyOf(
  file: PyTorchFile,
  families: readonly DetectorFamily[] = FAMILIES,
): { family: DetectorFamily; weights: FamilyWeights } | undefined {
  for (const family of families) {
    const weights = family.read(file);
    if (weights) return { family, weights };
  }
  return undefined;
}
