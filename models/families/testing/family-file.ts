// Files as the authors' code writes them, with generated weights: read again by the readers that a
// user's file is read by. Tests and benches only.

import { type PyTorchFile, readPyTorchFile } from '../../checkpoint/pytorch-file.ts';
import { trainersFile } from '../../checkpoint/testing/trainers-file.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { FamilyFacts } from '../published-family.ts';
import { familyTensor } from './small-families.ts';

export type FileChanges = {
  /** Names that are left out. */
  without?: readonly string[];
  more?: Readonly<Record<string, Tensor>>;
  prefix?: string;
  /** Under which name; the first that the authors use, where absent. */
  at?: string;
};

export function familyTensors(facts: FamilyFacts, without: readonly string[] = []): Map<string, Tensor> {
  return new Map(
    facts.keys
      .filter(({ name }) => !without.includes(name))
      .map((key): [string, Tensor] => [
        key.name,
        key.dtype === 'int64' ? { dtype: 'int64', shape: [], data: BigInt64Array.of(3n) } : familyTensor(key),
      ]),
  );
}

/** Bytes of a file by torch.save. */
export function familyBytes(facts: FamilyFacts, changes: FileChanges = {}): Uint8Array {
  const at = changes.at ?? facts.places[0]!;
  return trainersFile({
    tensors: familyTensors(facts, changes.without),
    prefix: changes.prefix ?? '',
    more: changes.more ?? {},
    at: at === '' ? [] : [at],
  });
}

export const familyFile = (facts: FamilyFacts, changes: FileChanges = {}): PyTorchFile =>
  readPyTorchFile(familyBytes(facts, changes));
