// Report section: is the record whole? What was last verified, made again, and found altered.
import type { ReportDocument, StandingReruns } from '../../../contract/report.ts';
import type { RerunResult } from '../../../contract/rerun.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count } from '../wording.ts';

/** Words for the results of a rerun, in the order printed. */
const RERUN_WORDS: Readonly<Record<RerunResult, string>> = {
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
  if (checks.clockSetBack) sheet.paragraph(clockSentence(checks.clockSetBack), STYLES.warning);
  sheet.paragraph(verifiedSentence(checks.verified));
  if (checks.verified && checks.verified.problems.length > 0)
    await sheet.table(
      [0.18, 0.3, 0.26, 0.26],
      checks.verified.problems.map((one) => [one.kind, one.subject, one.expected, one.found]),
      ['Problem', 'Subject', 'Expected', 'Found'],
    );
  sheet.paragraph(rerunSentence(checks.rerun));
  await writeDiffering(sheet, checks.rerun?.standing);
  if (checks.stability) sheet.paragraph(stabilityRunsSentence(checks.stability));
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

function clockSentence({ times, seq, at, before }: NonNullable<ReportDocument['checks']['clockSetBack']>): string {
  const first = times === 1 ? `before entry ${seq}` : `${times} times, first before entry ${seq}`;
  return `The clock of the machine was set back ${first}, from ${before} to ${at}. Times in this report are what the clock said; the order is that of the entries.`;
}

function verifiedSentence(verified: ReportDocument['checks']['verified']): string {
  if (!verified) return 'The case was not verified (evidence and derived files re-hashed) before this report.';
  const { at, problems, remarks, elsewhere } = verified;
  if (elsewhere) {
    const said = problems.length > 0 ? `with ${count(problems.length, 'problem')}` : 'without a problem';
    return `The case was not verified here before this report. Its log has a verification at ${at}, ${said}, by another installation or an earlier version.`;
  }
  if (problems.length > 0)
    return [`Verified at ${at}: ${problems.length} things were not as recorded.`, ...remarks].join(' ');
  return remarks.length > 0
    ? [`Verified at ${at}: what was looked at was as recorded.`, ...remarks].join(' ')
    : `Verified at ${at}: every evidence file, derived file, verdict and opinion was as recorded.`;
}

/** What the repetitions of results came to. */
export function rerunSentence(rerun: ReportDocument['checks']['rerun']): string {
  if (!rerun) return 'No result was repeated before this report.';
  const { standing } = rerun;
  const { counts } = standing ?? rerun;
  const words = Object.entries(RERUN_WORDS).map(([result, one]) => `${counts[result as RerunResult] ?? 0} ${one}`);
  const hash = `SHA-256 of the comparison ${rerun.rowsSha256}.`;
  if (!standing) return `Results repeated from their recorded parameters at ${rerun.at}: ${words.join(', ')}. ${hash}`;
  const { results, repeated, reruns, interrupted, notAsRecorded } = standing;
  return [
    `${repeated} of ${count(results, 'result')} repeated from their recorded parameters, each by its latest repetition: ${words.join(', ')}.`,
    `${count(reruns, 'rerun')}, the latest at ${rerun.at}. ${hash}`,
    ...(interrupted > 0
      ? [`${count(interrupted, 'rerun')} did not come to an end and counts for as far as it came.`]
      : []),
    ...(notAsRecorded > 0
      ? [`The rows of ${count(notAsRecorded, 'rerun')} are not those that the log has; none of them is counted.`]
      : []),
  ].join(' ');
}

/** How often stability was measured, and whether all of it is in the report. */
export function stabilityRunsSentence({
  runs,
  notAsRecorded,
  elsewhere,
}: NonNullable<ReportDocument['checks']['stability']>): string {
  return [
    `Stability was measured in ${count(runs, 'run')}; of each result the latest is printed.`,
    ...(elsewhere > 0
      ? [`${count(elsewhere, 'run')} of them ended elsewhere, before this case was unpacked here, and is marked so.`]
      : []),
    ...(notAsRecorded > 0
      ? [`The rows of ${count(notAsRecorded, 'run')} are not those that the log has; none of them is printed.`]
      : []),
  ].join(' ');
}

/** Results that differed at any repetition, whatever a later one came to. */
async function writeDiffering(sheet: Sheet, standing: StandingReruns | undefined): Promise<void> {
  if (!standing || standing.differed === 0) return;
  const { differed, differing } = standing;
  const more = differed > differing.length ? ` The first ${differing.length} of them:` : '';
  sheet.paragraph(`${count(differed, 'result')} came out different when repeated.${more}`, STYLES.warning);
  await sheet.table(
    [0.12, 0.4, 0.08, 0.2, 0.2],
    differing.map(({ verdictId, relativePath, face, differedAt, latest }) => [
      String(verdictId),
      visibleText(relativePath),
      face === null ? '–' : String(face),
      differedAt,
      RERUN_WORDS[latest],
    ]),
    ['Result', 'File', 'Face', 'Differed (UTC)', 'At the latest'],
  );
}
