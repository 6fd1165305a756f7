// Report section: the two propositions a likelihood ratio speaks of, and the words used for its
// size.
import type { ReportDocument } from '../../../contract/report.ts';
import { DEFAULT_PROPOSITIONS, DEFAULT_VERBAL_SCALE } from '../../../contract/report-template.ts';
import type { Sheet } from '../sheet.ts';

const ratio = (log10: number): string => (log10 === 0 ? '1' : String(Number((10 ** log10).toPrecision(2))));

export async function writePropositions(
  sheet: Sheet,
  { template, verdicts }: Pick<ReportDocument, 'template' | 'verdicts'>,
): Promise<void> {
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
    await sheet.table(
      [0.3, 0.7],
      [...scale].sort((a, b) => a.from - b.from).map((one) => [`from ${ratio(one.from)}`, one.words]),
      ['Likelihood ratio', 'Words'],
    );
}
