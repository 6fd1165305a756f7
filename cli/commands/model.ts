// recce model import|inspect|correct|retire|reinstate|list|show: the library of weights files and
// their passports.

import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { hasDecoder, NO_DECODER, networkWords, perChannelWords, rangeWords } from '../../contract/architecture.ts';
import { fitnessWarnings, measuredWords } from '../../contract/fitness.ts';
import type { ClassMap, Model, ModelDeclaration, WeightsFacts } from '../../contract/model.ts';
import { declaredWords, type OnnxPassport, type OnnxTrial, parityWords } from '../../contract/onnx-passport.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { exactScoreText } from '../../contract/wording.ts';
import type { Client } from '../../engine/index.ts';
import { wholeNumber } from '../arguments.ts';
import { findModel, modelFrom } from '../find-model.ts';
import { print, processOutput, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import { addFuseCommand } from './fuse-models.ts';
import { addMakeCommand } from './make-model.ts';
import { recordLines } from './validate.ts';

type DeclareOptions = {
  name?: string;
  inputPx?: number;
  crop?: string;
  classMap?: string;
  licence?: string;
  json?: boolean;
};

const CLASS_MAPS: Readonly<Record<string, ClassMap>> = {
  'forged=1': { genuine: 0, forged: 1 },
  'real=1': { genuine: 1, forged: 0 },
};

/** What is declared of weights: at import, and to put an entry right. */
const declaring = (command: Command): Command =>
  command
    .option('--name <text>', 'name in the library')
    .option('--input-px <n>', 'input size the weights were trained with', wholeNumber(64, 1024))
    .option('--crop <recipe>', 'crop recipe the weights were trained with: square-1.3, aligned-1.3, box-1.25')
    .addOption(
      new Option('--class-map <map>', 'what an output of 1 was trained to mean').choices(Object.keys(CLASS_MAPS)),
    )
    .option('--licence <text>', 'licence of the weights')
    .option('--json', 'print JSON');

const declarationFrom = ({ name, inputPx, crop, classMap, licence }: DeclareOptions): ModelDeclaration => ({
  ...(name ? { name } : {}),
  ...(inputPx ? { inputPx } : {}),
  ...(crop ? { cropRecipe: crop } : {}),
  ...(classMap ? { classMap: CLASS_MAPS[classMap]! } : {}),
  ...(licence ? { licence } : {}),
});

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
      print(processOutput(options.json ?? false), found, () => modelLines(found));
    });
  addMakeCommand(model);
  model
    .command('inspect')
    .description('say what a weights file says of itself, without keeping it')
    .argument('<file>', FILE)
    .option('--json', 'print JSON')
    .action(async (file: string, options: { json?: boolean }) => {
      const facts = await withEngine((client) => client.model.inspect({ path: path.resolve(file) }));
      print(processOutput(options.json ?? false), facts, () => factsLines(facts));
    });
  declaring(
    model
      .command('import')
      .description('read a checkpoint (never executing it), check every tensor, and keep it in the library')
      .argument('<file>', FILE)
      .option('--passport <file>', 'of a network of your own (.onnx): how it is fed and what it answers, as YAML')
      .option('--parity <file>', 'of a network of your own: pictures and the logits that must come out, as JSON')
      .option('--yes', 'keep a network of your own without asking'),
  ).action(async (file: string, options: DeclareOptions & OnnxOptions) => {
    if (options.passport !== undefined || file.toLowerCase().endsWith('.onnx')) return importOnnx(file, options);
    const imported = await withEngine((client) =>
      client.model.import({ path: path.resolve(file), ...declarationFrom(options) }),
    );
    print(processOutput(options.json ?? false), imported, () => modelLines(imported));
  });
  addChangeCommands(model);
  addFuseCommand(model, modelLines);
}

type OnnxOptions = { passport?: string; parity?: string; yes?: boolean };

/** Tries a network, shows back what was declared and what it answers, and keeps it when told to. */
async function importOnnx(
  file: string,
  { passport: said, parity, yes, json }: DeclareOptions & OnnxOptions,
): Promise<void> {
  if (said === undefined)
    throw new Error(
      'An ONNX file says neither how it is fed nor what it answers: give its passport with --passport FILE.',
    );
  const output = processOutput(json ?? false);
  const kept = await withEngine(async (client) => {
    const passport = await client.model.readOnnxPassport({ path: path.resolve(said) });
    const request = {
      ...{ path: path.resolve(file), passport },
      ...(parity === undefined ? {} : { parity: path.resolve(parity) }),
    };
    const trial = await client.model.tryOnnx(request);
    for (const line of trialLines(passport, trial)) output.note(line);
    return yes || (await isAgreed('Keep it in the library? [y/N] ')) ? client.model.importOnnx(request) : undefined;
  });
  if (!kept) throw new Error('It was not kept. Add --yes to keep it without being asked.');
  print(output, kept, () => modelLines(kept));
}

/** False without a terminal to ask at. */
async function isAgreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(question).finally(() => asking.close());
  return /^y(es)?$/i.test(answer.trim());
}

const trialLines = (passport: OnnxPassport, { sha256, scores, parity, remarks }: OnnxTrial): string[] => [
  ...table([
    ['file', sha256],
    ...declaredWords(passport).map(([key, words]) => [key, visibleText(words)]),
    ...scores.map(({ face, logit, score }) => [face, `score ${exactScoreText(score)}, logit ${logit.toFixed(4)}`]),
    ...(parity ? [['parity', parityWords(parity)]] : []),
  ]),
  ...remarks,
];

