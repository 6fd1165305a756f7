// Report section: how many of each result, and what they may be taken for.

import { fitnessWarnings } from '../../../contract/fitness.ts';
import type { Model } from '../../../contract/model.ts';
import type { ReportDocument } from '../../../contract/report.ts';
import { exactScoreText, LEANING_WORDS, NO_LEANING } from '../../../contract/wording.ts';
import { calibrationSentence, laterRecordSentences, recordElsewhereSentences } from '../applicable-validation.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count, summaryRows } from '../wording.ts';
import { secondLookSentences } from './models.ts';
import { NOT_EXAMINED, PENDING_REASON, pendingFiles } from './unscored.ts';

export async function writeSummary(sheet: Sheet, document: PrintedDocument, index: ReportIndex): Promise<void> {
  sheet.heading('Summary');
  writeCounts(sheet, document, index);
  const byModel = Map.groupBy(index.results, ({ modelId }) => modelId);
  const models = document.models.filter(({ id }) => byModel.has(id));
  for (const model of models) {
    const { id, name } = model;
    if (models.length > 1) sheet.heading(`Results of ${name} (${id.slice(0, 12)})`, 2);
    // Before the first figure: what says nothing is not to be read as a finding.
    for (const sentence of secondLookSentences(document, model)) sheet.paragraph(sentence);
    for (const warning of fitnessWarnings(model)) sheet.paragraph(warning, STYLES.warning);
    await sheet.table([0.6, 0.2], summaryRows(byModel.get(id)!), ['Result of the machine', 'Number']);
  }
  const waiting = pendingFiles(document).length;
  if (waiting > 0) {
    await sheet.table([0.6, 0.2], [[NOT_EXAMINED, String(waiting)]]);
    sheet.paragraph(`${waiting} of ${count(document.evidence.length, 'file')}: ${PENDING_REASON}`, STYLES.warning);
  }
  sheet.paragraph(calibrationSentence(document));
  for (const sentence of recordElsewhereSentences(document)) sheet.paragraph(sentence, STYLES.warning);
  for (const sentence of laterRecordSentences(document)) sheet.paragraph(sentence, STYLES.warning);
  for (const model of models) await writeHighestScores(sheet, index, model, models.length > 1);
}

function writeCounts(sheet: Sheet, document: PrintedDocument, { standing, results }: ReportIndex): void {
  sheet.paragraph(
    'The machine’s results and the opinions of examiners are different things and are printed apart. No result of the machine authenticates a picture.',
  );
  if (standing.length > 0)
    sheet.paragraph(
      `${count(standing.length, 'opinion of an examiner stands', 'opinions of examiners stand')}; all of them are in “Opinions of examiners”, whichever faces are shown with pictures.`,
    );
  sheet.paragraph(
    `${count(document.shown.length, 'result is', 'results are')} shown with pictures${chosenWords(document)}${shownModelsWords(document)}; ${results.length === 1 ? 'the one result is' : `all ${count(results.length, 'result')} are`} in “All results”.`,
  );
  if (document.notFaces.length > 0)
    sheet.paragraph(
      `${count(document.notFaces.length, 'more find of the machine is', 'more finds of the machine are')} no face by the word of an examiner: in no count and no table of results, and listed in “Opinions of examiners”.`,
    );
}

/** `: those tagged Shortlist`; nothing where every face is shown. */
export function chosenWords({ shownBy, models }: Pick<ReportDocument, 'shownBy' | 'models'>): string {
  if (!shownBy) return '';
  const { tags, otherwise, modelId } = shownBy;
  const name = modelId && (models.find(({ id }) => id === modelId)?.name ?? modelId.slice(0, 12));
  const by = [
    tags.length > 0 ? `those tagged ${tags.join(' or ')}` : otherwise ? 'those of a filter' : 'those',
    ...(tags.length > 0 && otherwise ? ['that a filter shows'] : []),
    ...(name ? [`by ${name} alone`] : []),
  ];
  return `: ${by.join(' ')}`;
}

/**
 * `, each face by one result: 3 of A (0123456789ab), 1 of B (ba9876543210)`; nothing in a case that one model looked at, and where one
 * was chosen.
 */
export function shownModelsWords({
  shownBy,
  shown,
  verdicts,
  models,
}: Pick<PrintedDocument, 'shownBy' | 'shown' | 'verdicts' | 'models'>): string {
  const judged = new Set(verdicts.map(({ modelId }) => modelId));
  if (judged.size < 2 || shown.length === 0 || shownBy?.modelId) return '';
  const modelOf = new Map(verdicts.map(({ id, modelId }) => [id, modelId]));
  const numbers = Map.groupBy(shown, (id) => modelOf.get(id));
  const named = models.flatMap(({ id, name }) => {
    const n = numbers.get(id)?.length ?? 0;
    return n > 0 ? [`${n.toLocaleString('en-US')} of ${name} (${id.slice(0, 12)})`] : [];
  });
  return `, each face by one result: ${named.join(', ')}`;
}

/** Rows of the table; the blocks with pictures show every face. */
const MOST = 12;

/** The faces a reader will ask for first. */
async function writeHighestScores(sheet: Sheet, index: ReportIndex, model: Model, named: boolean): Promise<void> {
  const scored = index.results
    .flatMap(({ outcome, evidenceId, faceId, modelId }) =>
      modelId === model.id && outcome.kind === 'scored' && faceId !== null ? [{ outcome, evidenceId, faceId }] : [],
    )
    .sort((a, b) => b.outcome.score - a.outcome.score || a.faceId - b.faceId);
  if (scored.length === 0) return;
  sheet.heading(`Highest raw scores${named ? ` of ${model.name} (${model.id.slice(0, 12)})` : ''}`, 2);
  const rows = scored
    .slice(0, MOST)
    .map(({ outcome, ...subject }) => [
      index.nameOf(subject),
      exactScoreText(outcome.score),
      outcome.leaning ? LEANING_WORDS[outcome.leaning] : NO_LEANING,
    ]);
  await sheet.table([0.6, 0.15, 0.25], rows, ['File and face', 'Raw score', 'Leaning']);
  sheet.paragraph(
    `${Math.min(MOST, scored.length)} of ${count(scored.length, 'scored face')}. A high raw score is not by itself a sign of forgery.`,
  );
}
