// Report section: how many of each result, and what they may be taken for.
import { calibrationSentence, laterRecordSentences } from '../applicable-validation.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count, summaryRows } from '../wording.ts';
import { writeHighestScores } from './highest-scores.ts';
import { NOT_EXAMINED, PENDING_REASON, pendingFiles } from './unscored.ts';

export async function writeSummary(sheet: Sheet, document: PrintedDocument, index: ReportIndex): Promise<void> {
  sheet.heading('Summary');
  writeCounts(sheet, document, index);
  const byModel = Map.groupBy(document.verdicts, ({ modelId }) => modelId);
  const models = document.models.filter(({ id }) => byModel.has(id));
  for (const { id, name } of models) {
    if (models.length > 1) sheet.heading(`Results of ${name} (${id.slice(0, 12)})`, 2);
    await sheet.table([0.6, 0.2], summaryRows(byModel.get(id)!), ['Result of the machine', 'Number']);
  }
  const waiting = pendingFiles(document).length;
  if (waiting > 0) {
    await sheet.table([0.6, 0.2], [[NOT_EXAMINED, String(waiting)]]);
    sheet.paragraph(`${waiting} of ${count(document.evidence.length, 'file')}: ${PENDING_REASON}`, STYLES.warning);
  }
  sheet.paragraph(calibrationSentence(document));
  for (const sentence of laterRecordSentences(document)) sheet.paragraph(sentence, STYLES.warning);
  for (const model of models) await writeHighestScores(sheet, document, index, model, models.length > 1);
}

function writeCounts(sheet: Sheet, document: PrintedDocument, { standing }: ReportIndex): void {
  sheet.paragraph(
    'The machine’s results and the opinions of examiners are different things and are printed apart. No result of the machine authenticates a picture.',
  );
  if (standing.length > 0)
    sheet.paragraph(
      `${count(standing.length, 'opinion of an examiner stands', 'opinions of examiners stand')}; all of them are in “Opinions of examiners”, whichever faces are shown with pictures.`,
    );
  sheet.paragraph(
    `${count(document.shown.length, 'result is', 'results are')} shown with pictures; all ${count(document.verdicts.length, 'result')} are in “All results”.`,
  );
}
