// recce train: from a folder of faces to a new model, with a line a point of the curve; run again
// with --resume it goes on where it stopped. recce train list, show, export: the runs of this
// installation.
import path from 'node:path';
import { type Command, Option } from 'commander';
import { deviceSchema } from '../../contract/scan.ts';
import type { TrainingRun } from '../../contract/training.ts';
import { visibleText } from '../../contract/visible-text.ts';
import type { Client } from '../../engine/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Output, print, processOutput, progressBar, table } from '../output.ts';
import { type TrainOptions, trainRequest } from '../train-request.ts';
import { endLines, pointLine, rowFromRun } from '../train-words.ts';
import { withEngine } from '../with-engine.ts';

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
    .option(
      '--data <dir[=weight]>',
      'genuine portraits, one person each; forgeries are made of them in memory. Again for further folders: every batch holds all of them, by weight',
      (dir: string, before: string[] = []) => [...before, dir],
    )
    .option('--faces', '--data is a folder of genuine and forged faces made by "recce faces extract" instead')
    .option(
      '--crops',
      'labelled folders among --data (pairs.csv, or real/ and fake/) hold faces already cut: read as they are',
    )
    .option('--margin <share>', 'with --crops: add this share of the face on every side by reflection')
    .option('--forge-crops <share>', 'with --crops: in this share of pairs, forge the genuine face in memory instead')
    .option('--base <model>', 'model to start from (id, name or weights file); "none" for a network that knows nothing')
    .option('--width <w>', 'width of the network, 1 is the paper; a base of less is widened before its first step')
    .option('--input-px <n>', 'side of the input; without it that of the base model')
    .option('--name <text>', 'name of the new model')
    .option('--freeze <prefixes>', 'weights that stay as they are, e.g. encoder.block1.,encoder.block2.')
    .option('--frozen-statistics', "keep BatchNorm's running statistics, for small sets")
    .option('--steps <n>', 'steps in all')
    .option('--batch <n>', 'batch size: faces a step')
    .option('--learning-rate <r>', 'largest learning rate')
    .option('--warmup <n>', 'steps over which the rate rises')
    .option('--cosine', 'a cosine schedule of the rate instead of one in steps')
    .option('--average <decay>', 'publish a running average of the weights (EMA) with this decay, e.g. 0.999')
    .option(
      '--shape-jitter <share>',
      'portraits: give each face another shape in every epoch, by up to this share of its size',
    )
    .addOption(new Option('--bend <share>', 'the former name of --shape-jitter').hideHelp())
    .option('--reconstruction <weight>', 'weight of the reconstruction of genuine faces in the loss; 0.1 in the paper')
    .addOption(new Option('--device <device>', 'where its steps are taken').choices(deviceSchema.options))
    .option('--seed <n>', 'all chance comes from it')
    .option('--validate-every <n>', 'steps between validations')
    .option('--validation-faces <n>', 'faces of each source that a validation looks at; without it every face once')
    .option('--patience <n>', 'stop after so many validations without a better one')
    .option('--select-by <figure>', 'auc, accuracy or loss')
    .option('--no-publish', 'do not put the best checkpoint into the library')
    .option('--resume <run>', 'go on with a run that was stopped')
    .option('--json', 'print JSON')
    .action(async (options: TrainOptions, command: Command) => {
      if (!options.data && !options.config && !options.resume)
        command.error('Say what to learn from: --data DIR or --config FILE. Or go on: --resume RUN.', {
          exitCode: exitCodes.usage,
        });
      const output = processOutput(options.json ?? false);
      await withEngine((client) => runTraining(client, output, options));
    });
  addListCommand(train);
  addShowCommand(train);
  addExportCommand(train);
}

function addListCommand(train: Command): void {
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
}

function addShowCommand(train: Command): void {
  train
    .command('show')
    .argument('<run>', 'id of the run')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const found = await withEngine((client) => client.train.get({ id }));
      print(processOutput(json ?? false), found, () => [
        rowFromRun(found.run).join('  '),
        ...found.curves.map(pointLine),
      ]);
    });
}

function addExportCommand(train: Command): void {
  train
    .command('export')
    .description("write the paper's trainer file, optimiser included, for training on in PyTorch")
    .argument('<run>', 'id of the run')
    .argument('<file>', '.bin file to write')
    .option('--replace', 'replace a file that is there')
    .action(async (id: string, file: string, { replace = false }: { replace?: boolean }) => {
      const written = await withEngine((client) => client.train.export({ id, path: path.resolve(file), replace }));
      processOutput(false).line(`${written.path}: ${written.sizeBytes} bytes`);
    });
}

async function runTraining(client: Client, output: Output, options: TrainOptions): Promise<void> {
  const request = options.resume ? undefined : await trainRequest(client, output, options);
  if (request && options.dryRun) return output.value(request);
  // Ctrl-C ends the watching; the engine then closes, which saves the run after the step under way.
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  // Watching begins before the run does, so that no point is missed.
  const events = await client.train.watch(undefined, { signal: stop.signal });
  const run = request ? await client.train.start(request) : await client.train.resume({ id: options.resume! });
  output.note(`Run ${run.id}. If it is stopped: recce train --resume ${run.id}`);
  const ended = await follow(client, output, run, events);
  if (ended.state === 'running') output.note('Stopping after this step.');
  else print(output, ended, () => endLines(ended));
}

type Events = Awaited<ReturnType<Client['train']['watch']>>;

/**
 * Prints the curve as it comes; resolves with the run at its end. Throws when it fails or is
 * cancelled.
 */
async function follow(client: Client, output: Output, { id }: TrainingRun, events: Events): Promise<TrainingRun> {
  const bar = progressBar(output, 'steps');
  try {
    for await (const { run, point } of events) {
      if (run.id !== id) continue;
      if (point && !output.json) output.note(pointLine(point));
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
