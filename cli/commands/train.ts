// recce train: from a folder of faces to a new model, with a line a point of the curve; run again with --resume it goes on where it
// stopped. recce train list, show, export: the runs of this installation.
import path from 'node:path';
import type { Command } from 'commander';
import type { Model } from '../../contract/model.ts';
import {
  type CurvePoint,
  type ReadTrainingConfig,
  type TrainingRequest,
  type TrainingRequestInput,
  type TrainingRun,
  trainingRequestSchema,
} from '../../contract/training.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { appDataFolder, type Client } from '../../engine/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { findModel } from '../find-model.ts';
import { type Output, print, processOutput, progressBar, table } from '../output.ts';
import { sentenceFromIssues } from '../refusal-sentence.ts';
import { withEngine } from '../with-engine.ts';

type Options = {
  config?: string;
  dryRun?: boolean;
  data?: string;
  faces?: boolean;
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
  bend?: string;
  validateEvery?: string;
  patience?: string;
  selectBy?: string;
  publish: boolean;
  resume?: string;
  json?: boolean;
};

/** Adds `recce train` to the program. */
export function addTrainCommand(program: Command): void {
  const train = program
    .command('train')
    .description('train a model on a folder of faces, or go on with a run')
    .option(
      '--config <file>',
      "the paper's Recce.yml; --data then stands in for the set's root, other options for its values",
    )
    .option('--dry-run', 'print what would be done')
    .option('--data <dir>', 'genuine portraits, one person each; forgeries are made of them in memory')
    .option('--faces', '--data is a folder of genuine and forged faces made by "recce faces extract" instead')
    .option('--base <model>', 'model to start from (id, name or weights file); "none" for a network that knows nothing')
    .option('--width <w>', 'with --base none: width of the network, 1 is the paper')
    .option('--input-px <n>', 'side of the input; without it that of the base model')
    .option('--name <text>', 'name of the new model')
    .option('--freeze <prefixes>', 'weights that stay as they are, e.g. encoder.block1.,encoder.block2.')
    .option('--frozen-statistics', "keep BatchNorm's running statistics, for small sets")
    .option('--steps <n>', 'steps in all')
    .option('--batch <n>', 'faces a step')
    .option('--learning-rate <r>', 'largest learning rate')
    .option('--warmup <n>', 'steps over which the rate rises')
    .option('--cosine', 'let the rate fall as a cosine instead of in steps')
    .option('--average <decay>', 'publish a running average of the weights, e.g. 0.999')
    .option('--bend <share>', 'portraits: give each face another shape in every epoch, by up to this share of its size')
    .option('--seed <n>', 'all chance comes from it')
    .option('--validate-every <n>', 'steps between validations')
    .option('--patience <n>', 'stop after so many validations without a better one')
    .option('--select-by <figure>', 'auc, accuracy or loss')
    .option('--no-publish', 'do not put the best checkpoint into the library')
    .option('--resume <run>', 'go on with a run that was stopped')
    .option('--json', 'print JSON')
    .action(async (options: Options, command: Command) => {
      if (!options.data && !options.config && !options.resume)
        command.error('Say what to learn from: --data DIR or --config FILE. Or go on: --resume RUN.', {
          exitCode: exitCodes.usage,
        });
      const output = processOutput(options.json ?? false);
      await withEngine((client) => runTraining(client, output, options));
    });
  train
    .command('list')
    .description('the runs of this installation, and those whose record cannot be read')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const output = processOutput(json ?? false);
      const [runs, broken] = await withEngine((client) =>
        Promise.all([client.train.list(), client.train.listBroken()]),
      );
      print(output, runs, () => table(runs.map(rowFromRun)));
      for (const { file, reason } of broken)
        output.note(`cannot be read: ${visibleText(file)}: ${visibleText(reason)}`);
    });
  train
    .command('show')
    .argument('<run>', 'id of the run')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const found = await withEngine((client) => client.train.get({ id }));
      print(processOutput(json ?? false), found, () => [
        rowFromRun(found.run).join('  '),
        ...found.curves.map(lineFromPoint),
      ]);
    });
  train
    .command('export')
    .description("write the paper's trainer file, optimiser included, for training on in PyTorch")
    .argument('<run>', 'id of the run')
    .argument('<file>', '.bin file to write')
    .action(async (id: string, file: string) => {
      const written = await withEngine((client) => client.train.export({ id, path: path.resolve(file) }));
      processOutput(false).line(`${written.path}: ${written.sizeBytes} bytes`);
    });
}

async function runTraining(client: Client, output: Output, options: Options): Promise<void> {
  const request = options.resume ? undefined : checked(await requestFrom(client, output, options));
  if (request && options.dryRun) return print(output, request, () => [JSON.stringify(request, null, 2)]);
  // Ctrl-C ends the watching; the engine then closes, which saves the run after the step under way.
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  // Watching begins before the run does, so that no point is missed.
  const events = await client.train.watch(undefined, { signal: stop.signal });
  const run = request ? await client.train.start(request) : await client.train.resume({ id: options.resume! });
  output.note(`Run ${run.id}. If it is stopped: recce train --resume ${run.id}`);
  const ended = await follow(client, output, run, events);
  if (ended.state === 'running') output.note('Stopping after this step.');
  else print(output, ended, () => linesFromEnd(ended));
}

