// Does what the model carries today speak for the verdicts of this report? A model can be
// validated, or validated anew, after faces were scored: those verdicts keep what they were made
// under, and the report must not lend them the later record.
import { KEPT_WORDS, laterRecordWords } from '../../contract/later-record.ts';
import type { Model } from '../../contract/model.ts';
import { recordElsewhereFor, recordElsewhereSentence, WORD_OF_ITS_MAKER } from '../../contract/record-elsewhere.ts';
import type { ReportDocument } from '../../contract/report.ts';
import type { StabilityRow } from '../../contract/stability.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import { NO_LEANING, stabilityRates, thresholdText } from '../../contract/wording.ts';
import { canonicalJson, hashOfValue } from '../files/canonical-json.ts';

/**
 * True where every verdict of the model was made under the operating points and the validation
 * record it has now.
 */
export function isInForce({ parameters }: Pick<ReportDocument, 'parameters'>, model: Model): boolean {
  const record = model.validation && hashOfValue(model.validation);
  return parameters
    .filter(({ modelId }) => modelId === model.id)
    .every(
      ({ operatingPoints, validationSha256 }) =>
        canonicalJson(operatingPoints) === canonicalJson(model.operatingPoints) &&
        (validationSha256 ?? null) === record,
    );
}

/** Said beside the record of a model of which that is not so. */
export const OTHER_RECORD =
  'Some verdicts of this case were made before the model had this validation record and these operating points. They keep what they were made under (see Parameters); the figures printed here are not theirs.';

/** Sentence on calibration for the summary. */
export function calibrationSentence(document: Pick<ReportDocument, 'models' | 'parameters'>): string {
  const { models } = document;
  if (models.length === 0 || models.every((model) => model.validation === null))
    return `${models.length > 1 ? 'No model has a' : 'The model has no'} validation record: scores are raw, uncalibrated, and carry no error rate.`;
  if (models.every((model) => model.validation !== null && isInForce(document, model)))
    return models.length > 1
      ? 'Each model has a validation record; its error rates are printed with it below.'
      : 'The model has a validation record; its error rates are printed with the model below.';
  return 'Not every verdict was made under a validation record that is printed with its model below; where none is named with it, a score is raw, uncalibrated, and carries no error rate.';
}

/**
 * The points a scored verdict was held against, in words; every digit of one is among the
 * parameters.
 */
export function pointsWords(
  document: Pick<ReportDocument, 'parameters'>,
  { leaning }: Extract<VerdictOutcome, { kind: 'scored' }>,
  model: Model,
): string {
  if (leaning === null) return NO_LEANING;
  const { operatingPoints } = model;
  return operatingPoints && isInForce(document, model)
    ? `cannot tell between ${thresholdText(operatingPoints.low)} and ${thresholdText(operatingPoints.high)}`
    : 'operating points as in its parameters';
}

/**
 * How often faces as stable as those of a row leaned wrongly when the model was validated, in a
 * sentence; empty where the record that is printed is not that of the verdicts.
 */
export function stabilityRatesIn(
  document: Pick<ReportDocument, 'models' | 'parameters' | 'recordsElsewhere'>,
): (row: StabilityRow) => string {
  const inForce = new Map(
    document.models
      .filter((model) => isInForce(document, model))
      .map((model) => {
        const measured = model.validation?.stability;
        return [model.id, measured ? { ...measured, elsewhere: isRecordElsewhere(document, model) } : null];
      }),
  );
  return (row) => (inForce.has(row.modelId) ? stabilityRates(row, inForce.get(row.modelId) ?? null) : '');
}

/** Whether the record that is printed with a model is none of the workstation's that wrote the report. */
export const isRecordElsewhere = (
  { recordsElsewhere = [] }: Pick<ReportDocument, 'recordsElsewhere'>,
  { id, validation }: Pick<Model, 'id' | 'validation'>,
): boolean =>
  validation !== null &&
  recordElsewhereFor(recordsElsewhere, { modelId: id, validationSha256: hashOfValue(validation) }) !== undefined;

/** A sentence for each record that is not here; `of` restricts to one model. */
export const recordElsewhereSentences = (
  { recordsElsewhere = [] }: Pick<ReportDocument, 'recordsElsewhere'>,
  of?: Pick<Model, 'id'>,
): string[] =>
  recordsElsewhere
    .filter(({ modelId }) => of === undefined || modelId === of.id)
    .map((one) => `${recordElsewhereSentence(one)} ${WORD_OF_ITS_MAKER}`);

/**
 * A sentence for each record that a model of the case got after its verdicts were made; `of`
 * restricts to one model.
 */
export const laterRecordSentences = (
  { laterRecords = [] }: Pick<ReportDocument, 'laterRecords'>,
  of?: Model,
): string[] =>
  laterRecords
    .filter(({ modelId }) => of === undefined || modelId === of.id)
    .map((one) => `Verdicts of this case by ${one.modelName} were ${laterRecordWords(one)}. ${KEPT_WORDS}`);
