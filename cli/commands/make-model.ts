// recce model make: a recipe and a folder of portraits in, a shipped model out: trained, measured,
// written with its card. The default model is made by this command.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { Sha256 } from '../../contract/brand.ts';
import { type Recipe, recipeSchema } from '../../contract/recipe.ts';
import {
  type TrainingData,
  type TrainingRequest,
  type TrainingRequestInput,
  type TrainingRun,
  trainingRequestSchema,
} from '../../contract/training.ts';
import { type ValidationRecord, type ValidationRequest, validationRequestSchema } from '../../contract/validation.ts';
import type { Client } from '../../engine/index.ts';
import { findModel } from '../find-model.ts';
import { modelCardText } from '../model-card-text.ts';
import { type Output, processOutput, progressBar } from '../output.ts';
import { outputFile } from '../output-file.ts';
import { withEngine } from '../with-engine.ts';
import { recordLines } from './validate.ts';

type Options = { recipe: string; data: string[]; to: string; model?: string; again?: boolean };

/** Adds `recce model make` to the `model` command. */
export function addMakeCommand(model: Command): void {
  model
    .command('make')
    .description('train, measure and write a model as a recipe says')
    .requiredOption('--recipe <file>', 'recipe, e.g. models/weights/recipe.json')
    .requiredOption(
      '--data <[name=]dir>',
      'genuine portraits, one person each; with a name, the folder that the recipe calls so (again for each)',
      (dir: string, before: string[] = []) => [...before, dir],
    )
    .requiredOption('--to <dir>', 'folder for weights, card and MODEL_CARD.md')
    .option('--model <model>', 'a model trained by this recipe already: only measure and write it')
    .option('--again', 'train what this installation has trained by this recipe before, too')
    .action((options: Options) => withEngine((client) => make(client, processOutput(false), options)));
}

async function make(client: Client, output: Output, options: Options): Promise<void> {
  const recipe = recipeSchema.parse(JSON.parse(await readFile(options.recipe, 'utf8')));
  const data = foldersFrom(options.data);
  const inputs = [...data.values(), path.resolve(options.recipe)];
  for (const ending of ['pth', 'card.json'])
    await client.output.check({ path: path.resolve(options.to, `${recipe.name}.${ending}`), inputs });
  const text = path.resolve(options.to, 'MODEL_CARD.md');
  const write = await outputFile(client, text, inputs);
  const id = options.model
    ? (await findModel(client, options.model)).id
    : await trainBy(client, output, recipe, data, options);
  const record = await validateBy(client, output, recipe, data, id);
  const clean = await validateBy(client, output, recipe, data, id, { degraded: false, keep: false });
  const { name, description, limits, licence, demonstration } = recipe;
  const folder = path.resolve(options.to);
  const files = await client.model.ship({ id, folder, name, description, limits, licence, demonstration });
  await write(modelCardText({ recipe, model: await client.model.get({ id }), record, clean }));
  for (const line of [id, files.weights, files.card, text]) output.line(line);
}

/** Folders by the names that a recipe calls them. */
type Folders = ReadonlyMap<string, string>;
/** What a folder without a name is. */
const PORTRAITS = 'portraits';

function foldersFrom(given: readonly string[]): Folders {
  return new Map(
    given.map((text): [string, string] => {
      const [, name = PORTRAITS, folder = text] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
      return [name, path.resolve(folder)];
    }),
  );
}

function folderNamed(folders: Folders, name: string): string {
  const folder = folders.get(name);
  if (folder) return folder;
  throw new Error(`The recipe needs a folder called ${name}: --data ${name === PORTRAITS ? '' : `${name}=`}DIR`);
}

function dataIn(folders: Folders, data: TrainingData | undefined): TrainingData {
  if (!data) return { kind: 'portraits', folder: folderNamed(folders, PORTRAITS) };
  if (data.kind !== 'mixed') return { ...data, folder: folderNamed(folders, data.folder) };
  return { ...data, sources: data.sources.map((one) => ({ ...one, folder: folderNamed(folders, one.folder) })) };
}

