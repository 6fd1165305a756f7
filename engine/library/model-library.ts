// The models of this installation: the shipped one and those imported. Each is a weights file and a card beside it, named by
// the file's SHA-256; neither is ever changed.

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelId } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { BrokenModel, DecoderTest, Model } from '../../contract/model.ts';
import { CheckpointError } from '../../models/checkpoint/checkpoint-error.ts';
import { geometryFromLayout, licenceFromLayout } from '../../models/checkpoint/geometry.ts';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { firstIssue } from '../files/first-issue.ts';
import { ifExists } from '../files/optional-file.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { type CameWith, keepForeignCard, withoutForeignRecord } from './foreign-model.ts';
import { type ModelCard, modelCardSchema } from './model-card.ts';
import { BrokenRecordError, keepValidation, type Validated, withValidation } from './validation-store.ts';

/** What an importer may declare; anything else is taken from the file's layout and marked as assumed. */
export type ModelImport = {
  path: string;
  name?: string | undefined;
  inputPx?: number | undefined;
  cropRecipe?: string | undefined;
  licence?: string | undefined;
};

type DecoderTester = (model: Model, weights: Uint8Array) => Promise<DecoderTest>;

export type ModelLibrary = {
  /** Each once, the shipped model first, then by name. Those that cannot be read are left out: see `listBroken`. */
  list(): Promise<Model[]>;
  /** Models whose card or validation record cannot be read, each with the reason. None of them gives scores. */
  listBroken(): Promise<BrokenModel[]>;
  /** The model used where none is named. Throws MODEL_REFUSED when it is broken: no other takes its place; MODEL_NOT_FOUND without one. */
  getDefault(): Promise<Model>;
  /** Throws MODEL_NOT_FOUND, MODEL_REFUSED when it is broken. */
  get(id: ModelId): Promise<Model>;
  /** The weights file, verified. Throws MODEL_CHANGED when it is no longer the one named. */
  readWeights(id: ModelId): Promise<Uint8Array>;
  /** Keeps weights made here, under the model's own card. Throws MODEL_REFUSED when they are not those of the card. */
  adopt(weights: Uint8Array, model: Model): Promise<void>;
  /**
   * Keeps weights that came with a portable case; resolves with the model as it was taken in, undefined when it was here already. See
   * foreign-model.ts. Throws MODEL_REFUSED when they are not those of the card.
   */
  adoptForeign(
    weights: Uint8Array,
    card: Model,
    from: CameWith,
    testDecoder: DecoderTester,
  ): Promise<Model | undefined>;
  /** Keeps a validation record made here; it stands in front of any other. Throws MODEL_NOT_FOUND. */
  validate(id: ModelId, validated: Validated): Promise<Model>;
  /** Reads, checks and keeps a weights file. Throws MODEL_REFUSED with the reader's own words, PATH_NOT_FOUND. */
  import(request: ModelImport, testDecoder: DecoderTester): Promise<Model>;
};

type Place = { card: string; weights: string };

/** One card of the library: a model, or what is wrong with it. `id` is known where the card itself could be read. */
type Entry = { place: Place; id?: ModelId; model?: Model; broken?: BrokenModel };

const modelFromCard = (id: ModelId, card: ModelCard): Model => ({ id, ...card });

/** Never rejects: one file that cannot be read must not hide the others. */
async function readEntry(place: Place, folder: string): Promise<Entry> {
  let known: Model | undefined;
  try {
    const card = modelCardSchema.parse(JSON.parse(await readFile(place.card, 'utf8')));
    known = modelFromCard(card.passport.sha256, card);
    return { place, id: known.id, model: await withValidation(folder, known) };
  } catch (error) {
    const file = error instanceof BrokenRecordError ? error.file : place.card;
    const name = known?.name ?? path.basename(place.card, '.card.json');
    return { place, ...(known ? { id: known.id } : {}), broken: { name, file, reason: reasonFrom(error) } };
  }
}

const reasonFrom = (error: unknown): string => firstIssue(error instanceof BrokenRecordError ? error.cause : error);

/** Throws MODEL_REFUSED for a broken one. */
function wholeModel({ model, broken }: Entry): Model {
  if (model) return model;
  const { name, file, reason } = broken!;
  throw new RecceError('MODEL_REFUSED', name, `${file} cannot be read (${reason}). Put back the file as it was.`);
}

/** The first of each model: one that was taken in here and is shipped by now is the shipped one, with the records made here. */
function oncePerModel(entries: readonly Entry[]): Entry[] {
  const seen = new Set<ModelId>();
  return entries.filter(({ id }) => {
    const known = id !== undefined && seen.has(id);
    if (id) seen.add(id);
    return !known;
  });
}

