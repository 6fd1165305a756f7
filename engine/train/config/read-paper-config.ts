// The paper's YAML files, read as they are: the model's (`Recce.yml`) and the data set's that it names. Every key is either used, known to
// have no effect here, or named as unknown; nothing is passed over in silence.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { RecceError } from '../../../contract/errors.ts';
import type { LayoutName } from '../data/load-labelled-set.ts';
import type { TrainingConfig } from './training-config.ts';

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

const modelFileSchema = z.looseObject({
  model: z.looseObject({ name: z.literal('Recce'), num_classes: z.union([z.literal(1), z.literal(2)]).default(1) }),
  config: z.looseObject({
    lambda_1: z.number().min(0),
    lambda_2: z.number().min(0),
    distribute: z.unknown().optional(),
    optimizer: z.looseObject({
      name: z.enum(['adam', 'adamw']),
      lr: z.number().positive(),
      weight_decay: z.number().min(0).default(0),
    }),
    scheduler: z
      .looseObject({
        name: z.literal('StepLR'),
        step_size: z.number().int().positive(),
        gamma: z.number().positive().default(0.1),
      })
      .nullish(),
    warmup_step: z.number().int().nonnegative().default(0),
    resume: z.boolean().default(false),
    resume_best: z.boolean().default(false),
    id: z.coerce.string().default('recce'),
    loss: z.enum(['binary_ce', 'cross_entropy']).default('binary_ce'),
    metric: z.enum(['Acc', 'AUC', 'LogLoss']).default('Acc'),
    debug: z.boolean().default(false),
    device: z.string().optional(),
    ckpt: z.string().optional(),
  }),
  data: z.looseObject({
    train_batch_size: z.number().int().positive(),
    val_batch_size: z.number().int().positive().default(64),
    test_batch_size: z.number().int().positive().optional(),
    num_workers: z.number().int().nonnegative().optional(),
    name: z.string(),
    file: z.string(),
    train_branch: z.string().default('train_cfg'),
    val_branch: z.string().default('test_cfg'),
    test_branch: z.string().optional(),
  }),
});

const transformSchema = z.looseObject({ name: z.string(), params: z.looseObject({}).optional() });
const branchSchema = z.looseObject({
  root: z.string(),
  split: z.string().optional(),
  method: z.union([z.string(), z.array(z.string())]).optional(),
  compression: z.string().optional(),
  balance: z.boolean().default(false),
  log_steps: z.number().int().positive().default(1000),
  val_steps: z.number().int().positive().default(1000),
  num_steps: z.number().int().positive().optional(),
  num_image_train: z.number().int().nullish(),
  transforms: z.array(transformSchema).default([]),
});
type Branch = z.infer<typeof branchSchema>;

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

/**
 * Reads the model's file and the data set's. `overrides.folder` stands in for the data set's `root`. Throws PATH_NOT_FOUND, and
 * CONFIG_REFUSED with the key and what was expected.
 */
export async function readPaperConfig(
  file: string,
  overrides: { folder?: string | undefined } = {},
): Promise<ReadConfig> {
  const raw = await readYaml(file);
  const { model, config, data } = check(file, modelFileSchema, raw);
  const dataFile = await findDataFile(file, data.file);
  const branches = await readYaml(dataFile);
  const branch = check(dataFile, branchSchema, (branches as Record<string, unknown>)?.[data.train_branch]);
  const layout = DATASETS[data.name];
  if (!layout) refuse(file, `data.name is ${data.name}; ${Object.keys(DATASETS).join(', ')} are known.`);
  if ((config.loss === 'binary_ce') !== (model.num_classes === 1))
    refuse(
      file,
      `config.loss is ${config.loss} with model.num_classes ${model.num_classes}; binary_ce goes with 1, cross_entropy with 2.`,
    );
  const image = imageFrom(dataFile, branch);
  return {
    config: {
      name: config.id,
      numClasses: model.num_classes,
      ...image.input,
      data: { layout: layout!, folder: overrides.folder ?? branch.root, ...partsFrom(branch), balance: branch.balance },
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
      fall: config.scheduler
        ? { kind: 'step', stepSize: config.scheduler.step_size, gamma: config.scheduler.gamma }
        : { kind: 'constant' },
      warmupSteps: config.warmup_step,
      reconstructionWeight: config.lambda_1,
      metricWeight: config.lambda_2,
      flood: FLOOD,
      selectBy: METRICS[config.metric],
    },
    remarks: [
      ...remarksOn(raw, data.val_branch),
      ...unknownKeys(file, raw, modelFileSchema),
      ...unknownKeys(
        dataFile,
        (branches as Record<string, unknown>)[data.train_branch],
        branchSchema,
        data.train_branch,
      ),
      ...image.remarks,
    ],
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

/** The data set's file as the paper's scripts find it: from where they run, which is the folder above `config/`. */
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

/** Size, value range and mirroring out of the transforms. Throws CONFIG_REFUSED where the network could not be fed so. */
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

function remarksOn(raw: unknown, validationBranch: string): string[] {
  const remarks = Object.entries(NO_EFFECT)
    .filter(([key]) => valueAt(raw, key) !== undefined && valueAt(raw, key) !== false)
    .map(([key, instead]) => `${key} has no effect: ${instead}.`);
  return validationBranch.startsWith('test')
    ? [
        ...remarks,
        `data.val_branch is ${validationBranch}: the best checkpoint would be chosen on the test set. The validation split is used instead.`,
      ]
    : remarks;
}

const valueAt = (value: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);

/** Keys that no part of the schema knows, at every depth where the schema names keys. */
function unknownKeys(file: string, value: unknown, schema: z.ZodType, at = ''): string[] {
  const inner = shapeOf(schema);
  if (!inner || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const place = at ? `${at}.${key}` : key;
    const known = inner[key];
    return known
      ? unknownKeys(file, below, known, place)
      : [`${path.basename(file)}: ${place} is not known here and was passed over.`];
  });
}

/** The named keys of an object schema, through defaults and optionals; undefined for anything else. */
function shapeOf(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return shapeOf(schema.unwrap() as z.ZodType);
  return undefined;
}
