// Report section: the two propositions a likelihood ratio speaks of, and the words used for its size.
import type { ReportDocument } from '../../../contract/report.ts';
import { DEFAULT_PROPOSITIONS, DEFAULT_VERBAL_SCALE, type VerbalStep } from '../../../contract/report-template.ts';
import type { Sheet } from '../sheet.ts';

/** Words for a log10 likelihood ratio, and the proposition they speak for. */
export function wordsFromRatio(log10: number, scale: readonly VerbalStep[] = DEFAULT_VERBAL_SCALE): string {
  const size = Math.abs(log10);
  const step = scale.filter((one) => one.from <= size).reduce((a, b) => (b.from >= a.from ? b : a), scale[0]!);
  const lowest = scale.every((one) => one.from >= step.from);
  return lowest
    ? step.words
    : `${step.words} for ${log10 > 0 ? 'forged' : 'genuine'} over ${log10 > 0 ? 'genuine' : 'forged'}`;
}

const ratio = (log10: number): string => (log10 === 0 ? '1' : String(Number((10 ** log10).toPrecision(2))));

export function writePropositions(sheet: Sheet, { template, verdicts }: ReportDocument): void {
  const propositions = template?.propositions ?? DEFAULT_PROPOSITIONS;
  const scale = template?.verbalScale ?? DEFAULT_VERBAL_SCALE;
  sheet.heading('Propositions and words');
  sheet.paragraph(`Forged: ${propositions.forged}`);
  sheet.paragraph(`Genuine: ${propositions.genuine}`);
  const calibrated = verdicts.some(({ outcome }) => outcome.kind === 'scored' && outcome.log10LikelihoodRatio !== null);
  sheet.paragraph(
    calibrated
      ? 'A likelihood ratio says how many times more probable the machine’s output is under one proposition than under the other. The words below are used for its size.'
      : 'No verdict in this report carries a likelihood ratio: the scores are raw, and the words below are not applied to them.',
  );
  if (calibrated)
    sheet.table(
      [0.3, 0.7],
      [...scale].sort((a, b) => a.from - b.from).map((one) => [`from ${ratio(one.from)}`, one.words]),
      ['Likelihood ratio', 'Words'],
    );
}
