// recce validate: error rates, calibration and domain of a model on labelled material; the record
// is kept with the model.
import type { Command } from 'commander';
import { ALTERATIONS } from '../../contract/stability.ts';
import {
  areaWarning,
  learnedWarning,
  type PartFigures,
  type Stratum,
  type ValidationRecord,
  validationRequestSchema,
} from '../../contract/validation.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { meanSentences, stabilityGroups, thresholdText, togetherWords } from '../../contract/wording.ts';
import { exitCodes } from '../exit-codes.ts';
import { findModel } from '../find-model.ts';
import { addMaterialOptions, type MaterialOptions, materialFromOptions } from '../labelled-material.ts';
import { print, processOutput, progressBar, table } from '../output.ts';
import { outputFile } from '../output-file.ts';
import { areaText, digits, rateText, withInterval } from '../record-words.ts';
import { withEngine } from '../with-engine.ts';

type Options = MaterialOptions & {
  portraits?: boolean;
  seed: string;
  repeats: string;
  clean?: boolean;
  rate: string;
  stability?: boolean;
  name?: string;
  out?: string;
  keep: boolean;
  json?: boolean;
};

/** Of every command that validates: what it adds, and what it costs. */
export const STABILITY_HELP = `also error rates of the faces that keep their leaning when their picture is altered a little, and of the others, and the mean over the battery as a score: ${ALTERATIONS.length + 1} pictures are scored for each face, which takes so many times as long`;

/** Adds `recce validate` to the program. */
export function addValidateCommand(program: Command): void {
  const command = program
    .command('validate')
    .description('measure a model on labelled material and keep the record with it');
  addMaterialOptions(command, 'all')
    .option(
      '--portraits',
      'folders that are no labelled sets hold genuine portraits, one person each: forge them in memory',
    )
    .option('--seed <n>', 'portraits: chance of the forgeries', '1')
    .option('--repeats <n>', 'portraits: how often each sitter is seen', '4')
    .option('--clean', 'portraits: as they are, not degraded')
    .option('--rate <r>', 'share of false calls the operating points allow', '0.05')
    .option('--stability', STABILITY_HELP)
    .option('--name <text>', 'what the set is, for the record')
    .option('--out <file>', 'also write the record as JSON')
    .option('--no-keep', 'do not keep the record with the model')
    .option('--json', 'print the record as JSON')
    .action(async (options: Options, command: Command) => {
      process.exitCode = await validate(options, command);
    });
}

async function validate(options: Options, command: Command): Promise<number> {
  const output = processOutput(options.json ?? false);
  const bar = progressBar(output);
  return withEngine(async (client) => {
    const model = await findModel(client, options.model);
    const request = validationRequestSchema.safeParse({
      modelId: model.id,
      ...materialFromOptions(options, options.portraits),
      seed: Number(options.seed),
      repeats: Number(options.repeats),
      degraded: !options.clean,
      operatingRate: Number(options.rate),
      stability: options.stability,
      dataset: options.name,
      keep: options.keep,
    });
    if (!request.success) return command.error(request.error.message, { exitCode: exitCodes.usage });
    const write = await outputFile(client, options.out, [...options.data, ...(options.model ? [options.model] : [])]);
    for await (const event of await client.model.validate(request.data)) {
      if (event.kind === 'progress') bar.update(event.done, event.total, event.message);
      else {
        bar.stop();
        const { record, operatingPoints } = event;
        await write(`${JSON.stringify({ modelId: model.id, operatingPoints, record }, null, 1)}\n`);
        print(output, { modelId: model.id, operatingPoints, record }, () => [
          `${model.name}  ${model.id.slice(0, 12)}`,
          ...recordLines(record),
          `operating points: below ${thresholdText(operatingPoints.low)} towards genuine, from ${thresholdText(operatingPoints.high)} towards forged`,
        ]);
      }
    }
    return exitCodes.done;
  });
}

