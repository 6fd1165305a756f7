// A weights file as an entry of the library: what it says of itself, what its importer declares,
// and nothing guessed that a score depends on without being said.
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import {
  type ClassMap,
  FORGED_IS_ONE,
  type Model,
  type ModelDeclaration,
  type Passport,
} from '../../contract/model.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { cropRecipes } from '../media/crop-face.ts';
import type { CheckpointFacts } from './checkpoint-reader.ts';

/** What an imported model's card says of its limits, as long as nobody has measured it. */
export const WITHOUT_RECORD =
  'Without a validation record its scores are raw and carry no error rate. Validate on your own material before casework.';

/** The same of a model that was trained here. */
export const WITHOUT_RECORD_OF_TRAINED =
  'Without a validation record its scores are raw and carry no error rate. Validate on material that was not trained on before casework.';

export type WeightsToDescribe = { path: string; sha256: Sha256; sizeBytes: number; facts: CheckpointFacts };

/**
 * A new entry. Throws MODEL_REFUSED where neither the file nor the declaration says how large the
 * faces were that it was trained on.
 */
export function describeWeights(weights: WeightsToDescribe, declared: ModelDeclaration, addedAt: string): Model {
  const { path: file, facts } = weights;
  const inputPx = declared.inputPx ?? facts.inputPx;
  if (inputPx === null)
    throw new RecceError(
      'MODEL_REFUSED',
      file,
      `the file does not say the input size it was trained with. Declare it: ${facts.usual.inputPx} px is usual for its layout, and a wrong size scores wrongly without complaint.`,
    );
  if (facts.decoder === false && inputPx !== facts.inputPx)
    throw new RecceError('MODEL_REFUSED', file, `its network is built for ${facts.inputPx} px, not for ${inputPx}.`);
  return {
    id: weights.sha256,
    name: declared.name ?? path.basename(file).replace(/\.(pth|pt|bin|ckpt|safetensors)$/i, ''),
    description: `Imported from ${path.basename(file)} (${facts.layout} layout).`,
    limits: WITHOUT_RECORD,
    demonstration: false,
    parentId: null,
    passport: { ...readPassport(weights), ...fedAs(facts, { ...declared, inputPx }, file) },
    decoderTest: null,
    validation: null,
    operatingPoints: null,
    addedAt,
  };
}

type Read = Pick<
  Passport,
  'architecture' | 'decoder' | 'sha256' | 'sizeBytes' | 'container' | 'layout' | 'width' | 'numClasses'
>;

/** What the weights say of themselves. */
export const readPassport = ({ sha256, sizeBytes, facts }: Omit<WeightsToDescribe, 'path'>): Read => {
  const { architecture, decoder, container, layout, width, numClasses } = facts;
  return {
    ...(architecture === undefined ? {} : { architecture }),
    ...(decoder === undefined ? {} : { decoder }),
    ...{ sha256, sizeBytes, container, layout, numClasses },
    ...(width === undefined ? {} : { width }),
  };
};

/**
 * How the weights are fed. `geometry` is declared where the size and the crop are, by the importer
 * or the file itself.
 */
function fedAs(facts: CheckpointFacts, declared: ModelDeclaration & { inputPx: number }, file: string) {
  const { inputPx: _, licence, forged, ...usual } = facts.usual;
  const stated = declared.inputPx === facts.inputPx ? [`The file states an input of ${facts.inputPx} px.`] : [];
  return {
    ...usual,
    inputPx: declared.inputPx,
    cropRecipe: knownRecipe(declared.cropRecipe ?? usual.cropRecipe, file),
    classMap: declared.classMap ?? classMapFrom(forged, file),
    geometry: declared.cropRecipe === undefined ? ('assumed' as const) : ('declared' as const),
    licence: declared.licence ?? licence,
    dropped: [...facts.dropped],
    remarks: [...facts.remarks, ...stated],
  };
}

/** RECCE's code says forged = 1. Throws MODEL_REFUSED where a family's file and code do not say. */
function classMapFrom(forged: 0 | 1 | null | undefined, subject: string): ClassMap {
  if (forged === null)
    throw new RecceError('MODEL_REFUSED', subject, 'the file does not say which class means forged. Declare it.');
  return forged === 0 ? { genuine: 1, forged: 0 } : FORGED_IS_ONE;
}

/** Throws MODEL_REFUSED for a recipe that this build does not have. */
export function knownRecipe(recipe: string, subject: string): string {
  if (cropRecipes.has(recipe)) return recipe;
  throw new RecceError(
    'MODEL_REFUSED',
    subject,
    `there is no crop recipe "${recipe}". Known: ${[...cropRecipes.keys()].join(', ')}.`,
  );
}

/** What tells an entry that corrects another one: its own weights under other words. */
export const idOfCorrection = ({ corrects, name, passport }: Pick<Model, 'corrects' | 'name' | 'passport'>): Sha256 => {
  const { sha256, inputPx, cropRecipe, classMap, licence } = passport;
  return hashOfValue({ corrects, name, sha256, inputPx, cropRecipe, classMap, licence });
};

/**
 * The entry that puts `model` right, untested and without a validation record. Throws MODEL_REFUSED
 * where nothing is put right.
 */
export function correctedModel(model: Model, said: ModelDeclaration, addedAt: string): Model {
  const { passport } = model;
  const fed = {
    inputPx: said.inputPx ?? passport.inputPx,
    cropRecipe: knownRecipe(said.cropRecipe ?? passport.cropRecipe, model.name),
    classMap: said.classMap ?? passport.classMap,
  };
  const licence = said.licence ?? passport.licence;
  const name = said.name ?? model.name;
  const refed = Object.entries(fed).some(
    ([key, value]) => hashOfValue(value) !== hashOfValue(passport[key as keyof typeof fed]),
  );
  if (!refed && licence === passport.licence && name === model.name)
    throw new RecceError('MODEL_REFUSED', model.name, 'the correction says what the entry says already.');
  const { retired: _, cameWith, ...kept } = model;
  // What is not said anew is still the word of whoever packed the case that it came with.
  const isOwn = said.inputPx !== undefined && said.cropRecipe !== undefined && said.classMap !== undefined;
  const corrected = {
    ...kept,
    ...(cameWith && !isOwn ? { cameWith } : {}),
    name,
    corrects: model.id,
    passport: { ...passport, ...fed, licence, geometry: 'declared' as const },
  };
  return {
    ...corrected,
    id: idOfCorrection(corrected),
    description: `${model.description} Corrects the entry ${model.name} (${model.id.slice(0, 12)}).`,
    limits: WITHOUT_RECORD,
    demonstration: model.demonstration,
    decoderTest: null,
    validation: null,
    operatingPoints: null,
    addedAt,
  };
}
