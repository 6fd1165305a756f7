// The paper's YAML files, read as they are: the model's (`Recce.yml`) and the data set's that it
// names. Every key is either used, known to have no effect here, or named as unknown; nothing is
// passed over in silence.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type * as z from 'zod';
import { RecceError } from '../../../contract/errors.ts';
import type { LayoutName } from '../../datasets/load-labelled-set.ts';
import { type Branch, branchSchema, type ModelFile, modelFileSchema } from './paper-schema.ts';
import type { TrainingConfig } from './training-config.ts';
import { unknownKeys } from './unknown-keys.ts';

/** Data sets by the names the paper's loader knows them by. */
const DATASETS: Readonly<Record<string, LayoutName>> = {
  FaceForensics: 'faceforensics++',
  CelebDF: 'celeb-df',
  WildDeepfake: 'wilddeepfake',
  DFDC: 'dfdc',
};
const METRICS = { Acc: 'accuracy', AUC: 'auc', LogLoss: 'loss' } as const;
/** The level the paper's trainer floods the loss at; no key of its files changes it. */
const FLOOD = 0.04;

/** Keys that mean nothing on one machine or here, with what happens instead. */
const NO_EFFECT: Readonly<Record<string, string>> = {
  'config.distribute': 'one machine trains; gradients are not shared',
  'config.debug': 'there is no debug mode; --dry-run shows what would be done',
  'config.device': 'the device is chosen by --device',
  'config.ckpt': 'a checkpoint to go on from is given by --base',
  'config.resume': 'a run is resumed by its id',
  'config.resume_best': 'a run is resumed by its id',
  'data.test_batch_size': 'testing chooses its own batches',
  'data.num_workers': 'samples come from one process of their own',
  'data.test_branch': 'nothing is tested while training',
};

export type ReadConfig = { config: TrainingConfig; remarks: string[] };

/** Both files as they were read and checked; `branch` is the data set's part that is trained on. */
type PaperFiles = {
  file: string;
  raw: unknown;
  model: ModelFile;
  layout: LayoutName;
  dataFile: string;
  rawBranch: unknown;
  branch: Branch;
};

/**
 * Reads the model's file and the data set's.
 * `overrides.folder` stands in for the data set's `root`. Throws PATH_NOT_FOUND, and CONFIG_REFUSED
 * with the key and what was expected.
 */
export async function readPaperConfig(
  file: string,
  overrides: { folder?: string | undefined } = {},
): Promise<ReadConfig> {
  const files = await readFiles(file);
  const image = imageFrom(files.dataFile, files.branch);
  return {
    config: configFrom(files, image, overrides.folder ?? files.branch.root),
    remarks: [...remarksOn(files), ...image.remarks],
  };
}

async function readFiles(file: string): Promise<PaperFiles> {
  const raw = await readYaml(file);
  const model = check(file, modelFileSchema, raw);
  const dataFile = await findDataFile(file, model.data.file);
  const branches = (await readYaml(dataFile)) as Record<string, unknown> | undefined;
  const rawBranch = branches?.[model.data.train_branch];
  const branch = check(dataFile, branchSchema, rawBranch);
  return { file, raw, model, layout: layoutOf(file, model), dataFile, rawBranch, branch };
}

/**
 * Throws CONFIG_REFUSED for a set that is not known, and for a loss that does not go with the
 * number of classes.
 */
function layoutOf(file: string, { model, config, data }: ModelFile): LayoutName {
  const layout =
    (Object.hasOwn(DATASETS, data.name) && DATASETS[data.name]) ||
    refuse(file, `data.name is ${data.name}; ${Object.keys(DATASETS).join(', ')} are known.`);
  if ((config.loss === 'binary_ce') !== (model.num_classes === 1))
    refuse(
      file,
      `config.loss is ${config.loss} with model.num_classes ${model.num_classes}; binary_ce goes with 1, cross_entropy with 2.`,
    );
  return layout;
}

