// Report section: every file and face without a score, each with its reason.
import type { Evidence } from '../../../contract/evidence.ts';
import type { ReportDocument } from '../../../contract/report.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import type { Sheet } from '../sheet.ts';
import { KIND_WORDS, whichFaceInWords, wordsFromOutcome } from '../wording.ts';

export const NOT_EXAMINED = 'Not examined yet';
export const PENDING_REASON =
  'taken in, and not examined to the end: the scan is still running or was stopped. Nothing follows about what is in there.';

/** Files that no scan has examined to the end. They have no verdict, and must not be missing where files without a score are listed. */
export const pendingFiles = ({ evidence }: ReportDocument): Evidence[] =>
  evidence.filter(({ state }) => state.kind === 'pending');

export function writeUnscored(sheet: Sheet, document: ReportDocument): void {
  const evidence = new Map(document.evidence.map((one) => [one.id, one]));
  const faces = new Map(document.faces.map((one) => [one.id, one]));
  const rows = document.verdicts
    .filter((one) => one.outcome.kind !== 'scored')
    .map((one) => [
      `${visibleText(evidence.get(one.evidenceId)!.relativePath)}${one.faceId === null ? '' : whichFaceInWords(faces.get(one.faceId)!)}`,
      KIND_WORDS[one.outcome.kind],
      wordsFromOutcome(one.outcome),
    ]);
  rows.push(...pendingFiles(document).map((one) => [visibleText(one.relativePath), NOT_EXAMINED, PENDING_REASON]));
  sheet.newPage();
  sheet.heading('Not scored');
  if (document.evidence.length === 0) sheet.paragraph('The case has no file.');
  else if (rows.length === 0) sheet.paragraph('Every file had a face, and every face was scored.');
  else sheet.table([0.32, 0.18, 0.5], rows, ['File', 'Result', 'Reason']);
}