const FILE = 'weights file: .pth, .bin, .pt, .ckpt, .safetensors; or .onnx with --passport';

/**
 * What changes the library without changing an entry: corrections are entries of their own,
 * retirements can be taken back.
 */
function addChangeCommands(model: Command): void {
  const changing = async (
    wanted: string,
    options: { json?: boolean },
    change: (client: Client, id: Model['id']) => Promise<Model>,
  ): Promise<void> => {
    const changed = await withEngine(async (client) => change(client, modelFrom(await client.model.list(), wanted).id));
    print(processOutput(options.json ?? false), changed, () => modelLines(changed));
  };
  declaring(
    model
      .command('correct')
      .description(
        'put right how a model is fed or what its outputs mean, as a new entry; the old one stays for its verdicts',
      )
      .argument('<model>', 'id (or its beginning) or name'),
  ).action((wanted: string, options: DeclareOptions) =>
    changing(wanted, options, (client, id) => client.model.correct({ id, ...declarationFrom(options) })),
  );
  model
    .command('retire')
    .description('use a model no more; reruns of verdicts made with it go on')
    .argument('<model>', 'id (or its beginning) or name')
    .option('--reason <text>', 'why', '')
    .option('--json', 'print JSON')
    .action((wanted: string, options: { reason: string; json?: boolean }) =>
      changing(wanted, options, (client, id) => client.model.retire({ id, reason: options.reason })),
    );
  model
    .command('reinstate')
    .description('use a retired model again')
    .argument('<model>', 'id (or its beginning) or name')
    .option('--json', 'print JSON')
    .action((wanted: string, options: { json?: boolean }) =>
      changing(wanted, options, (client, id) => client.model.reinstate({ id })),
    );
}

const factsLines = (facts: WeightsFacts): string[] => [
  ...table([
    ['sha256', facts.sha256],
    ['format', formatOf(facts)],
    [
      'input',
      facts.inputPx === null
        ? `not stated; ${facts.usual.inputPx} px is usual, declare it with --input-px`
        : `${facts.inputPx} px, as the file states`,
    ],
    ['crop', `${facts.usual.cropRecipe} is usual`],
    ['in the library', facts.known ?? 'no'],
  ]),
  ...facts.dropped.map(droppedWords),
  ...facts.remarks,
];

const formatOf = (passport: WeightsFacts | Model['passport']): string =>
  `${passport.container}, ${passport.layout} layout, ${passport.numClasses} ${passport.numClasses === 1 ? 'output' : 'outputs'}, ${networkWords(passport)}`;

const droppedWords = ({ count, prefix }: { count: number; prefix: string }): string =>
  `left out ${count} tensors ${prefix}*`;

const rowFromModel = (model: Model): string[] => [
  model.id.slice(0, 12),
  model.name,
  `${model.passport.inputPx} px`,
  model.passport.layout,
  model.retired ? 'retired' : stateOf(model),
];

const stateOf = ({ demonstration, validation }: Model): string =>
  `${demonstration ? 'DEMONSTRATION, ' : ''}${measuredWords(validation)}`;

function modelLines(model: Model): string[] {
  const { passport, decoderTest } = model;
  return [
    `${model.name}${model.demonstration ? '  [DEMONSTRATION]' : ''}`,
    ...table([
      ['sha256', model.id],
      ['format', formatOf(passport)],
      ...(passport.composite?.parts ?? []).map(({ modelId, name, weight }) => [
        'part',
        `${visibleText(name)}  ${modelId.slice(0, 12)}, weight ${weight.toFixed(4)}`,
      ]),
      [
        'input',
        `${passport.inputPx} px, ${passport.channelOrder}, mean ${perChannelWords(passport.mean)}, std ${perChannelWords(passport.std)}${rangeWords(passport)} (${passport.geometry})`,
      ],
      ...(passport.classMap.forged === 1 ? [] : [['classes', 'trained with real = 1; inverted before scoring']]),
      ['crop', `${passport.cropRecipe}, ${passport.interpolation}`],
      ...(passport.parity ? [['parity', parityWords(passport.parity)]] : []),
      ['licence', passport.licence],
      ['decoder', decoderTest ? decoderTestWords(decoderTest) : untestedWords(passport)],
      ...(model.validation ? [] : [['validation', 'none: raw scores only']]),
      ...(model.corrects ? [['corrects', model.corrects]] : []),
      ...(model.retired ? [['retired', `${model.retired.at} ${visibleText(model.retired.reason)}`]] : []),
      ...(model.cameWith ? [['came with', visibleText(model.cameWith.file)]] : []),
      ['limits', visibleText(model.limits)],
    ]),
    ...fitnessWarnings(model).map((one) => `WARNING: ${one}`),
    ...passport.dropped.map(droppedWords),
    ...passport.remarks,
    ...(model.validation ? ['', ...recordLines(model.validation)] : []),
  ];
}

const untestedWords = (passport: Model['passport']): string =>
  hasDecoder(passport) ? 'not tested: its reconstruction is not evidence' : NO_DECODER;

const decoderTestWords = (test: NonNullable<Model['decoderTest']>): string =>
  `${test.passed ? 'reconstructs genuine faces' : 'does NOT reconstruct genuine faces: its reconstruction is not evidence'} (mean difference ${test.meanDifference.toFixed(4)}, flat colour ${test.meanColourDifference.toFixed(4)}, ${test.faces} faces)`;