/** `shippedFolder` holds the default model; `folder` those imported. */
export function createModelLibrary(folder: string, shippedFolder: string, clock: () => string): ModelLibrary {
  const placesIn = async (at: string): Promise<Place[]> => {
    const names = await readdir(at).catch(() => []);
    return names
      .filter((name) => name.endsWith('.card.json'))
      .sort()
      .map((name) => ({ card: path.join(at, name), weights: path.join(at, name.replace('.card.json', '.pth')) }));
  };

  const entries = async (): Promise<Entry[]> => {
    const places = [...(await placesIn(shippedFolder)), ...(await placesIn(folder))];
    return oncePerModel(await Promise.all(places.map((place) => readEntry(place, folder))));
  };

  /** A card that cannot be read does not say whose it is; its name does, where it was imported. */
  const search = async (id: ModelId): Promise<Entry | undefined> => {
    const all = await entries();
    return all.find((one) => one.id === id) ?? all.find(({ place }) => path.basename(place.card).startsWith(id));
  };

  const find = async (id: ModelId): Promise<{ model: Model; place: Place }> => {
    const entry = await search(id);
    if (!entry) throw new RecceError('MODEL_NOT_FOUND', id, 'import its weights file first.');
    return { model: wholeModel(entry), place: entry.place };
  };

  return {
    list: async () => (await entries()).flatMap(({ model }) => (model ? [model] : [])),
    listBroken: async () => (await entries()).flatMap(({ broken }) => (broken ? [broken] : [])),
    async getDefault() {
      const [first] = await entries();
      if (first) return wholeModel(first);
      throw new RecceError('MODEL_NOT_FOUND', 'default model', 'the library is empty; import a weights file.');
    },
    get: async (id) => (await find(id)).model,
    async readWeights(id) {
      const { place } = await find(id);
      const bytes = await readFile(place.weights);
      const found = sha256Of(bytes);
      if (found !== id)
        throw new RecceError('MODEL_CHANGED', place.weights, `its SHA-256 is ${found}, ${id} is recorded.`);
      return bytes;
    },
    async validate(id, validated) {
      await find(id);
      await keepValidation(folder, id, validated);
      return (await find(id)).model;
    },
    async adopt(weights, model) {
      if (await search(model.id)) return;
      await keep(folder, weights, withReadPassport(weights, model, clock()));
    },
    async adoptForeign(weights, card, from, testDecoder) {
      if (await search(card.id)) return undefined;
      const model = withReadPassport(weights, withoutForeignRecord(card, from), clock());
      const tested = { ...model, decoderTest: await testDecoder(model, weights), addedAt: clock() };
      await keepForeignCard(folder, card, from);
      await keep(folder, weights, tested);
      return tested;
    },
    async import(request, testDecoder) {
      const bytes = await readFile(request.path).catch((cause: Error) => {
        throw new RecceError('PATH_NOT_FOUND', request.path, cause.message, { cause });
      });
      const id = sha256Of(bytes);
      const known = await search(id);
      if (known) return wholeModel(known);
      const described = describe(bytes, id, request, clock());
      const model = { ...described, decoderTest: await testDecoder(described, bytes) };
      await keep(folder, bytes, model);
      return model;
    },
  };
}

/** The model with what its weights say of themselves. */
function withReadPassport(weights: Uint8Array, model: Model, addedAt: string): Model {
  const described = describe(weights, sha256Of(weights), { path: model.name }, addedAt);
  const { sha256, sizeBytes, container, layout, width, numClasses } = described.passport;
  const read = { sha256, sizeBytes, container, layout, width, numClasses };
  if (sha256 !== model.id) throw new RecceError('MODEL_REFUSED', model.name, `its SHA-256 is ${sha256}.`);
  return { ...model, passport: { ...model.passport, ...read } };
}

function describe(bytes: Uint8Array, id: ModelId, request: ModelImport, addedAt: string): Model {
  try {
    const { container, layout, width, numClasses, dropped, remarks } = readRecceCheckpoint(bytes);
    const usual = geometryFromLayout(layout);
    return {
      id,
      name: request.name ?? path.basename(request.path).replace(/\.(pth|pt|bin)$/i, ''),
      description: `Imported from ${path.basename(request.path)} (${layout} layout).`,
      limits:
        'Without a validation record its scores are raw and carry no error rate. Validate on your own material before casework.',
      demonstration: false,
      parentId: null,
      passport: {
        sha256: id,
        sizeBytes: bytes.length,
        container,
        layout,
        width,
        numClasses,
        classMap: { genuine: 0, forged: 1 },
        ...usual,
        inputPx: request.inputPx ?? usual.inputPx,
        cropRecipe: request.cropRecipe ?? usual.cropRecipe,
        geometry: request.inputPx !== undefined && request.cropRecipe !== undefined ? 'declared' : 'assumed',
        licence: request.licence ?? licenceFromLayout(layout),
        dropped: [...dropped],
        remarks: [...remarks],
      },
      decoderTest: null,
      validation: null,
      operatingPoints: null,
      addedAt,
    };
  } catch (cause) {
    if (cause instanceof CheckpointError) throw new RecceError('MODEL_REFUSED', request.path, cause.message, { cause });
    throw cause;
  }
}

/**
 * Weights first, card last: a card is only ever beside whole weights. A weights file torn by a power cut is put right by importing
 * the same weights again; a card that is there stays.
 */
async function keep(folder: string, bytes: Uint8Array, { id, ...card }: Model): Promise<void> {
  const weights = path.join(folder, `${id}.pth`);
  if (!(await ifExists(readFile(weights), undefined))?.equals(bytes)) await writeAtomic(weights, [bytes]);
  const cardFile = path.join(folder, `${id}.card.json`);
  if (!existsSync(cardFile)) await writeAtomic(cardFile, [`${JSON.stringify(card, null, 2)}\n`]);
}
