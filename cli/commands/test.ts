// recce test: the paper's test on a labelled set: Acc, AUC, EER with its threshold and log-loss,
// with intervals, and the ROC as a picture. Nothing is kept with the model: recce validate does
// that.
import type { Command } from 'commander';
import { type ValidationRecord, validationRequestSchema } from '../../contract/validation.ts';
import { plotsFromRecord } from '../../contract/validation-plots.ts';
import { exitCodes } from '../exit-codes.ts';
import { findModel } from '../find-model.ts';
import { addMaterialOptions, type MaterialOptions, materialFromOptions } from '../labelled-material.ts';
import { print, processOutput, progressBar, table } from '../output.ts';
import { outputFile } from '../output-file.ts';
import { svgFromPlot } from '../plot-svg.ts';
import { withEngine } from '../with-engine.ts';

type Options = MaterialOptions & {
  roc?: string;
  json?: boolean;
};

/** Adds `recce test` to the program. */
export function addTestCommand(program: Command): void {
  const command = program
    .command('test')
    .description('accuracy, AUC, EER and log-loss of a model on the test part of a labelled set');
  addMaterialOptions(command, 'test')
    .option('--roc <file.svg>', 'write the ROC as a picture')
    .option('--json', 'print JSON, with every point of the ROC')
    .action(async (options: Options, command: Command) => {
      process.exitCode = await test(options, command);
    });
}

async function test(options: Options, command: Command): Promise<number> {
  const output = processOutput(options.json ?? false);
  return withEngine(async (client) => {
    const model = await findModel(client, options.model);
    const request = validationRequestSchema.safeParse({
      modelId: model.id,
      ...materialFromOptions(options),
      keep: false,
    });
    if (!request.success) return command.error(request.error.message, { exitCode: exitCodes.usage });
    const write = await outputFile(client, options.roc, [...options.data, ...(options.model ? [options.model] : [])]);
    const bar = progressBar(output);
    for await (const event of await client.model.validate(request.data)) {
      if (event.kind === 'progress') {
        bar.update(event.done, event.total, event.message);
        continue;
      }
      bar.stop();
      const { record } = event;
      await write(svgFromPlot(plotsFromRecord(record)[0]!));
      print(output, valuesFrom(model.id, record), () => testLines(model.name, record));
    }
    return exitCodes.done;
  });
}

const valuesFrom = (modelId: string, record: ValidationRecord) => {
  const { accuracy, auc, aucInterval, eer, eerThreshold, logLoss, genuine, forged, sources, notScored, roc } = record;
  return { modelId, accuracy, auc, aucInterval, eer, eerThreshold, logLoss, genuine, forged, sources, notScored, roc };
};

const testLines = (name: string, record: ValidationRecord): string[] => [
  `${name} on ${record.genuine} genuine and ${record.forged} forged faces of ${record.sources} persons or videos`,
  ...table([
    ['Acc', record.accuracy.toFixed(4)],
    ['AUC', `${record.auc.toFixed(4)} (${record.aucInterval.map((end) => end.toFixed(4)).join(' to ')})`],
    ['EER', `${record.eer.toFixed(4)} at threshold ${record.eerThreshold.toFixed(4)}`],
    ['LogLoss', record.logLoss.toFixed(4)],
  ]),
  ...record.notScored.map(({ reason, count }) => `${count} not scored: ${reason}`),
];
