// A model of the library written as a shipped one: weights and card beside each other, with its
// newest validation record. The card's words are the recipe's; its figures are the record's and the
// self-test's.

import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import type { Model } from '../../contract/model.ts';
import type { ShipRequest } from '../../contract/recipe.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { modelCardSchema } from './model-card.ts';

/** Weights and card, as they will be called. */
export const shippedFiles = ({ folder, name }: Pick<ShipRequest, 'folder' | 'name'>): [string, string] => [
  path.join(folder, `${name}.pth`),
  path.join(folder, `${name}.card.json`),
];

/**
 * Throws MODEL_REFUSED for a model without a validation record: nothing is shipped that was not
 * measured.
 */
export async function shipModel(
  model: Model,
  weights: Uint8Array,
  { folder, ...words }: ShipRequest,
): Promise<{ weights: string; card: string }> {
  if (!model.validation)
    throw new RecceError('MODEL_REFUSED', model.name, 'it has no validation record; run recce validate first.');
  // Folders of the machine that it was made on are nobody's business elsewhere.
  const { id: _, trainedOn: __, ...known } = model;
  const { licence, ...said } = words;
  const card = modelCardSchema.parse({ ...known, ...said, passport: { ...model.passport, licence } });
  const [weightsFile, cardFile] = shippedFiles({ folder, name: words.name });
  const files = { weights: weightsFile, card: cardFile };
  await writeAtomic(files.weights, [weights]);
  await writeAtomic(files.card, [`${JSON.stringify(card, null, 1)}\n`]);
  return files;
}
