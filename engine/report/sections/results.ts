// Report section: every result, file by file and face by face, for each model apart. Whoever gets
// pictures, here nothing is missing.
import type { Verdict } from '../../../contract/verdict.ts';
import { CONCLUSION_WORDS, exactScoreText, LEANING_WORDS, NO_LEANING } from '../../../contract/wording.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count } from '../wording.ts';

export async function writeResults(sheet: Sheet, document: PrintedDocument, index: ReportIndex): Promise<void> {
  sheet.newPage();
  sheet.heading('All results');
  sheet.paragraph(
    'A result is what one model says of one face, or why it says nothing. log10 LR: the calibrated likelihood ratio of forged over genuine as a power of ten, where the model is calibrated. Reasons of results without a score are in the table after this one.',
  );
  const byModel = Map.groupBy(index.results, ({ modelId }) => modelId);
  if (byModel.size === 0) sheet.paragraph('There is no result.');
  for (const model of document.models) {
    const verdicts = byModel.get(model.id);
    if (!verdicts) continue;
    sheet.heading(`Model ${model.name} (${model.id.slice(0, 12)}): ${count(verdicts.length, 'result')}`, 2);
    const tagged = document.tags !== undefined;
    await sheet.table(
      tagged ? [0.32, 0.06, 0.18, 0.08, 0.08, 0.16, 0.12] : [0.38, 0.06, 0.2, 0.08, 0.08, 0.2],
      rowsOf(verdicts, index, tagged),
      [
        ...['File and face', 'Size, px', 'Result', 'Raw score', 'log10 LR', 'Opinions of examiners'],
        ...(tagged ? ['Tags (no opinions)'] : []),
      ],
      { style: STYLES.dense, head: STYLES.denseHead },
    );
  }
}

/** `tagged`: with a column of tags. */
function* rowsOf(verdicts: readonly Verdict[], index: ReportIndex, tagged: boolean): Generator<string[]> {
  for (const verdict of verdicts)
    yield [...rowOf(verdict, index), ...(tagged ? [index.tagsOn(verdict).join('; ') || '–'] : [])];
}

function rowOf(verdict: Verdict, index: ReportIndex): string[] {
  const { outcome, faceId } = verdict;
  const face = faceId === null ? undefined : index.faces.get(faceId);
  const scored = outcome.kind === 'scored' ? outcome : undefined;
  const ratio = scored?.log10LikelihoodRatio;
  return [
    index.nameOf(verdict),
    face ? face.quality.sizePx.toFixed(0) : '–',
    scored ? (scored.leaning ? LEANING_WORDS[scored.leaning] : NO_LEANING) : index.labelOf(verdict),
    scored ? exactScoreText(scored.score) : '–',
    ratio === null || ratio === undefined ? '–' : ratio.toFixed(2),
    index
      .standingOn(verdict)
      .map((one) => `${one.examinerName}: ${CONCLUSION_WORDS[one.conclusion]}${index.onTrack(one)}`)
      .join('; ') || '–',
  ];
}
