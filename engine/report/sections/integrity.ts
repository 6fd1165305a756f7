// Report section: is the record whole? What was last verified, made again, and found altered.
import type { ReportDocument } from '../../../contract/report.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { type Sheet, STYLES } from '../sheet.ts';

/** Words for the results of a rerun, in the order printed. */
const RERUN_WORDS: Readonly<Record<string, string>> = {
  identical: 'bit-identical',
  withinTolerance: 'within the stated tolerance',
  different: 'different',
  notPossible: 'could not be repeated',
};

export async function writeIntegrity(
  sheet: Sheet,
  { checks, evidence, auditHead, firstEntry }: Pick<ReportDocument, 'checks' | 'evidence' | 'auditHead' | 'firstEntry'>,
): Promise<void> {
  sheet.heading('Integrity');
  sheet.paragraph(
    `The audit log holds ${auditHead?.seq ?? 0} entries up to the content of this report. Each is hashed together with the one before it; the last hash is ${auditHead?.hash ?? 'none'}, that of the first entry ${firstEntry ?? 'none'}.`,
  );
  sheet.paragraph(verifiedSentence(checks.verified));
  if (checks.verified && checks.verified.problems.length > 0)
    await sheet.table(
      [0.18, 0.3, 0.26, 0.26],
      checks.verified.problems.map((one) => [one.kind, one.subject, one.expected, one.found]),
      ['Problem', 'Subject', 'Expected', 'Found'],
    );
  sheet.paragraph(rerunSentence(checks.rerun));
  const altered = evidence.flatMap((one) =>
    one.alterations.map((change) => [visibleText(one.shownPath), change.kind, change.noticedAt, change.found]),
  );
  if (altered.length === 0) {
    sheet.paragraph('No evidence file was ever found changed or missing since it was taken in.');
    return;
  }
  sheet.paragraph(
    'Evidence files found changed or missing after they were taken in. The verdicts were made on the files as taken in.',
    STYLES.warning,
  );
  await sheet.table([0.28, 0.1, 0.22, 0.4], altered, ['File', 'Finding', 'Noticed (UTC)', 'Found']);
}

function verifiedSentence(verified: ReportDocument['checks']['verified']): string {
  if (!verified) return 'The case was not verified (evidence and derived files re-hashed) before this report.';
  const { at, problems, remarks } = verified;
  if (problems.length > 0)
    return [`Verified at ${at}: ${problems.length} things were not as recorded.`, ...remarks].join(' ');
  return remarks.length > 0
    ? [`Verified at ${at}: what was looked at was as recorded.`, ...remarks].join(' ')
    : `Verified at ${at}: every evidence file, derived file, verdict and opinion was as recorded.`;
}

function rerunSentence(rerun: ReportDocument['checks']['rerun']): string {
  if (!rerun) return 'No result was repeated before this report.';
  const counts = Object.entries(RERUN_WORDS).map(([result, words]) => `${rerun.counts[result] ?? 0} ${words}`);
  return `Results repeated from their recorded parameters at ${rerun.at}: ${counts.join(', ')}. SHA-256 of the comparison ${rerun.rowsSha256}.`;
}
