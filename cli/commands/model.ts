// recce model import|list|show: the library of weights files and their passports.
import path from 'node:path';
import type { Command } from 'commander';
import type { Model } from '../../contract/model.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { wholeNumber } from '../arguments.ts';
import { findModel } from '../find-model.ts';
import { print, processOutput, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import { addMakeCommand } from './make-model.ts';
import { linesFromRecord } from './validate.ts';

type ImportOptions = { name?: string; inputPx?: number; crop?: string; licence?: string; json?: boolean };

/** Adds `recce model` to the program. */
export function addModelCommand(program: Command): void {
  const model = program.command('model').description('list, show and import models');
  model
    .command('list')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const output = processOutput(options.json ?? false);
      const [models, broken] = await withEngine((client) =>
        Promise.all([client.model.list(), client.model.listBroken()]),
      );
      print(output, models, () => table(models.map(rowFromModel)));
      for (const { file, reason } of broken) output.note(`cannot be read: ${file}: ${reason}`);
    });
  model
    .command('show')
    .argument('<model>', 'id (or its beginning), name or weights file')
    .option('--json', 'print JSON')
    .action(async (wanted: string, options: { json?: boolean }) => {
      const found = await withEngine((client) => findModel(client, wanted));
      print(processOutput(options.json ?? false), found, () => linesFromModel(found));
    });
  addMakeCommand(model);
  model
    .command('import')
    .description('read a PyTorch checkpoint (never executing it), check every tensor, and keep it in the library')
    .argument('<file>', 'weights file: .pth, .bin, .pt')
    .option('--name <text>', 'name in the library')
    .option(
      '--input-px <n>',
      "input size the weights were trained with, when it is not the layout's usual one",
      wholeNumber(64, 1024),
    )
    .option('--crop <recipe>', 'crop recipe the weights were trained with')
    .option('--licence <text>', 'licence of the weights')
    .option('--json', 'print JSON')
    .action(async (file: string, options: ImportOptions) => {
      const imported = await withEngine((client) =>
        client.model.import({
          path: path.resolve(file),
          ...(options.name ? { name: options.name } : {}),
          ...(options.inputPx ? { inputPx: options.inputPx } : {}),
          ...(options.crop ? { cropRecipe: options.crop } : {}),
          ...(options.licence ? { licence: options.licence } : {}),
        }),
      );
      print(processOutput(options.json ?? false), imported, () => linesFromModel(imported));
    });
}

const rowFromModel = (model: Model): string[] => [
  model.id.slice(0, 12),
  model.name,
  `${model.passport.inputPx} px`,
  model.passport.layout,
  model.demonstration ? 'DEMONSTRATION' : model.validation ? 'validated' : 'no validation record',
];

function linesFromModel(model: Model): string[] {
  const { passport, decoderTest } = model;
  return [
    `${model.name}${model.demonstration ? '  [DEMONSTRATION]' : ''}`,
    ...table([
      ['sha256', model.id],
      [
        'format',
        `${passport.container}, ${passport.layout} layout, ${passport.numClasses} class(es), width ${passport.width}`,
      ],
      [
        'input',
        `${passport.inputPx} px, ${passport.channelOrder}, mean ${passport.mean}, std ${passport.std} (${passport.geometry})`,
      ],
      ['crop', `${passport.cropRecipe}, ${passport.interpolation}`],
      ['licence', passport.licence],
      ['decoder', decoderTest ? wordsFromDecoderTest(decoderTest) : 'not tested: its reconstruction is not evidence'],
      ...(model.validation ? [] : [['validation', 'none: raw scores only']]),
      ...(model.cameWith ? [['came with', visibleText(model.cameWith.file)]] : []),
      ['limits', visibleText(model.limits)],
    ]),
    ...passport.dropped.map((d) => `dropped ${d.count} tensors ${d.prefix}*`),
    ...passport.remarks,
    ...(model.validation ? ['', ...linesFromRecord(model.validation)] : []),
  ];
}

const wordsFromDecoderTest = (test: NonNullable<Model['decoderTest']>): string =>
  `${test.passed ? 'reconstructs genuine faces' : 'does NOT reconstruct genuine faces: its reconstruction is not evidence'} (mean difference ${test.meanDifference.toFixed(4)}, flat colour ${test.meanColourDifference.toFixed(4)}, ${test.faces} faces)`;
