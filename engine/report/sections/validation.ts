// Report section: what the model was measured to do, by group, how its scores were calibrated, and
// where it was measured at all.
import type { Model } from '../../../contract/model.ts';
import type { PartFigures, Rate, Stratum, ValidationRecord } from '../../../contract/validation.ts';
import { plotsFromRecord } from '../../../contract/validation-plots.ts';
import { MEASURE_WORDS, meanSentences, stabilityGroups, togetherWords } from '../../../contract/wording.ts';
import { isRecordElsewhere, recordElsewhereSentences } from '../applicable-validation.ts';
import { drawPlot, plotHeight } from '../draw-plot.ts';
import type { PrintedDocument } from '../report-document.ts';
import { type Sheet, STYLES } from '../sheet.ts';

const digits = (value: number): string => value.toFixed(3);
const withInterval = (value: number, [low, high]: readonly [number, number]): string =>
  `${digits(value)} (${digits(low)} to ${digits(high)})`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const inPercent = (value: number, [low, high]: readonly [number, number]): string =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`;
const rateWords = (rate: Rate | null): string =>
  rate ? `${rate.count} of ${rate.of}\n${inPercent(rate.rate, rate.interval)}` : 'not applicable';

/** Writes nothing but a sentence for a model without a record. */
export async function writeValidation(
  sheet: Sheet,
  model: Model,
  document: Pick<PrintedDocument, 'recordsElsewhere'>,
): Promise<void> {
  const { name, validation } = model;
  sheet.heading(`Validation of ${name}`);
  if (!validation) {
    sheet.paragraph(
      'There is no validation record: scores are raw, and carry no error rate, leaning or likelihood ratio.',
    );
    return;
  }
  // Before the first figure: whose word they are.
  if (isRecordElsewhere(document, model))
    for (const sentence of recordElsewhereSentences(document, model)) sheet.paragraph(sentence, STYLES.warning);
  sheet.paragraph(
    `Measured ${validation.madeAt} on ${validation.dataset}: ${validation.genuine} genuine and ${validation.forged} forged faces of ${validation.sources} persons or videos. 95 % intervals, resampled by person or video. Calibration was tested on data that it was not fitted to.`,
  );
  await sheet.table([0.32, 0.68], figures(validation));
  writePlots(sheet, validation);
  const { strata, domain } = validation;
  const rows = [...strata, ...(domain ? [domain.inside, domain.outside] : [])].map(rowFromStratum);
  await sheet.table([0.27, 0.13, 0.2, 0.2, 0.2], rows, [
    'Group',
    'Faces',
    'AUC',
    'Genuine called forged',
    'Forged called genuine',
  ]);
  await writeParts(sheet, validation);
  await writeStability(sheet, validation);
  if (domain) await sheet.table([0.32, 0.68], limitRows(domain.limits), ['Scored within', 'Limits']);
  for (const { reason, count } of validation.notScored)
    sheet.paragraph(`${count} not scored: ${reason}.`, STYLES.small);
  for (const remark of validation.remarks) sheet.paragraph(remark, STYLES.small);
}

function figures(record: ValidationRecord): [string, string][] {
  const { calibration: c, localisation } = record;
  return [
    ['Area under the ROC curve', withInterval(record.auc, record.aucInterval)],
    ['Equal error rate', `${percent(record.eer)} at raw score ${digits(record.eerThreshold)}`],
    ['Genuine faces that leaned to forged', rateWords(record.falselyForged)],
    ['Forged faces that leaned to genuine', rateWords(record.falselyGenuine)],
    ['Faces of which it could not tell: no rate of error above counts them as decided', rateWords(record.cannotTell)],
    [
      'Calibration',
      `logistic, slope ${digits(c.slope)}, intercept ${digits(c.intercept)}; Cllr ${digits(c.cllr)}, at best ${digits(c.cllrMin)}, in ${c.folds} folds`,
    ],
    [
      'Bounds of log10 likelihood ratios',
      `${c.bounds[0].toFixed(2)} to ${c.bounds[1].toFixed(2)}: what this many faces can support`,
    ],
    ...(localisation
      ? ([
          [
            'Difference map against what was changed',
            `pixel AUC ${withInterval(localisation.pixelAuc, localisation.interval)} on ${localisation.faces} faces`,
          ],
        ] as [string, string][])
      : []),
    ['Digest of the set', record.datasetSha256],
  ];
}

/** Of a composite: each part by itself on the same faces, then the whole; how the errors go together. */
async function writeParts(sheet: Sheet, record: ValidationRecord): Promise<void> {
  const { parts, calibration, auc, aucInterval, eer } = record;
  if (!parts) return;
  const row = (name: string, one: Pick<PartFigures, 'auc' | 'aucInterval' | 'eer' | 'cllr' | 'cllrMin'>): string[] => [
    name,
    digits(one.cllr),
    digits(one.cllrMin),
    percent(one.eer),
    withInterval(one.auc, one.aucInterval),
  ];
  await sheet.table(
    [0.32, 0.13, 0.13, 0.14, 0.28],
    [...parts.of.map((one) => row(one.name, one)), row('Fused', { ...calibration, auc, aucInterval, eer })],
    ['On the same faces', 'Cllr', 'At best', 'Equal error rate', 'AUC'],
  );
  for (const pair of parts.together) {
    const [first, second] = [parts.of[pair.first]!, parts.of[pair.second]!];
    sheet.paragraph(`${first.name} and ${second.name}: ${togetherWords(pair)}.`, STYLES.small);
  }
}

/** Of those that leaned: how often the stable ones leaned wrongly, and how often the others. */
async function writeStability(sheet: Sheet, { stability }: ValidationRecord): Promise<void> {
  if (!stability) return;
  const rows = stabilityGroups(stability).map(([name, { wrong, falselyForged, falselyGenuine }]) => [
    name,
    rateWords(wrong.of > 0 ? wrong : null),
    rateWords(falselyForged),
    rateWords(falselyGenuine),
  ]);
  await sheet.table([0.31, 0.23, 0.23, 0.23], rows, [
    'Faces that leaned and',
    'Leaned wrongly',
    'Genuine called forged',
    'Forged called genuine',
  ]);
  sheet.paragraph(meanSentences(stability), STYLES.small);
}

function writePlots(sheet: Sheet, record: ValidationRecord): void {
  const plots = plotsFromRecord(record);
  const gap = 14;
  const width = (sheet.width - gap * (plots.length - 1)) / plots.length;
  const height = Math.max(...plots.map((plot) => plotHeight(plot, width)));
  sheet.ensure(height + 12);
  plots.forEach((plot, i) => {
    drawPlot(sheet, plot, sheet.left + i * (width + gap), sheet.y, width);
  });
  sheet.y += height + 12;
}

const rowFromStratum = (stratum: Stratum): string[] => [
  `${stratum.by}: ${stratum.name.trim()}`,
  `${stratum.genuine} genuine\n${stratum.forged} forged`,
  stratum.auc !== null && stratum.aucInterval ? withInterval(stratum.auc, stratum.aucInterval) : 'too few',
  rateWords(stratum.falselyForged),
  rateWords(stratum.falselyGenuine),
];

const limitRows = (limits: NonNullable<ValidationRecord['domain']>['limits']): [string, string][] =>
  limits.map(({ measure, low, high }) => [
    MEASURE_WORDS[measure],
    [low === null ? '' : `from ${low}`, high === null ? '' : `up to ${high}`].filter(Boolean).join(' ') || 'any',
  ]);
