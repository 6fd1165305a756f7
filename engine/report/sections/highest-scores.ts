// The faces a reader will ask for first: those with the highest raw scores, on the summary's page.
import type { Model } from '../../../contract/model.ts';
import { LEANING_WORDS, NO_LEANING } from '../../../contract/wording.ts';
import type { ReportIndex } from '../report-index.ts';
import type { Sheet } from '../sheet.ts';
import { count } from '../wording.ts';

/** Rows of the table; the blocks with pictures show every face. */
const MOST = 12;

export async function writeHighestScores(
  sheet: Sheet,
  index: ReportIndex,
  model: Model,
  named: boolean,
): Promise<void> {
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
      outcome.score.toFixed(4),
      outcome.leaning ? LEANING_WORDS[outcome.leaning] : NO_LEANING,
    ]);
  await sheet.table([0.6, 0.15, 0.25], rows, ['File and face', 'Raw score', 'Leaning']);
  sheet.paragraph(
    `${Math.min(MOST, scored.length)} of ${count(scored.length, 'scored face')}. A high raw score is not by itself a sign of forgery.`,
  );
}
