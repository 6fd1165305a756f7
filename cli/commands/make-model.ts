// recce model make: a recipe and a folder of portraits in, a shipped model out: trained, measured, written with its card. The default model is
// made by this command.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { Sha256 } from '../../contract/brand.ts';
import { type Recipe, recipeSchema } from '../../contract/recipe.ts';
import { type TrainingRequestInput, trainingRequestSchema } from '../../contract/training.ts';
import { type ValidationRecord, type ValidationRequest, validationRequestSchema } from '../../contract/validation.ts';
import type { Client } from '../../engine/index.ts';
import { findModel } from '../find-model.ts';
import { modelCardText } from '../model-card-text.ts';
import { type Output, processOutput, progressBar } from '../output.ts';
import { outputFile } from '../output-file.ts';
import { withEngine } from '../with-engine.ts';
import { linesFromRecord } from './validate.ts';

type Options = { recipe: string; data: string; to: string; model?: string };

/** Adds `recce model make` to the `model` command. */
export function addMakeCommand(model: Command): void {
  model
    .command('make')
    .description('train, measure and write a model as a recipe says')
    .requiredOption('--recipe <file>', 'recipe, e.g. models/weights/recipe.json')
    .requiredOption('--data <dir>', 'genuine portraits, one person each')
    .requiredOption('--to <dir>', 'folder for weights, card and MODEL_CARD.md')
    .option('--model <model>', 'a model trained by this recipe already: only measure and write it')
    .action((options: Options) => withEngine((client) => make(client, processOutput(false), options)));
}

async function make(client: Client, output: Output, options: Options): Promise<void> {
  const recipe = recipeSchema.parse(JSON.parse(await readFile(options.recipe, 'utf8')));
  const data = path.resolve(options.data);
  const inputs = [data, path.resolve(options.recipe)];
  for (const ending of ['pth', 'card.json'])
    await client.output.check({ path: path.resolve(options.to, `${recipe.name}.${ending}`), inputs });
  const text = path.resolve(options.to, 'MODEL_CARD.md');
  const write = await outputFile(client, text, inputs);
  const id = options.model ? (await findModel(client, options.model)).id : await trainBy(client, output, recipe, data);
  const record = await validateBy(client, output, recipe, data, id);
  const clean = await validateBy(client, output, recipe, data, id, { degraded: false, keep: false });
  const { name, description, limits, licence, demonstration } = recipe;
  const folder = path.resolve(options.to);
  const files = await client.model.ship({ id, folder, name, description, limits, licence, demonstration });
  await write(modelCardText({ recipe, model: await client.model.get({ id }), record, clean }));
  output.line([id, files.weights, files.card, text].join('\n'));
}

/** Every run of the recipe, each from the model of the one before; resolves with the last one's. */
async function trainBy(client: Client, output: Output, recipe: Recipe, folder: string): Promise<Sha256> {
  const { name, train, trainOn } = recipe;
  let modelId = await runOf(client, output, { ...train, name: trainOn.length > 0 ? `${name}, run 1` : name }, folder);
  for (const [i, { inputPx, ...further }] of trainOn.entries()) {
    const base = { kind: 'model' as const, modelId, inputPx };
    const called = i === trainOn.length - 1 ? name : `${name}, run ${i + 2}`;
    modelId = await runOf(client, output, { ...further, base, name: called }, folder);
  }
  return modelId;
}

/** Trains and resolves with the published model. Throws when the run fails or is cancelled. */
async function runOf(
  client: Client,
  output: Output,
  request: Omit<TrainingRequestInput, 'data'>,
  folder: string,
): Promise<Sha256> {
  const events = await client.train.watch();
  const run = await client.train.start(
    trainingRequestSchema.parse({ ...request, data: { kind: 'portraits', folder }, publish: true }),
  );
  output.note(`Run ${run.id}. If it is stopped: recce train --resume ${run.id}, then --model with what it publishes.`);
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
  folder: string,
  modelId: Sha256,
  how: Partial<ValidationRequest> = {},
): Promise<ValidationRecord> {
  const request = validationRequestSchema.parse({ ...validate, modelId, folder, kind: 'portraits', ...how });
  for await (const event of await client.model.validate(request)) {
    if (event.kind !== 'done') continue;
    for (const line of linesFromRecord(event.record)) output.line(line);
    return event.record;
  }
  throw new Error('The validation ended without a record.');
}
