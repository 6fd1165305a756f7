// The models of this installation: the shipped one and those imported. Each is a weights file and a card beside it, named by
// the file's SHA-256; neither is ever changed.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelId } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { DecoderTest, Model } from '../../contract/model.ts';
import { CheckpointError } from '../../models/checkpoint/checkpoint-error.ts';
import { geometryFromLayout, licenceFromLayout } from '../../models/checkpoint/geometry.ts';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { type ModelCard, modelCardSchema } from './model-card.ts';
import { keepValidation, type Validated, withValidation } from './validation-store.ts';

/** What an importer may declare; anything else is taken from the file's layout and marked as assumed. */
export type ModelImport = {
  path: string;
  name?: string | undefined;
  inputPx?: number | undefined;
  cropRecipe?: string | undefined;
  licence?: string | undefined;
};

export type ModelLibrary = {
  /** The shipped model first, then by name. */
  list(): Promise<Model[]>;
  /** Throws MODEL_NOT_FOUND. */
  get(id: ModelId): Promise<Model>;
  /** The weights file, verified. Throws MODEL_CHANGED when it is no longer the one named. */
  readWeights(id: ModelId): Promise<Uint8Array>;
  /** Keeps weights that came with a case, under the model's own card. Throws MODEL_REFUSED when they are not those of the card. */
  adopt(weights: Uint8Array, model: Model): Promise<void>;
  /** Keeps a validation record made here; it stands in front of any other. Throws MODEL_NOT_FOUND. */
  validate(id: ModelId, validated: Validated): Promise<Model>;
  /** Reads, checks and keeps a weights file. Throws MODEL_REFUSED with the reader's own words, PATH_NOT_FOUND. */
  import(
    request: ModelImport,
    testDecoder: (model: Model, weights: Uint8Array) => Promise<DecoderTest>,
  ): Promise<Model>;
};

type Place = { card: string; weights: string };

const modelFromCard = (id: ModelId, card: ModelCard): Model => ({ id, ...card });

/** `shippedFolder` holds the default model; `folder` those imported. */
export function createModelLibrary(folder: string, shippedFolder: string, clock: () => string): ModelLibrary {
  const placesIn = async (at: string): Promise<Place[]> => {
    const names = await readdir(at).catch(() => []);
    return names
      .filter((name) => name.endsWith('.card.json'))
      .sort()
      .map((name) => ({ card: path.join(at, name), weights: path.join(at, name.replace('.card.json', '.pth')) }));
  };

  const read = async (place: Place): Promise<Model> => {
    const card = modelCardSchema.parse(JSON.parse(await readFile(place.card, 'utf8')));
    return withValidation(folder, modelFromCard(card.passport.sha256, card));
  };

  const entries = async (): Promise<{ model: Model; place: Place }[]> => {
    const places = [...(await placesIn(shippedFolder)), ...(await placesIn(folder))];
    return Promise.all(places.map(async (place) => ({ model: await read(place), place })));
  };

  const find = async (id: ModelId): Promise<{ model: Model; place: Place }> => {
    const entry = (await entries()).find(({ model }) => model.id === id);
    if (!entry) throw new RecceError('MODEL_NOT_FOUND', id, 'import its weights file first.');
    return entry;
  };

  return {
    list: async () => (await entries()).map(({ model }) => model),
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
      if ((await entries()).some((entry) => entry.model.id === model.id)) return;
      const { sha256, sizeBytes, container, layout, width, numClasses } = describe(
        weights,
        sha256Of(weights),
        { path: model.name },
        clock(),
      ).passport;
      const read = { sha256, sizeBytes, container, layout, width, numClasses };
      if (sha256 !== model.id) throw new RecceError('MODEL_REFUSED', model.name, `its SHA-256 is ${sha256}.`);
      await keep(folder, weights, { ...model, passport: { ...model.passport, ...read } });
    },
    async import(request, testDecoder) {
      const bytes = await readFile(request.path).catch((cause: Error) => {
        throw new RecceError('PATH_NOT_FOUND', request.path, cause.message, { cause });
      });
      const id = sha256Of(bytes);
      const known = (await entries()).find(({ model }) => model.id === id);
      if (known) return known.model;
      const described = describe(bytes, id, request, clock());
      const model = { ...described, decoderTest: await testDecoder(described, bytes) };
      await keep(folder, bytes, model);
      return model;
    },
  };
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
        'No validation record: scores are raw and carry no error rate. Validate on your own material before casework.',
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

/** Weights first, card last: a card is only ever beside whole weights. */
async function keep(folder: string, bytes: Uint8Array, { id, ...card }: Model): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = async (name: string, content: Uint8Array | string): Promise<void> => {
    const target = path.join(folder, name);
    if (existsSync(target)) return;
    await writeFile(`${target}.tmp`, content);
    await rename(`${target}.tmp`, target);
  };
  await write(`${id}.pth`, bytes);
  await write(`${id}.card.json`, `${JSON.stringify(card, null, 2)}\n`);
}
