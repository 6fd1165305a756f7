// Report section: every file and face without a score, each with its reason.

import type { Evidence } from '../../../contract/evidence.ts';
import type { Verdict } from '../../../contract/verdict.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { outcomeWords } from '../wording.ts';

export const NOT_EXAMINED = 'Not examined yet';
export const PENDING_REASON =
  'taken in, and not examined to the end: the scan is still running or was stopped. Nothing follows about what is in there.';

/**
 * Files that no scan has examined to the end. They have no verdict, and must not be missing where
 * files without a score are listed.
 */
export const pendingFiles = ({ evidence }: Pick<PrintedDocument, 'evidence'>): Evidence[] =>
  evidence.filter(({ state }) => state.kind === 'pending');

export async function writeUnscored(sheet: Sheet, document: PrintedDocument, index: ReportIndex): Promise<void> {
  sheet.heading('Not scored');
  const unscored = index.results.filter((one) => one.outcome.kind !== 'scored');
  const pending = pendingFiles(document);
  if (document.evidence.length === 0) sheet.paragraph('The case has no file.');
  else if (unscored.length + pending.length === 0) sheet.paragraph('Every file had a face, and every face was scored.');
  else
    await sheet.table([0.36, 0.18, 0.46], rowsOf(unscored, pending, index), ['File and face', 'Result', 'Reason'], {
      style: STYLES.dense,
      head: STYLES.denseHead,
    });
}

function* rowsOf(unscored: readonly Verdict[], pending: readonly Evidence[], index: ReportIndex): Generator<string[]> {
  for (const one of unscored) {
    yield [index.nameOf(one), index.labelOf(one), outcomeWords(one.outcome, { leftOut: index.leftOutOf(one) })];
  }
  for (const one of pending) yield [visibleText(one.shownPath), NOT_EXAMINED, PENDING_REASON];
}
