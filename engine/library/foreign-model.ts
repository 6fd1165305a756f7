// A model that came with a portable case is believed in nothing but its weights: whoever packed the
// case wrote the card. It is taken in without validation record and operating points, its decoder
// is tested here, and the card it came with is kept as a document.

import path from 'node:path';
import type { ModelId, Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Model } from '../../contract/model.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { idOfCorrection } from './describe-weights.ts';

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

/** All that a score depends on beside the weights and the picture. */
const fedOf = ({ passport }: Model) => {
  const { architecture, onnx, numClasses, classMap, inputPx, cropRecipe, interpolation, mean, std, channelOrder } =
    passport;
  return { architecture, onnx, numClasses, classMap, inputPx, cropRecipe, interpolation, mean, std, channelOrder };
};

/** True where both give the same score to every picture. */
export const isFedAlike = (one: Model, other: Model): boolean => hashOfValue(fedOf(one)) === hashOfValue(fedOf(other));

const fedWords = ({ passport: { inputPx, cropRecipe, interpolation, classMap } }: Model): string =>
  `${inputPx} px, ${cropRecipe}, ${interpolation}, forged = ${classMap.forged}`;

/**
 * How a model that came along is fed is its sender's word, as far as the file does not say. Throws
 * MODEL_REFUSED where its card says what nobody can declare of such a file. `usual`: how the file is
 * fed where nothing is declared.
 */
export function fedBySender(model: Model, usual: Model, from: CameWith): Model {
  const [own, card] = [usual.passport, model.passport];
  for (const key of ['mean', 'std', 'channelOrder'] as const)
    if (hashOfValue(own[key]) !== hashOfValue(card[key]))
      throw new RecceError(
        'MODEL_REFUSED',
        model.name,
        `its card has it fed with ${key} ${String(card[key])}, weights of this kind with ${String(own[key])}.`,
      );
  const said = `Whoever packed ${from.file} declared that it is fed with ${fedWords(model)}.`;
  const differs = isFedAlike(model, usual)
    ? ''
    : ` Usual for this file, where nothing is declared: ${fedWords(usual)}.`;
  return {
    ...model,
    passport: { ...card, dropped: own.dropped, remarks: [...own.remarks, `${said}${differs}`] },
  };
}

/**
 * An import made here of weights that came along under other words: an entry of its own, which
 * corrects the sender's. That one stays as it is for verdicts that were made with it.
 */
export function besideForeign(own: Model, foreign: Model): Model {
  const entry = { ...own, corrects: foreign.id };
  return {
    ...entry,
    id: idOfCorrection(entry),
    description: `${own.description} The same weights came with the portable case ${foreign.cameWith!.file} as ${foreign.name} (${foreign.id.slice(0, 12)}), fed with ${fedWords(foreign)}; this entry is fed with ${fedWords(own)}.`,
  };
}

/** What is said to whoever unpacked the case. */
export const remarkOn = (model: Model): string =>
  [remarkOnRecord(model), ...model.passport.remarks.filter((one) => one.startsWith('Whoever packed '))].join(' ');

const remarkOnRecord = ({ name, cameWith }: Model): string =>
  cameWith?.foreignRecord
    ? `Model ${name} is new here. Its validation record and operating points were made elsewhere and are not used: new scans with it give raw scores until it is validated here. Verdicts of the case stay as they are.`
    : `Model ${name} is new here and has no validation record: new scans with it give raw scores.`;