function configFrom(
  { model: { model, config, data }, layout, dataFile, branch }: PaperFiles,
  image: Image,
  folder: string,
): TrainingConfig {
  return {
    name: config.id,
    numClasses: model.num_classes,
    ...image.input,
    data: { layout, folder, ...partsFrom(branch), balance: branch.balance },
    steps: branch.num_steps ?? refuse(dataFile, `${data.train_branch}.num_steps is missing.`),
    batchSize: data.train_batch_size,
    validationBatchSize: data.val_batch_size,
    logEvery: branch.log_steps,
    validateEvery: branch.val_steps,
    optimiser: {
      kind: config.optimizer.name,
      learningRate: config.optimizer.lr,
      weightDecay: config.optimizer.weight_decay,
    },
    schedule: config.scheduler
      ? { kind: 'step', stepSize: config.scheduler.step_size, gamma: config.scheduler.gamma }
      : { kind: 'constant' },
    warmupSteps: config.warmup_step,
    reconstructionWeight: config.lambda_1,
    metricWeight: config.lambda_2,
    flood: FLOOD,
    selectBy: METRICS[config.metric],
  };
}

function refuse(file: string, detail: string): never {
  throw new RecceError('CONFIG_REFUSED', file, detail);
}

async function readYaml(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', file, cause.message, { cause });
  });
  try {
    return parse(text);
  } catch (cause) {
    return refuse(file, `it is no YAML: ${(cause as Error).message.split('\n')[0]}`);
  }
}

function check<T>(file: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  return refuse(file, `${first!.path.join('.') || 'the file'}: ${first!.message}`);
}

/**
 * The data set's file as the paper's scripts find it: from where they run, which is the folder
 * above `config/`.
 */
async function findDataFile(file: string, named: string): Promise<string> {
  const folder = path.dirname(path.resolve(file));
  const places = [path.resolve(folder, '..', named), path.resolve(folder, named), path.resolve(named)];
  for (const place of places)
    if (
      await readFile(place).then(
        () => true,
        () => false,
      )
    )
      return place;
  return refuse(file, `data.file names ${named}, which is at none of ${places.join(', ')}.`);
}

/** Methods and compression; `all` is all. */
function partsFrom({ method, compression }: Branch): {
  compression: string | undefined;
  methods: string[] | undefined;
} {
  const methods = method === undefined || method === 'all' ? undefined : [method].flat();
  return { compression, methods };
}

type Image = { input: Pick<TrainingConfig, 'inputPx' | 'mean' | 'std' | 'mirror'>; remarks: string[] };

/**
 * Size, value range and mirroring out of the transforms. Throws CONFIG_REFUSED where the network
 * could not be fed so.
 */
function imageFrom(file: string, { transforms }: Branch): Image {
  const input = { inputPx: 299, mean: 0.5, std: 0.5, mirror: false };
  const remarks: string[] = [];
  for (const { name, params = {} } of transforms) {
    if (name === 'Resize') {
      if (params.height !== params.width || typeof params.height !== 'number')
        refuse(file, `transforms.Resize gives ${params.height} x ${params.width}; a square is needed.`);
      input.inputPx = params.height as number;
    } else if (name === 'Normalize') {
      input.mean = sameForAll(file, 'mean', params.mean);
      input.std = sameForAll(file, 'std', params.std);
    } else if (name === 'HorizontalFlip') input.mirror = (params.p ?? 0.5) !== 0;
    else remarks.push(`${path.basename(file)}: transform ${name} is not known here and was passed over.`);
  }
  return { input, remarks };
}

function sameForAll(file: string, key: string, value: unknown): number {
  const values = [value].flat();
  const [first] = values;
  if (typeof first !== 'number' || values.some((other) => other !== first))
    refuse(file, `transforms.Normalize.${key} is ${JSON.stringify(value)}; one value for all channels is needed.`);
  return first as number;
}

function remarksOn({ file, raw, model: { data }, dataFile, rawBranch }: PaperFiles): string[] {
  const withoutEffect = Object.entries(NO_EFFECT)
    .filter(([key]) => valueAt(raw, key) !== undefined && valueAt(raw, key) !== false)
    .map(([key, instead]) => `${key} has no effect: ${instead}.`);
  const onTheTestSet = `data.val_branch is ${data.val_branch}: the best checkpoint would be chosen on the test set. The validation split is used instead.`;
  return [
    ...withoutEffect,
    ...(data.val_branch.startsWith('test') ? [onTheTestSet] : []),
    ...unknownKeys(file, raw, modelFileSchema),
    ...unknownKeys(dataFile, rawBranch, branchSchema, data.train_branch),
  ];
}

const valueAt = (value: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);
