// The models of this installation: the shipped one and those imported. Each is a weights file and a
// card beside it, named by the file's SHA-256; neither is ever changed.

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelId, Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import {
  type BrokenModel,
  type DecoderTest,
  FORGED_IS_ONE,
  type Model,
  type ModelDeclaration,
  type WeightsFacts,
} from '../../contract/model.ts';
import type { OnnxFile, OnnxRequest, OnnxTrial } from '../../contract/onnx-passport.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { firstIssue } from '../files/first-issue.ts';
import { ifExists } from '../files/optional-file.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { type CheckpointReader, createCheckpointReader } from './checkpoint-reader.ts';
import { bytesOfComposite, idOfComposite, whyNoScore } from './composite-model.ts';
import { correctedModel, describeWeights, idOfCorrection, readPassport } from './describe-weights.ts';
import {
  besideForeign,
  type CameWith,
  fedBySender,
  isFedAlike,
  keepForeignCard,
  withoutForeignRecord,
} from './foreign-model.ts';
import { type ModelCard, modelCardSchema } from './model-card.ts';
import { describeOnnx, idOfOnnx, tensorAsRead, withParity } from './onnx-model.ts';
import { type Expected, readExpected } from './onnx-parity.ts';
import { keepRetirement, readRetirement, takeBackRetirement } from './retirement.ts';
import {
  BrokenRecordError,
  hashesOfValidations,
  keepValidation,
  type Validated,
  withValidation,
} from './validation-store.ts';

/** A weights file and what its importer declares of it. */
export type ModelImport = ModelDeclaration & { path: string };

/** Tries a network, and holds it against the logits that are expected of it. */
type OnnxTester = (
  model: Model,
  onnx: Uint8Array,
  subject: string,
  expected: Expected | undefined,
) => Promise<Pick<OnnxTrial, 'scores' | 'remarks' | 'parity'>>;

type DecoderTester = (model: Model, weights: Uint8Array) => Promise<DecoderTest | null>;

export type ModelLibrary = {
  /**
   * Each once, the shipped model first, then by name, those that came with a case last. Those that cannot be read are left out: see
   * `listBroken`.
   */
  list(): Promise<Model[]>;
  /**
   * Models whose card or validation record cannot be read, each with the reason. None of them gives
   * scores.
   */
  listBroken(): Promise<BrokenModel[]>;
  /**
   * The model used where none is named: the shipped one; where that is retired, the only other one
   * that was made or taken in here. None that came with a case is meant by nobody's saying so. Throws
   * MODEL_REFUSED when it is broken: no other takes its place; MODEL_NOT_FOUND without one, and where
   * several could be meant.
   */
  getDefault(): Promise<Model>;
  /**
   * The model that new work begins with: the one named, else the default. Throws MODEL_REFUSED for
   * a retired one and for a composite of which a part is retired or gone, and as `get`.
   */
  choose(id: ModelId | undefined): Promise<Model>;
  /** Throws MODEL_NOT_FOUND, MODEL_REFUSED when it is broken. */
  get(id: ModelId): Promise<Model>;
  /** The weights file, verified. Throws MODEL_CHANGED when it is no longer the one named. */
  readWeights(id: ModelId): Promise<Uint8Array>;
  /**
   * Keeps weights made here, under the model's own card. Throws MODEL_REFUSED when they are not
   * those of the card.
   */
  adopt(weights: Uint8Array, model: Model): Promise<void>;
  /**
   * Keeps weights that came with a portable case; resolves with the model as it was taken in,
   * undefined when it was here already. See foreign-model.ts. Throws MODEL_REFUSED when they are
   * not those of the card.
   */
  adoptForeign(
    weights: Uint8Array,
    card: Model,
    from: CameWith,
    testDecoder: DecoderTester,
  ): Promise<Model | undefined>;
  /**
   * SHA-256 of every validation record that the library has, or had, of a model; undefined for a model
   * that is not here. Never a sender's.
   */
  recordsOf(id: ModelId): Promise<ReadonlySet<Sha256> | undefined>;
  /**
   * Keeps a validation record made here; it stands in front of any other. Throws MODEL_NOT_FOUND.
   */
  validate(id: ModelId, validated: Validated): Promise<Model>;
  /**
   * What a weights file says of itself. Throws MODEL_REFUSED with the reader's own words,
   * PATH_NOT_FOUND.
   */
  inspect(path: string): Promise<WeightsFacts>;
  /**
   * Keeps the model's weights as a new entry under other words; nothing once `signal` is aborted.
   * Throws MODEL_REFUSED where nothing is put right.
   */
  correct(id: ModelId, said: ModelDeclaration, testDecoder: DecoderTester, signal?: AbortSignal): Promise<Model>;
  retire(id: ModelId, reason: string): Promise<Model>;
  reinstate(id: ModelId): Promise<Model>;
  /**
   * Reads, checks and keeps a weights file; nothing once `signal` is aborted. What came with a
   * portable case is never the answer: the import takes its place, or stands beside it where it is
   * fed otherwise. Throws MODEL_REFUSED with the reader's own words, where the input size is not
   * known, and where the weights are here already and were declared otherwise; PATH_NOT_FOUND.
   */
  import(request: ModelImport, testDecoder: DecoderTester, signal?: AbortSignal): Promise<Model>;
  /**
   * What an ONNX file says of itself. Throws MODEL_REFUSED with the reader's own words,
   * PATH_NOT_FOUND.
   */
  inspectOnnx(path: string): Promise<OnnxFile>;
  /**
   * Reads and tries a network of one's own under its owner's words, and keeps nothing. Throws
   * MODEL_REFUSED, PATH_NOT_FOUND.
   */
  tryOnnx(request: OnnxRequest, tester: OnnxTester): Promise<OnnxTrial>;
  /** The same, and keeps it; nothing once `signal` is aborted. */
  importOnnx(request: OnnxRequest, tester: OnnxTester, signal?: AbortSignal): Promise<Model>;
  /** Keeps a model made of models, with the record of its fusion. */
  keepComposite(model: Model, validated: Validated): Promise<Model>;
};

