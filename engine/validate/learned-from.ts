// Which of a validation's folders the model learned from: on faces that it knows its figures are
// better than on others.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Model } from '../../contract/model.ts';
import type { ValidationMaterial } from '../../contract/validation.ts';

const real = (folder: string): Promise<string> => realpath(folder).catch(() => path.resolve(folder));

const within = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(outer + path.sep);

/**
 * The folders, as they were asked for, of which the model or one that it was trained on from
 * learned a part. Of the very folder that was learned from, the validation and test splits are
 * others than the training split; of one that lies in it or around it, splits fall otherwise.
 */
export async function learnedFrom(
  { trainedOn = [] }: Pick<Model, 'trainedOn'>,
  sources: readonly Pick<ValidationMaterial & { split: string }, 'folder' | 'split'>[],
): Promise<string[]> {
  const known = await Promise.all(trainedOn.map(real));
  const learned: string[] = [];
  for (const { folder, split } of sources) {
    const here = await real(folder);
    const keptBack = split === 'validation' || split === 'test';
    if (known.some((one) => (one === here ? !keptBack : within(here, one) || within(one, here)))) learned.push(folder);
  }
  return learned;
}