/** The record as lines for people. Also printed by `recce model show`. */
export function recordLines(record: ValidationRecord): string[] {
  const { calibration, localisation, domain } = record;
  return [
    `validated on ${record.dataset}: ${record.genuine} genuine and ${record.forged} forged faces of ${record.sources} sources; 95 % intervals over sources`,
    ...table([
      ['AUC', withInterval(record.auc, record.aucInterval)],
      ['equal error rate', `${digits(record.eer)} at score ${digits(record.eerThreshold)}`],
      ['accuracy at 0.5', digits(record.accuracy)],
      ['genuine called forged', rateText(record.falselyForged)],
      ['forged called genuine', rateText(record.falselyGenuine)],
      ['cannot tell', rateText(record.cannotTell)],
      ['Cllr', `${digits(calibration.cllr)}, at best ${digits(calibration.cllrMin)}`],
      ['log10 LR bounds', `${calibration.bounds[0].toFixed(2)} to ${calibration.bounds[1].toFixed(2)}`],
      ...(localisation
        ? [['difference map, pixel AUC', withInterval(localisation.pixelAuc, localisation.interval)]]
        : []),
    ]),
    '',
    ...table([
      ['', 'genuine', 'forged', 'AUC', 'genuine called forged', 'forged called genuine'],
      ...[...record.strata, ...(domain ? [domain.inside, domain.outside] : [])].map(rowFromStratum),
    ]),
    ...partsLines(record),
    ...stabilityLines(record),
    ...record.notScored.map(({ reason, count }) => `${count} not scored: ${reason}`),
    ...record.remarks,
    ...warningLines(record),
  ];
}

/** Of a composite: each part by itself on the same faces, then the whole, and how the errors go together. */
function partsLines({ parts, calibration, auc, aucInterval, eer }: ValidationRecord): string[] {
  if (!parts) return [];
  const row = (name: string, one: Pick<PartFigures, 'auc' | 'aucInterval' | 'eer' | 'cllr' | 'cllrMin'>): string[] => [
    name,
    digits(one.cllr),
    digits(one.cllrMin),
    digits(one.eer),
    withInterval(one.auc, one.aucInterval),
  ];
  const nameOf = (i: number): string => visibleText(parts.of[i]!.name);
  return [
    '',
    ...table([
      ['on the same faces', 'Cllr', 'at best', 'EER', 'AUC'],
      ...parts.of.map((one) => row(visibleText(one.name), one)),
      row('fused', { ...calibration, auc, aucInterval, eer }),
    ]),
    '',
    ...parts.together.flatMap((pair) => [`${nameOf(pair.first)} and ${nameOf(pair.second)}: ${togetherWords(pair)}`]),
  ];
}

/** Of the faces that leaned: how often the stable ones leaned wrongly, and how often the others. */
function stabilityLines({ stability }: ValidationRecord): string[] {
  if (!stability) return [];
  return [
    '',
    ...table([
      ['leaned, and', 'leaned wrongly', '', 'genuine called forged', 'forged called genuine'],
      ...stabilityGroups(stability).map(([name, { wrong, falselyForged, falselyGenuine }]) => [
        name,
        `${wrong.count} of ${wrong.of}`,
        rateText(wrong.of > 0 ? wrong : null),
        rateText(falselyForged),
        rateText(falselyGenuine),
      ]),
    ]),
    meanSentences(stability),
  ];
}

const warningLines = (record: ValidationRecord): string[] =>
  [learnedWarning(record), areaWarning(record)].flatMap((warning) => (warning ? [`WARNING: ${warning}`] : []));

const rowFromStratum = (stratum: Stratum): string[] => [
  `${stratum.by}: ${stratum.name.trim()}`,
  String(stratum.genuine),
  String(stratum.forged),
  areaText(stratum),
  rateText(stratum.falselyForged),
  rateText(stratum.falselyGenuine),
];