type Place = { card: string; weights: string };

/**
 * One card of the library: a model, or what is wrong with it. `id` is known where the card itself
 * could be read.
 */
type Entry = {
  place: Place;
  id?: ModelId;
  model?: Model;
  broken?: BrokenModel;
  /** The record on the card itself, behind those made here. */
  onCard?: Model['validation'];
};

const modelFromCard = (card: ModelCard): Model => ({ ...card, id: idOfCard(card) });

/** A network of one's own is known by its file under its owner's words, which may be put right. */
function idOfCard(card: ModelCard): ModelId {
  if (card.corrects) return idOfCorrection(card);
  if (card.passport.composite) return idOfComposite(card);
  return card.passport.onnx ? idOfOnnx(card) : card.passport.sha256;
}

const ENDINGS: Partial<Record<Model['passport']['container'], string>> = { onnx: 'onnx', composite: 'composite.json' };
const fileOfWeights = ({ sha256, container }: Model['passport']): string => `${sha256}.${ENDINGS[container] ?? 'pth'}`;

/** An entry known by its words has no weights of its own: they are those of the file with their hash. */
const weightsOf = ({ place, model }: { place: Place; model: Model }): string =>
  model.corrects || model.passport.onnx || model.passport.composite
    ? path.join(path.dirname(place.card), fileOfWeights(model.passport))
    : place.weights;

