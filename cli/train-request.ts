// From the options of `recce train`, and the paper's configuration where one is named, to what the
// engine is asked for.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Model } from '../contract/model.ts';
import type { Device } from '../contract/scan.ts';
import {
  type ReadTrainingConfig,
  type TrainingRequest,
  type TrainingRequestInput,
  trainingRequestSchema,
} from '../contract/training.ts';
import { appDataFolder, type Client } from '../engine/index.ts';
import { findModel } from './find-model.ts';
import { type Output, progressBar } from './output.ts';
import { issuesSentence } from './refusal-sentence.ts';

/** As commander gives them: words, not yet numbers. */
export type TrainOptions = {
  config?: string;
  device?: Device;
  dryRun?: boolean;
  data?: string[];
  faces?: boolean;
  crops?: boolean;
  margin?: string;
  forgeCrops?: string;
  validationFaces?: string;
  base?: string;
  width?: string;
  inputPx?: string;
  name?: string;
  freeze?: string;
  frozenStatistics?: boolean;
  steps?: string;
  batch?: string;
  learningRate?: string;
  warmup?: string;
  cosine?: boolean;
  average?: string;
  seed?: string;
  shapeJitter?: string;
  /** As `shapeJitter` was named. */
  bend?: string;
  reconstruction?: string;
  validateEvery?: string;
  patience?: string;
  selectBy?: string;
  publish: boolean;
  resume?: string;
  json?: boolean;
};

/** Fields of a request that an option gives. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['name', '--name'],
  ['base.width', '--width'],
  ['base.inputPx', '--input-px'],
  ['data.folder', '--data'],
  ['steps', '--steps'],
  ['batchSize', '--batch'],
  ['seed', '--seed'],
  ['shapeJitter', '--shape-jitter'],
  ['reconstructionWeight', '--reconstruction'],
  ['freeze', '--freeze'],
  ['learningRate', '--learning-rate'],
  ['warmupSteps', '--warmup'],
  ['averageDecay', '--average'],
  ['validateEvery', '--validate-every'],
  ['validationFaces', '--validation-faces'],
  ['data.margin', '--margin'],
  ['data.sources', '--data'],
  ['patience', '--patience'],
  ['selectBy', '--select-by'],
]);

/**
 * The request with its defaults; faces that a configuration asks for are cut. Throws with the
 * options that were refused.
 */
export async function trainRequest(client: Client, output: Output, options: TrainOptions): Promise<TrainingRequest> {
  const input = options.config
    ? await requestFromConfig(client, output, options.config, options)
    : await requestFromOptions(client, options);
  const { data, error } = trainingRequestSchema.safeParse(input);
  if (error) throw new Error(issuesSentence(error.issues, OPTIONS), { cause: error });
  return data;
}

async function requestFromOptions(client: Client, options: TrainOptions): Promise<TrainingRequestInput> {
  const data = dataFrom(options);
  const folders = new Set(sourcesIn(data).map(({ folder }) => path.basename(folder)));
  const { base, model } = await baseFrom(client, options, undefined);
  return {
    name: `${model?.name ?? 'RECCE'}, trained on ${[...folders].join(' and ')}`,
    base,
    data,
    ...settingsFrom(options),
  };
}

type Data = TrainingRequestInput['data'];
const sourcesIn = (data: Data) => (data.kind === 'mixed' ? data.sources : [data]);

/** `DIR` or `DIR=WEIGHT`; a folder whose own name ends like that is given with a weight. */
function folderAndWeight(text: string): { folder: string; weight: number } {
  const found = /^(.*)=(\d+(?:\.\d+)?)$/.exec(text);
  return { folder: path.resolve(found?.[1] ?? text), weight: found ? Number(found[2]) : 1 };
}

/**
 * Each folder read as what it holds: extracted faces, a labelled set of cut faces (--crops),
 * portraits.
 */
function dataFrom(options: TrainOptions): Data {
  const sources = options.data!.map(folderAndWeight).flatMap((one) => sourcesOfFolder(one, options));
  if (sources.length > 1) return { kind: 'mixed', sources };
  const { weight: _, ...source } = sources[0]!;
  return source;
}

type Weighted = Extract<Data, { kind: 'mixed' }>['sources'][number];

