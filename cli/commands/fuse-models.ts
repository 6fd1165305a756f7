// recce model fuse: several models made one, their fusion fitted and measured on labelled material.
import type { Command } from 'commander';
import type { Model } from '../../contract/model.ts';
import { fusionRequestSchema } from '../../contract/validation.ts';
import { exitCodes } from '../exit-codes.ts';
import { findModel } from '../find-model.ts';
import { addMaterialOptions, type MaterialOptions, materialFromOptions } from '../labelled-material.ts';
import { print, processOutput, progressBar } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import { STABILITY_HELP } from './validate.ts';

type Options = Omit<MaterialOptions, 'model'> & {
  name: string;
  rate: string;
  stability?: boolean;
  set?: string;
  json?: boolean;
};

/** Adds `recce model fuse`; `lines` is how a model is printed. */
export function addFuseCommand(models: Command, lines: (model: Model) => string[]): void {
  const command = models
    .command('fuse')
    .description('make one model of several: fit the fusion of their logits on labelled material, and measure it there')
    .argument('<models...>', 'two or more, each with a validation record: id (or its beginning), name or weights file')
    .requiredOption('--name <text>', 'what the new model is called');
  addMaterialOptions(command, 'all', { model: false })
    .option('--rate <r>', 'share of false calls the operating points allow', '0.05')
    .option('--stability', STABILITY_HELP)
    .option('--set <text>', 'what the set is, for the record')
    .option('--json', 'print the new model as JSON')
    .action(async (named: string[], options: Options, own: Command) => {
      process.exitCode = await fuse(named, options, own, lines);
    });
}

async function fuse(
  named: readonly string[],
  options: Options,
  command: Command,
  lines: (model: Model) => string[],
): Promise<number> {
  const output = processOutput(options.json ?? false);
  const bar = progressBar(output);
  return withEngine(async (client) => {
    const parts: Model['id'][] = [];
    for (const one of named) parts.push((await findModel(client, one)).id);
    const request = fusionRequestSchema.safeParse({
      ...materialFromOptions(options),
      ...{ parts, name: options.name, operatingRate: Number(options.rate), dataset: options.set },
      stability: options.stability,
    });
    if (!request.success) return command.error(request.error.message, { exitCode: exitCodes.usage });
    for await (const event of await client.model.fuse(request.data)) {
      if (event.kind === 'progress') {
        bar.update(event.done, event.total, event.message);
        continue;
      }
      bar.stop();
      const model = await client.model.get({ id: event.modelId });
      print(output, model, () => lines(model));
    }
    return exitCodes.done;
  });
}
