// From the best checkpoint of a run to a new immutable model of the library, with its parent and
// the story of its making.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import type { DecoderTest, Model, Passport } from '../../../contract/model.ts';
import { sourcesOf, type TrainingRun, type TrainingSource } from '../../../contract/training.ts';
import { geometryFromLayout } from '../../../models/checkpoint/geometry.ts';
import { readRecceCheckpoint } from '../../../models/checkpoint/recce-checkpoint.ts';
import { sha256Of } from '../../blobs/blob-store.ts';
import { WITHOUT_RECORD_OF_TRAINED } from '../../library/describe-weights.ts';
import type { ModelLibrary } from '../../library/model-library.ts';
import { bestFile, type RunStore } from './run-store.ts';

export type PublishDeps = {
  store: RunStore;
  library: ModelLibrary;
  testDecoder(model: Model, weights: Uint8Array): Promise<DecoderTest | null>;
  clock(): string;
};

/** Throws JOB_STATE when the run has no validated weights. */
export async function publishRun(run: TrainingRun, deps: PublishDeps): Promise<Model> {
  const { store, library } = deps;
  if (!run.best) throw new RecceError('JOB_STATE', `Run ${run.id}`, 'it has no validated weights yet.');
  const weights = new Uint8Array(await readFile(store.file(run.id, bestFile(run.best.step))));
  const parent = run.request.base.kind === 'model' ? await library.get(run.request.base.modelId) : undefined;
  const folders = sourcesOf(run.request.data).map(({ folder }) => path.resolve(folder));
  const described: Model = {
    id: sha256Of(weights),
    name: run.request.name,
    description: descriptionOf(run, parent),
    limits: WITHOUT_RECORD_OF_TRAINED,
    demonstration: parent?.demonstration ?? false,
    parentId: parent?.id ?? null,
    passport: passportOf(run, weights, parent),
    decoderTest: null,
    validation: null,
    operatingPoints: null,
    addedAt: deps.clock(),
    trainedOn: [...new Set([...(parent?.trainedOn ?? []), ...folders])],
  };
  const model = { ...described, decoderTest: await deps.testDecoder(described, weights) };
  await library.adopt(weights, model);
  return library.get(model.id);
}

const sourceWords = (source: TrainingSource): string =>
  source.kind === 'portraits' || (source.kind === 'crops' && source.forge)
    ? `${source.folder}, forgeries made of them in memory`
    : source.folder;

function descriptionOf({ request, best, id, trainingFaces, validationFaces }: TrainingRun, parent?: Model): string {
  const from = parent ? `Trained on from ${parent.name}` : 'Trained from nothing';
  return (
    `${from} on ${sourcesOf(request.data).map(sourceWords).join(' and ')}: ${trainingFaces} faces an epoch, ${request.batchSize} a step, ` +
    `weights of step ${best!.step}; ${request.selectBy} ${best!.value.toFixed(4)} on ${validationFaces} faces of the ` +
    `validation split, on which this step was chosen. Seed ${request.seed}, run ${id}.`
  );
}

function passportOf({ request }: TrainingRun, weights: Uint8Array, parent?: Model): Passport {
  const { container, layout, width, numClasses } = readRecceCheckpoint(weights);
  const usual = geometryFromLayout('bare');
  const { base } = request;
  const fed = base.kind === 'fresh' ? { ...usual, cropRecipe: base.cropRecipe } : usual;
  const { cropRecipe, interpolation, mean, std, channelOrder } = parent?.passport ?? fed;
  const inputPx = base.inputPx ?? parent?.passport.inputPx ?? usual.inputPx;
  return {
    sha256: sha256Of(weights),
    sizeBytes: weights.length,
    container,
    layout,
    width,
    numClasses,
    classMap: { genuine: 0, forged: 1 },
    ...{ inputPx, cropRecipe, interpolation, mean, std, channelOrder },
    geometry: 'declared',
    licence: parent ? `That of its parent: ${parent.passport.licence}` : 'Made in this installation',
    dropped: [],
    remarks: [],
  };
}