function sourcesOfFolder({ folder, weight }: { folder: string; weight: number }, options: TrainOptions): Weighted[] {
  if (options.faces || existsSync(path.join(folder, 'faces.json'))) return [{ kind: 'faces', folder, weight }];
  const isLabelled = ['pairs.csv', 'real', 'fake'].some((name) => existsSync(path.join(folder, name)));
  if (!options.crops || !isLabelled) return [{ kind: 'portraits', folder, weight }];
  const crops = { kind: 'crops' as const, folder, margin: number(options.margin) };
  const share = number(options.forgeCrops) ?? 0;
  if (!(share >= 0 && share <= 1)) throw new Error('--forge-crops: a share from 0 to 1 was expected.');
  return [
    ...(share < 1 ? [{ ...crops, weight: weight * (1 - share) }] : []),
    ...(share > 0 ? [{ ...crops, forge: true, weight: weight * share }] : []),
  ];
}

/**
 * The configuration's values, the options over them, and the set's faces, cut where that has not
 * been done.
 */
async function requestFromConfig(
  client: Client,
  output: Output,
  file: string,
  options: TrainOptions,
): Promise<TrainingRequestInput> {
  const folder = options.data?.[0] ? path.resolve(options.data[0]) : undefined;
  const read = await client.train.readConfig({ path: path.resolve(file), folder });
  for (const remark of read.remarks) output.note(remark);
  const { base, model } = await baseFrom(client, options, read.inputPx);
  const { cropRecipe } = model?.passport ?? { cropRecipe: 'square-1.3' };
  const inputPx = base.inputPx ?? model?.passport.inputPx ?? read.inputPx;
  if (inputPx !== read.inputPx) output.note(`The network takes ${inputPx} px; the configuration says ${read.inputPx}.`);
  const cut = path.join(
    appDataFolder(),
    'faces',
    `${read.request.name.replace(/[^\w.+-]/g, '_')}-${cropRecipe}-${inputPx}`,
  );
  if (!options.dryRun) await cutFaces(client, output, read.set, { to: cut, cropRecipe, sidePx: inputPx });
  return { ...read.request, base, data: { kind: 'faces', folder: cut }, ...settingsFrom(options) };
}

async function cutFaces(
  client: Client,
  output: Output,
  set: ReadTrainingConfig['set'],
  how: { to: string; cropRecipe: string; sidePx: number },
): Promise<void> {
  const bar = progressBar(output);
  try {
    const from = { kind: 'labelled' as const, ...set };
    for await (const event of await client.faces.extract({ from, ...how }))
      if (event.kind === 'progress') bar.update(event.done, event.total, 'Faces cut');
      else for (const { from: name, reason } of event.without) output.note(`${name}: ${reason}`);
  } finally {
    bar.stop();
  }
}

/**
 * The base of a run; without --base, a configuration means a fresh network and anything else the
 * default model.
 */
async function baseFrom(
  client: Client,
  options: TrainOptions,
  inputPx: number | undefined,
): Promise<{ base: TrainingRequestInput['base']; model: Model | undefined }> {
  if (options.base === 'none' || (options.base === undefined && inputPx !== undefined)) {
    const side = number(options.inputPx) ?? inputPx;
    return { base: { kind: 'fresh', width: number(options.width), inputPx: side }, model: undefined };
  }
  const model = await findModel(client, options.base);
  const base = { modelId: model.id, inputPx: number(options.inputPx), width: number(options.width) };
  return { base: { kind: 'model', ...base }, model };
}

const number = (value: string | undefined): number | undefined => (value === undefined ? undefined : Number(value));

/** What the options say; nothing for those that were not given. */
function settingsFrom(options: TrainOptions): Partial<TrainingRequestInput> {
  const given: { [K in keyof TrainingRequestInput]?: TrainingRequestInput[K] | undefined } = {
    name: options.name,
    steps: number(options.steps),
    batchSize: number(options.batch),
    device: options.device,
    seed: number(options.seed),
    shapeJitter: number(options.shapeJitter ?? options.bend),
    reconstructionWeight: number(options.reconstruction),
    freeze: options.freeze?.split(','),
    frozenStatistics: options.frozenStatistics,
    learningRate: number(options.learningRate),
    warmupSteps: number(options.warmup),
    schedule: options.cosine ? { kind: 'cosine' } : undefined,
    averageDecay: number(options.average),
    validateEvery: number(options.validateEvery),
    validationFaces: number(options.validationFaces),
    patience: number(options.patience),
    selectBy: options.selectBy as TrainingRequestInput['selectBy'],
    publish: options.publish,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