/**
 * Every run of the recipe, each from the model of the one before; resolves with the last one's.
 * What this installation has trained before is taken, and a run that was stopped is taken up: the
 * same command, given again, comes to the same bytes.
 */
async function trainBy(
  client: Client,
  output: Output,
  recipe: Recipe,
  folders: Folders,
  options: Options,
): Promise<Sha256> {
  const { name, train, trainOn } = recipe;
  const run = ({ data, ...request }: Omit<TrainingRequestInput, 'data'> & { data?: TrainingData | undefined }) =>
    runOf(client, output, { ...request, data: dataIn(folders, data) }, options);
  let modelId = await run({ ...train, name: trainOn.length > 0 ? `${name}, run 1` : name });
  for (const [i, { inputPx, width, ...further }] of trainOn.entries()) {
    const base = { kind: 'model' as const, modelId, inputPx, width };
    modelId = await run({ ...further, base, name: i === trainOn.length - 1 ? name : `${name}, run ${i + 2}` });
  }
  return modelId;
}

/**
 * The run of this very request that came furthest: ended with a model that is still there, else one
 * that can be taken up.
 */
async function knownRun(client: Client, request: TrainingRequest): Promise<TrainingRun | undefined> {
  const wanted = JSON.stringify(request);
  const same = (await client.train.list()).filter((run) => JSON.stringify(run.request) === wanted);
  const models = new Set((await client.model.list()).map(({ id }) => id));
  return (
    same.find(({ state, modelId }) => state === 'done' && modelId !== null && models.has(modelId)) ??
    same.find(({ state }) => state === 'interrupted' || state === 'failed')
  );
}

/**
 * Trains, takes a run up, or takes what one has made; resolves with the published model. Throws
 * when the run fails or is cancelled.
 */
async function runOf(client: Client, output: Output, asked: TrainingRequestInput, { again }: Options): Promise<Sha256> {
  const request = trainingRequestSchema.parse({ ...asked, publish: true });
  const known = again ? undefined : await knownRun(client, request);
  if (known?.state === 'done' && known.modelId) {
    output.note(`Run ${known.id} made this before: its model ${known.modelId.slice(0, 12)} is taken.`);
    return known.modelId;
  }
  const events = await client.train.watch();
  const run = known ? await client.train.resume({ id: known.id }) : await client.train.start(request);
  output.note(
    `Run ${run.id}${known ? ` goes on from step ${run.step}` : ''}. If it is stopped: the same command again.`,
  );
  const bar = progressBar(output, 'steps');
  try {
    for await (const { run: now, point } of events) {
      if (now.id !== run.id) continue;
      bar.update(now.step, now.request.steps, now.message);
      if (point?.kind === 'validation')
        output.note(`step ${point.step}: AUC ${point.auc?.toFixed(4) ?? '-'} on validation`);
      if (now.state === 'done' && now.modelId) return now.modelId;
      if (['done', 'failed', 'cancelled'].includes(now.state))
        throw new Error(now.error ?? `The run ended ${now.state}.`);
    }
    throw new Error('The engine ended before the run did.');
  } finally {
    bar.stop();
  }
}

async function validateBy(
  client: Client,
  output: Output,
  { validate }: Recipe,
  folders: Folders,
  modelId: Sha256,
  how: Partial<ValidationRequest> = {},
): Promise<ValidationRecord> {
  const folder = folderNamed(folders, PORTRAITS);
  const further = validate.further.map((one) => ({ ...one, folder: folderNamed(folders, one.folder) }));
  const request = validationRequestSchema.parse({ ...validate, modelId, folder, kind: 'portraits', further, ...how });
  for await (const event of await client.model.validate(request)) {
    if (event.kind !== 'done') continue;
    for (const line of recordLines(event.record)) output.line(line);
    return event.record;
  }
  throw new Error('The validation ended without a record.');
}
