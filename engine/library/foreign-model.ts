// A model that came with a portable case is believed in nothing but its weights: whoever packed the
// case wrote the card. It is taken in without validation record and operating points, its decoder
// is tested here, and the card it came with is kept as a document.

import path from 'node:path';
import type { ModelId, Sha256 } from '../../contract/brand.ts';
import type { Model } from '../../contract/model.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { writeAtomic } from '../files/write-atomic.ts';

/** Where a foreign card came from: the packed case's file name and hash. */
export type CameWith = { file: string; fileSha256: Sha256 };

const sentence = ({ file }: CameWith, known: boolean): string =>
  known
    ? `Came with the portable case ${file}. The validation record and operating points on its card were made elsewhere; they are kept as a document and not used here.`
    : `Came with the portable case ${file}, without a validation record.`;

/**
 * The model as it enters the library. What is said of limits is kept: it only ever asks for more
 * caution.
 */
export const withoutForeignRecord = (model: Model, from: CameWith): Model => ({
  ...model,
  limits: `${sentence(from, model.validation !== null || model.operatingPoints !== null)} ${model.limits}`.trim(),
  validation: null,
  operatingPoints: null,
  decoderTest: null,
  cameWith: { ...from, foreignRecord: model.validation && hashOfValue(model.validation) },
});

/** Where the card that a model came with is kept. */
export const foreignCardFile = (folder: string, id: ModelId): string => path.join(folder, `${id}.foreign.json`);

/** Keeps the card as it came, with its origin. */
export async function keepForeignCard(folder: string, card: Model, from: CameWith): Promise<void> {
  await writeAtomic(foreignCardFile(folder, card.id), [`${JSON.stringify({ ...from, card }, null, 1)}\n`]);
}

/** What is said to whoever unpacked the case. */
export const remarkOn = ({ name, cameWith }: Model): string =>
  cameWith?.foreignRecord
    ? `Model ${name} is new here. Its validation record and operating points were made elsewhere and are not used: new scans with it give raw scores until it is validated here. Verdicts of the case stay as they are.`
    : `Model ${name} is new here and has no validation record: new scans with it give raw scores.`;
