// Report section: how many of each result, and what they may be taken for.
import type { ReportDocument } from '../../../contract/report.ts';
import { calibrationSentence, laterRecordSentences } from '../applicable-validation.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { summaryRows } from '../wording.ts';
import { writeHighestScores } from './highest-scores.ts';
import { NOT_EXAMINED, PENDING_REASON, pendingFiles } from './unscored.ts';

export function writeSummary(sheet: Sheet, document: ReportDocument): void {
  sheet.newPage();
  sheet.heading('Summary');
  const waiting = pendingFiles(document).length;
  const rows: [string, string][] = [
    ...summaryRows(document.verdicts),
    ...(waiting > 0 ? [[NOT_EXAMINED, `${waiting}`] satisfies [string, string]] : []),
  ];
  sheet.table([0.6, 0.2], rows, ['Result of the machine', 'Number']);
  if (waiting > 0)
    sheet.paragraph(`${waiting} of ${document.evidence.length} files: ${PENDING_REASON}`, STYLES.warning);
  sheet.paragraph(calibrationSentence(document));
  for (const sentence of laterRecordSentences(document)) sheet.paragraph(sentence, STYLES.warning);
  sheet.paragraph(
    'The machine’s results and the opinions of examiners are different things and are printed apart. No result of the machine authenticates a picture.',
  );
  const opinions = document.opinions.filter((one) => one.conclusion !== 'withdrawn');
  if (opinions.length > 0)
    sheet.paragraph(`Opinions of examiners recorded: ${opinions.length}. Each stands with its face.`);
  writeHighestScores(sheet, document);
}