/** Fields of a request that an option gives. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['name', '--name'],
  ['base.width', '--width'],
  ['base.inputPx', '--input-px'],
  ['data.folder', '--data'],
  ['steps', '--steps'],
  ['batchSize', '--batch'],
  ['seed', '--seed'],
  ['bend', '--bend'],
  ['freeze', '--freeze'],
  ['learningRate', '--learning-rate'],
  ['warmupSteps', '--warmup'],
  ['averageDecay', '--average'],
  ['validateEvery', '--validate-every'],
  ['patience', '--patience'],
  ['selectBy', '--select-by'],
]);

/** The request with its defaults. Throws with the options that were refused. */
function checked(input: TrainingRequestInput): TrainingRequest {
  const { data, error } = trainingRequestSchema.safeParse(input);
  if (error) throw new Error(sentenceFromIssues(error.issues, OPTIONS), { cause: error });
  return data;
}

const requestFrom = (client: Client, output: Output, options: Options): Promise<TrainingRequestInput> =>
  options.config ? requestFromConfig(client, output, options.config, options) : requestFromOptions(client, options);

async function requestFromOptions(client: Client, options: Options): Promise<TrainingRequestInput> {
  const folder = path.resolve(options.data!);
  const { base, model } = await baseFrom(client, options, undefined);
  return {
    name: `${model?.name ?? 'RECCE'}, trained on ${path.basename(folder)}`,
    base,
    data: { kind: options.faces ? 'faces' : 'portraits', folder },
    ...settingsFrom(options),
  };
}

/** The configuration's values, the options over them, and the set's faces, cut where that has not been done. */
async function requestFromConfig(
  client: Client,
  output: Output,
  file: string,
  options: Options,
): Promise<TrainingRequestInput> {
  const folder = options.data ? path.resolve(options.data) : undefined;
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

/** The base of a run; without --base, a configuration means a fresh network and anything else the default model. */
async function baseFrom(
  client: Client,
  options: Options,
  inputPx: number | undefined,
): Promise<{ base: TrainingRequestInput['base']; model: Model | undefined }> {
  if (options.base === 'none' || (options.base === undefined && inputPx !== undefined)) {
    const side = number(options.inputPx) ?? inputPx;
    return { base: { kind: 'fresh', width: number(options.width), inputPx: side }, model: undefined };
  }
  const model = await findModel(client, options.base);
  return { base: { kind: 'model', modelId: model.id, inputPx: number(options.inputPx) }, model };
}

const number = (value: string | undefined): number | undefined => (value === undefined ? undefined : Number(value));

/** What the options say; nothing for those that were not given. */
function settingsFrom(options: Options): Partial<TrainingRequestInput> {
  const given: { [K in keyof TrainingRequestInput]?: TrainingRequestInput[K] | undefined } = {
    name: options.name,
    steps: number(options.steps),
    batchSize: number(options.batch),
    seed: number(options.seed),
    bend: number(options.bend),
    freeze: options.freeze?.split(','),
    frozenStatistics: options.frozenStatistics,
    learningRate: number(options.learningRate),
    warmupSteps: number(options.warmup),
    fall: options.cosine ? { kind: 'cosine' } : undefined,
    averageDecay: number(options.average),
    validateEvery: number(options.validateEvery),
    patience: number(options.patience),
    selectBy: options.selectBy as TrainingRequestInput['selectBy'],
    publish: options.publish,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

type Events = Awaited<ReturnType<Client['train']['watch']>>;

/** Prints the curve as it comes; resolves with the run at its end. Throws when it fails or is cancelled. */
async function follow(client: Client, output: Output, { id }: TrainingRun, events: Events): Promise<TrainingRun> {
  const bar = progressBar(output, 'steps');
  try {
    for await (const { run, point } of events) {
      if (run.id !== id) continue;
      if (point && !output.json) output.note(lineFromPoint(point));
      bar.update(run.step, run.request.steps, run.message);
      if (run.state === 'done') return run;
      if (run.state === 'failed') throw new Error(run.error ?? 'The training failed.');
      if (run.state === 'cancelled') throw new Error('The training was cancelled.');
    }
    return (await client.train.get({ id })).run;
  } finally {
    bar.stop();
  }
}

const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(4));

function lineFromPoint(point: CurvePoint): string {
  if (point.kind === 'validation')
    return `step ${point.step}  VALIDATION  auc ${figure(point.auc)}  accuracy ${figure(point.accuracy)}  loss ${figure(point.loss)}  difference ${figure(point.difference)}  (${point.faces} faces)`;
  return `step ${point.step}  loss ${figure(point.loss)}  reconstruction ${figure(point.reconstruction)}  metric ${figure(point.metric)}  accuracy ${figure(point.accuracy)}  auc ${figure(point.auc)}  rate ${point.learningRate.toExponential(2)}`;
}

const rowFromRun = (run: TrainingRun): string[] => [
  run.id,
  run.state,
  `${run.step}/${run.request.steps}`,
  run.best ? `${run.request.selectBy} ${run.best.value.toFixed(4)} at ${run.best.step}` : 'not validated',
  run.request.name,
];

const linesFromEnd = (run: TrainingRun): string[] => [
  ...run.remarks,
  `${run.stoppedEarly ? 'Stopped early' : 'Done'} at step ${run.step}. Best ${run.request.selectBy} on validation: ${figure(run.best?.value ?? null)} at step ${run.best?.step ?? '-'}.`,
  run.modelId
    ? `New model ${run.modelId.slice(0, 12)}: ${run.request.name}`
    : `Not published: the library has no new model. The checkpoint stays with the run: recce train export ${run.id} FILE.bin`,
];