/** Never rejects: one file that cannot be read must not hide the others. */
async function readEntry(place: Place, folder: string): Promise<Entry> {
  let known: Model | undefined;
  try {
    const card = modelCardSchema.parse(JSON.parse(await readFile(place.card, 'utf8')));
    known = modelFromCard(card);
    const model = await withValidation(folder, known);
    const retired = await readRetirement(folder, known.id);
    return { place, id: known.id, model: retired ? { ...model, retired } : model, onCard: known.validation };
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

/**
 * The first of each model: one that was taken in here and is shipped by now is the shipped one,
 * with the records made here.
 */
function oncePerModel(entries: readonly Entry[]): Entry[] {
  const seen = new Set<ModelId>();
  return entries.filter(({ id }) => {
    const known = id !== undefined && seen.has(id);
    if (id) seen.add(id);
    return !known;
  });
}

/** `shippedFolder` holds the default model; `folder` those imported. */
export function createModelLibrary(
  folder: string,
  shippedFolder: string,
  clock: () => string,
  checkpoints: CheckpointReader = createCheckpointReader(),
): ModelLibrary {
  const placesIn = async (at: string): Promise<Place[]> => {
    const names = await readdir(at).catch(() => []);
    return names
      .filter((name) => name.endsWith('.card.json'))
      .sort()
      .map((name) => ({ card: path.join(at, name), weights: path.join(at, name.replace('.card.json', '.pth')) }));
  };

  const entries = async (): Promise<Entry[]> => {
    const places = [...(await placesIn(shippedFolder)), ...(await placesIn(folder))];
    const all = oncePerModel(await Promise.all(places.map((place) => readEntry(place, folder))));
    return all.toSorted((a, b) => Number(!!a.model?.cameWith) - Number(!!b.model?.cameWith));
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

  const getDefault = async (): Promise<Model> => {
    const own = (await entries()).filter(({ model }) => !model?.retired && !model?.cameWith);
    const shipped = own.find(({ place }) => path.dirname(place.card) === path.normalize(shippedFolder));
    const [only, ...others] = shipped ? [shipped] : own;
    if (only && others.length === 0) return wholeModel(only);
    const names = own.map(({ model, broken }) => visibleText(model?.name ?? broken!.name)).join(', ');
    const why = only
      ? `${names}: each could be meant. Name one.`
      : 'the library holds none of its own to use. Import a weights file, or name a model.';
    throw new RecceError('MODEL_NOT_FOUND', 'Default model', why);
  };

  const readWeights = async (id: ModelId): Promise<Uint8Array> => {
    const found = await find(id);
    const file = weightsOf(found);
    const bytes = await readFile(file);
    const sha256 = sha256Of(bytes);
    if (sha256 !== found.model.passport.sha256)
      throw new RecceError(
        'MODEL_CHANGED',
        file,
        `its SHA-256 is ${sha256}, ${found.model.passport.sha256} is recorded.`,
      );
    return bytes;
  };

  /** The file as read in its process, and the entry that has these weights already. */
  const readFileOf = async (file: string) => {
    const bytes = await readFile(file).catch((cause: Error) => {
      throw new RecceError('PATH_NOT_FOUND', file, cause.message, { cause });
    });
    const sha256 = sha256Of(bytes);
    return { bytes, sha256, known: await search(sha256) };
  };

  /**
   * The model with what its weights say of themselves. Throws MODEL_REFUSED when they are not those
   * of the card.
   */
  const withReadPassport = async (weights: Uint8Array, model: Model, addedAt: string): Promise<Model> => {
    const sha256 = sha256Of(weights);
    const { id } = modelFromCard(model);
    if (sha256 !== model.passport.sha256 || id !== model.id)
      throw new RecceError('MODEL_REFUSED', model.name, `its SHA-256 is ${sha256}.`);
    const facts = await checkpoints.describe(weights, model.name);
    return {
      ...model,
      passport: { ...model.passport, ...readPassport({ sha256, sizeBytes: weights.length, facts }) },
      addedAt,
    };
  };

  /** How weights that came along would be fed if nothing were declared but what has to be. */
  const usualOf = async (weights: Uint8Array, model: Model): Promise<Model> => {
    if (model.passport.onnx) return model;
    const facts = await checkpoints.describe(weights, model.name);
    const { inputPx, classMap } = model.passport;
    const declared = facts.usual.forged === null ? { inputPx, classMap } : { inputPx };
    const { sha256, sizeBytes } = model.passport;
    return describeWeights({ path: model.name, sha256, sizeBytes, facts }, declared, model.addedAt);
  };

  /**
   * The entry as it is kept: what was made here before stays, what came with a portable case gives
   * way. Throws MODEL_REFUSED where such a one has the same name and is fed otherwise.
   */
  const keepInstead = async (
    known: Entry | undefined,
    own: Model,
    bytes: Uint8Array,
    { testDecoder, signal }: { testDecoder: DecoderTester; signal?: AbortSignal | undefined },
  ) => {
    if (known && !known.model?.cameWith) return wholeModel(known);
    if (known && !isFedAlike(known.model!, own))
      throw new RecceError(
        'MODEL_REFUSED',
        own.name,
        `an entry of this name came with ${known.model!.cameWith!.file} and is fed otherwise. Give it another name.`,
      );
    const tested = { ...own, decoderTest: await testDecoder(own, bytes) };
    signal?.throwIfAborted();
    await keep(folder, bytes, tested, known);
    return tested;
  };

  /** A network of one's own under its owner's words, and the entry that it has already. */
  const describedOnnx = async ({ path: file, passport, parity }: OnnxRequest) => {
    const expected = parity === undefined ? undefined : await readExpected(parity);
    const { bytes, sha256 } = await readFileOf(file);
    const facts = await checkpoints.describeOnnx(bytes, file);
    const model = describeOnnx({ path: file, sha256, sizeBytes: bytes.length, facts }, passport, clock());
    const { id } = withParity(model, expected ? { ...expected, pictures: expected.pictures.length, largest: 0 } : null);
    return { model, bytes, expected, known: await search(id) };
  };

  const usable = async (): Promise<Model[]> => (await entries()).flatMap(({ model }) => (model ? [model] : []));

  return {
    list: usable,
    listBroken: async () => (await entries()).flatMap(({ broken }) => (broken ? [broken] : [])),
    getDefault,
    async recordsOf(id) {
      const entry = await search(id);
      if (!entry) return undefined;
      const onCard = entry.onCard ? [hashOfValue(entry.onCard)] : [];
      return new Set([...onCard, ...(await hashesOfValidations(folder, id))]);
    },
    async choose(id) {
      const model = id ? (await find(id)).model : await getDefault();
      const why = model.passport.composite && whyNoScore(model, new Map((await usable()).map((one) => [one.id, one])));
      if (why) throw new RecceError('MODEL_REFUSED', model.name, why);
      if (model.retired)
        throw new RecceError(
          'MODEL_REFUSED',
          model.name,
          `it was retired${model.retired.reason ? `: ${model.retired.reason}` : '.'}`,
        );
      return model;
    },
    get: async (id) => (await find(id)).model,
    readWeights,
    async validate(id, validated) {
      await find(id);
      await keepValidation(folder, id, validated);
      return (await find(id)).model;
    },
    async adopt(weights, model) {
      const known = await search(model.id);
      if (known && !known.model?.cameWith) return;
      await keep(folder, weights, await withReadPassport(weights, model, model.addedAt), known);
    },
    async adoptForeign(weights, card, from, testDecoder) {
      if (await search(card.id)) return undefined;
      const sameWeights = (await usable()).find(
        (one) => one.passport.sha256 === card.passport.sha256 && !one.cameWith && !one.corrects,
      );
      // What the weights are for is known here where they are, whatever their sender says.
      const told = sameWeights ? { ...card, demonstration: sameWeights.demonstration } : card;
      const read = await withReadPassport(weights, withoutForeignRecord(told, from), clock());
      const model = fedBySender(read, await usualOf(weights, read), from);
      const tested = { ...model, decoderTest: await testDecoder(model, weights), addedAt: clock() };
      await keepForeignCard(folder, card, from);
      await keep(folder, weights, tested);
      return tested;
    },
    async inspect(file) {
      const { bytes, sha256, known } = await readFileOf(file);
      const facts = await checkpoints.describe(bytes, file);
      const { inputPx, cropRecipe, licence, forged } = facts.usual;
      return {
        ...readPassport({ sha256, sizeBytes: bytes.length, facts }),
        inputPx: facts.inputPx,
        usual: { inputPx, cropRecipe, licence, forged: forged === undefined ? FORGED_IS_ONE.forged : forged },
        dropped: [...facts.dropped],
        remarks: [...facts.remarks],
        known: known?.id ?? null,
      };
    },
    async import({ path: file, ...declared }, testDecoder, signal) {
      const { bytes, sha256, known } = await readFileOf(file);
      if (known && !known.model?.cameWith) return expectAsDeclared(wholeModel(known), declared, file);
      const facts = await checkpoints.describe(bytes, file);
      const described = describeWeights({ path: file, sha256, sizeBytes: bytes.length, facts }, declared, clock());
      const foreign = known?.model;
      const own = foreign && !isFedAlike(foreign, described) ? besideForeign(described, foreign) : described;
      return keepInstead(await search(own.id), own, bytes, { testDecoder, signal });
    },
    async inspectOnnx(file) {
      const { bytes, sha256 } = await readFileOf(file);
      const { inputs, outputs } = await checkpoints.describeOnnx(bytes, file);
      const tensors = { inputs: inputs.map(tensorAsRead), outputs: outputs.map(tensorAsRead) };
      return { sha256, sizeBytes: bytes.length, ...tensors };
    },
    async tryOnnx(request, tester) {
      const { model, bytes, expected, known } = await describedOnnx(request);
      const { sha256, sizeBytes } = model.passport;
      const trial = await tester(model, bytes, request.path, expected);
      return { sha256, sizeBytes, known: known?.id ?? null, ...trial };
    },
    async importOnnx(request, tester, signal) {
      const { model, bytes, expected, known } = await describedOnnx(request);
      if (known && !known.model?.cameWith) return wholeModel(known);
      const { parity } = await tester(model, bytes, request.path, expected);
      const tried = withParity(model, parity);
      signal?.throwIfAborted();
      await keep(folder, bytes, tried, known);
      return tried;
    },
    async keepComposite(model, validated) {
      if (!(await search(model.id))) await keep(folder, bytesOfComposite(model.passport.composite!), model);
      await keepValidation(folder, model.id, validated);
      return (await find(model.id)).model;
    },
    async correct(id, said, testDecoder, signal) {
      const { model } = await find(id);
      if (model.passport.composite)
        throw new RecceError(
          'MODEL_REFUSED',
          model.name,
          'it is made of other models: correct those, and fuse them again.',
        );
      if (model.passport.onnx)
        throw new RecceError('MODEL_REFUSED', model.name, 'import its file again with another passport instead.');
      const corrected = correctedModel(model, said, clock());
      return keepInstead(await search(corrected.id), corrected, await readWeights(id), { testDecoder, signal });
    },
    async retire(id, reason) {
      await find(id);
      await keepRetirement(folder, id, { at: clock(), reason });
      return (await find(id)).model;
    },
    async reinstate(id) {
      await find(id);
      await takeBackRetirement(folder, id);
      return (await find(id)).model;
    },
  };
}

/**
 * The entry there is, unless the weights are declared to be fed otherwise: then it has to be
 * corrected, not passed off as imported.
 */
function expectAsDeclared(model: Model, declared: ModelDeclaration, file: string): Model {
  const { inputPx, cropRecipe, classMap, licence } = model.passport;
  const other =
    (declared.name ?? model.name) !== model.name ||
    (declared.licence ?? licence) !== licence ||
    (declared.inputPx ?? inputPx) !== inputPx ||
    (declared.cropRecipe ?? cropRecipe) !== cropRecipe ||
    (declared.classMap ?? classMap).forged !== classMap.forged;
  if (!other) return model;
  throw new RecceError(
    'MODEL_REFUSED',
    file,
    `these weights are in the library as ${model.name}, fed with ${inputPx} px, ${cropRecipe}, forged = ${classMap.forged}, licence: ${licence}. Correct that entry instead (recce model correct ${model.id.slice(0, 12)}).`,
  );
}

/**
 * Weights first, card last: a card is only ever beside whole weights. A weights file torn by a
 * power cut is put right by importing the same weights again; a card that is there stays, unless it
 * is that of `instead`.
 */
async function keep(
  folder: string,
  bytes: Uint8Array,
  { id, retired: _, ...card }: Model,
  instead?: Entry,
): Promise<void> {
  const weights = path.join(folder, fileOfWeights(card.passport));
  if (!(await ifExists(readFile(weights), undefined))?.equals(bytes)) await writeAtomic(weights, [bytes]);
  const cardFile = path.join(folder, `${id}.card.json`);
  if (!existsSync(cardFile) || instead) await writeAtomic(cardFile, [`${JSON.stringify(card, null, 2)}\n`]);
}
