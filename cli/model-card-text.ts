// The card of a shipped model for people: MODEL_CARD.md beside the weights. Its words are the
// recipe's, its figures those of `recce validate`, on degraded pictures (the record that is kept
// with the model) and on pictures as they are. Written by `recce model make`.
import type { Model } from '../contract/model.ts';
import type { Recipe } from '../contract/recipe.ts';
import { sourcesOf, type TrainingData } from '../contract/training.ts';
import type { ValidationRecord } from '../contract/validation.ts';
import { stabilityGroups } from '../contract/wording.ts';
import { areaText, digits, rateText, withInterval } from './record-words.ts';

/** What a card is made of. `clean`: measured without degradation, not kept with the model. */
export type CardFacts = { recipe: Recipe; model: Model; record: ValidationRecord; clean: ValidationRecord };

/** The card as Markdown. */
export function modelCardText({ recipe, model, record, clean }: CardFacts): string {
  return [
    `# ${recipe.name}`,
    recipe.description,
    `- **Limits**: ${recipe.limits}`,
    `- **Licence**: ${recipe.licence}`,
    `- **Weights**: \`${recipe.name}.pth\`, SHA-256 \`${model.id}\``,
    `- **Input**: ${model.passport.inputPx} x ${model.passport.inputPx} pixels, crop recipe \`${model.passport.cropRecipe}\``,
    ...decoderLine(model),
    '',
    '## How it was made',
    `\`\`\`\nrecce model make --recipe recipe.json ${dataOptions(recipe)} --to FOLDER\n\`\`\``,
    trainingSentence(recipe),
    '',
    '## What it did on persons and videos it was not trained on',
    `${recipe.validate.dataset ?? record.dataset}: ${record.genuine} genuine and ${record.forged} forged faces of ${record.sources} persons or videos, by \`recce validate\` (seed ${recipe.validate.seed}). 95 % intervals over persons in brackets. "Degraded": resized, blurred, noisy, recoloured, compressed, tilted at random; this is the record that is kept with the model. "As they are": no degradation.${sourcesSentence(recipe)}`,
    ...summaryTable(record, clean),
    '',
    ...strataTable(record),
    '',
  ].join('\n');
}

const decoderLine = ({ decoderTest }: Model): string[] =>
  decoderTest
    ? [
        `- **Decoder self-test**: mean difference ${digits(decoderTest.meanDifference)} on ${decoderTest.faces} faces of the bundled photographs; a flat colour differs by ${digits(decoderTest.meanColourDifference)}`,
      ]
    : [];

function trainingSentence({ train, trainOn }: Recipe): string {
  const from =
    train.base.kind === 'fresh'
      ? `a network of width ${train.base.width} that knew nothing, at ${train.base.inputPx} px`
      : 'another model';
  const further = trainOn.map((run) => ` Then, from the best step of that${beginningWords(run)}: ${runWords(run)}.`);
  return `From ${from}: ${runWords(train)}.${further.join('')} The step that was best on the validation persons is kept, which flatters the figures below a little. The same machine and build give the same file; another processor may differ in the last digits.`;
}

const beginningWords = ({ inputPx, width }: Recipe['trainOn'][number]): string =>
  `${width ? `, widened to ${width}` : ''}${inputPx ? `, at ${inputPx} px` : ''}`;

/** Names of folders that the recipe asks for, besides the portraits that need none. */
function folderNames({ train, trainOn, validate }: Recipe): string[] {
  const trained = [train, ...trainOn].flatMap(({ data }) => (data ? sourcesOf(data) : []));
  const names = [...trained, ...validate.further].map(({ folder }) => folder);
  return [...new Set(names)].filter((name) => name !== 'portraits');
}

const dataOptions = (recipe: Recipe): string =>
  ['--data PORTRAITS', ...folderNames(recipe).map((name) => `--data ${name}=${name.toUpperCase()}`)].join(' ');

const sourcesSentence = ({ validate: { further } }: Recipe): string =>
  further.length > 0
    ? ` Sources: portraits, ${further.map(({ folder, kind }) => (kind === 'crops' ? `${folder} (faces already cut, as they are in both columns)` : folder)).join(', ')}. "Judged by the others": with operating points fitted without that source, as a collection never seen would be judged.`
    : '';

function dataWords(data: TrainingData | undefined): string {
  if (!data) return '';
  const words = sourcesOf(data).map(
    (source) =>
      `${source.folder}${source.kind === 'crops' && source.forge ? ' forged in memory' : ''}${data.kind === 'mixed' ? ` (weight ${source.weight})` : ''}`,
  );
  return `, in every batch ${words.join(', ')}`;
}

const runWords = (run: Omit<Recipe['train'], 'base'>): string =>
  `${run.steps} steps of ${run.batchSize} faces, ${run.optimiser} at ${run.learningRate}, ${run.schedule.kind} schedule, seed ${run.seed}${run.shapeJitter > 0 ? `, faces bent by up to ${run.shapeJitter} of their size` : ''}${dataWords(run.data)}`;

function summaryTable(record: ValidationRecord, clean: ValidationRecord): string[] {
  const row = (name: string, of: (one: ValidationRecord) => string): string =>
    `| ${name} | ${of(record)} | ${of(clean)} |`;
  const area = (name: string) => (one: ValidationRecord) => {
    const stratum = one.strata.find((stratum) => stratum.by === 'forgery' && stratum.name.trim() === name);
    return stratum ? areaText(stratum) : '-';
  };
  return [
    '',
    '| | degraded | as they are |',
    '| --- | --- | --- |',
    row('AUC', (one) => withInterval(one.auc, one.aucInterval)),
    row('AUC, self-blended', area('self-blended')),
    row('AUC, swapped', area('swapped')),
    row('AUC, blended in part', area('blended in part')),
    row('equal error rate', (one) => digits(one.eer)),
    row('genuine called forged', (one) => rateText(one.falselyForged)),
    row('forged called genuine', (one) => rateText(one.falselyGenuine)),
    row('cannot tell', (one) => rateText(one.cannotTell)),
    row('Cllr (0 perfect, 1 says nothing)', (one) => digits(one.calibration.cllr)),
    row('pixel AUC of the difference map', ({ localisation }) =>
      localisation ? withInterval(localisation.pixelAuc, localisation.interval) : '-',
    ),
    ...stabilityRows(record, row),
  ];
}

/** Where the recipe asks for it. */
const stabilityRows = (
  { stability }: ValidationRecord,
  row: (name: string, of: (one: ValidationRecord) => string) => string,
): string[] =>
  stability
    ? [
        ...stabilityGroups(stability).map(([name], i) =>
          row(`leaned wrongly, of those that leaned and ${name}`, ({ stability: one }) =>
            rateText(one && stabilityGroups(one)[i]![1].wrong.of > 0 ? stabilityGroups(one)[i]![1].wrong : null),
          ),
        ),
        row('AUC of the mean over it', ({ stability: one }) =>
          one ? withInterval(one.mean.auc, one.mean.aucInterval) : '-',
        ),
      ]
    : [];

const strataTable = ({ strata }: ValidationRecord): string[] => [
  'Degraded, by stratum:',
  '',
  '| | genuine | forged | AUC | genuine called forged | forged called genuine |',
  '| --- | --- | --- | --- | --- | --- |',
  ...strata.map(
    (one) =>
      `| ${one.by}: ${one.name.trim()} | ${one.genuine} | ${one.forged} | ${areaText(one)} | ${rateText(one.falselyForged)} | ${rateText(one.falselyGenuine)} |`,
  ),
];
