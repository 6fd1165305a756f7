// Report section: who reviewed whom, and how far they agree. Opinions of people only; the machine is no party here.
import type { ReportDocument } from '../../../contract/report.ts';
import type { Sheet } from '../sheet.ts';
import { CONCLUSION_WORDS } from '../wording.ts';

export function writeAgreement(sheet: Sheet, { agreement, faces }: ReportDocument): void {
  if (agreement.opinions === 0) return;
  sheet.heading('Opinions of examiners');
  sheet.paragraph(
    `${agreement.opinions} opinions stand on ${agreement.subjects} faces and files; ${agreement.reviewed} of these were reviewed by a second examiner. ${agreement.blind} opinions were given while the machine’s score and the opinions of others were hidden.`,
  );
  if (agreement.pairs.length > 0)
    sheet.table(
      [0.3, 0.3, 0.14, 0.13, 0.13],
      agreement.pairs.map((one) => [
        one.first,
        one.second,
        String(one.both),
        String(one.same),
        one.kappa === null ? 'not defined' : one.kappa.toFixed(2),
      ]),
      ['Examiner', 'Examiner', 'Both', 'Same', 'Kappa'],
    );
  if (agreement.disagreements.length === 0) return;
  const faceNumber = new Map(faces.map((face) => [face.id, face.faceIndex + 1]));
  sheet.table(
    [0.4, 0.6],
    agreement.disagreements.map((one) => [
      one.faceId === null ? one.relativePath : `${one.relativePath}, face ${faceNumber.get(one.faceId) ?? '?'}`,
      one.conclusions
        .map((given) => `${given.examiner}: ${CONCLUSION_WORDS[given.conclusion]}${given.blind ? ' (blind)' : ''}`)
        .join('\n'),
    ]),
    ['Examiners differ on', 'Opinions'],
  );
}
