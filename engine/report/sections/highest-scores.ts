// The faces a reader will ask for first: those with the highest raw scores, on the summary's page.
import type { ReportDocument, ReportFace } from '../../../contract/report.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import type { Sheet } from '../sheet.ts';
import { LEANING_WORDS, secondsInWords } from '../wording.ts';

/** Rows of the table; the blocks with pictures show every face. */
const MOST = 12;

/** Where in a video; nothing for a still. */
const timeOf = (face: ReportFace | undefined): string =>
  face === undefined || face.pts === null ? '' : ` at ${secondsInWords(face.timeMs)}`;

export function writeHighestScores(sheet: Sheet, document: ReportDocument): void {
  const names = new Map(document.evidence.map((one) => [one.id, one.relativePath]));
  const faces = new Map(document.faces.map((one) => [one.id, one]));
  const scored = document.verdicts
    .flatMap(({ outcome, evidenceId, faceId }) =>
      outcome.kind === 'scored' && faceId !== null ? [{ outcome, evidenceId, faceId }] : [],
    )
    .sort((a, b) => b.outcome.score - a.outcome.score || a.faceId - b.faceId);
  if (scored.length === 0) return;
  sheet.heading('Highest raw scores', 2);
  const rows = scored
    .slice(0, MOST)
    .map(({ outcome, evidenceId, faceId }) => [
      `${visibleText(names.get(evidenceId) ?? '')}${timeOf(faces.get(faceId))}`,
      String((faces.get(faceId)?.faceIndex ?? 0) + 1),
      outcome.score.toFixed(4),
      outcome.leaning ? LEANING_WORDS[outcome.leaning] : 'no operating points',
    ]);
  sheet.table([0.5, 0.1, 0.15, 0.25], rows, ['File', 'Face', 'Raw score', 'Leaning']);
  if (scored.length > MOST)
    sheet.paragraph(`${MOST} of ${scored.length} scored faces. A high raw score is not by itself a sign of forgery.`);
}
