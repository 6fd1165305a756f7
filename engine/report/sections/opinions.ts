// Report section: what the examiners say. Every opinion that stands with its reason, and how far
// examiners agree; the machine is no party here.
import type { FaceId } from '../../../contract/brand.ts';
import type { Conclusion, Opinion } from '../../../contract/opinion.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { CONCLUSION_WORDS, COUNTED_ONCE, differingWords } from '../../../contract/wording.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count } from '../wording.ts';

export async function writeOpinions(sheet: Sheet, document: PrintedDocument, index: ReportIndex): Promise<void> {
  sheet.heading('Opinions of examiners');
  if (!document.opinionsIncluded) {
    sheet.paragraph('Opinions of examiners are left out of this report.', STYLES.warning);
    await writeNoFaces(sheet, unnamedNoFaces(document, index));
    return;
  }
  if (index.standing.length === 0) sheet.paragraph('No opinion of an examiner stands.');
  else await writeStanding(sheet, document, index);
  await writeNotes(sheet, document, index);
  if (document.opinions.length > index.standing.length)
    sheet.paragraph(
      `${count(document.opinions.length, 'entry was', 'entries were')} made in all, later changes, withdrawals and notes included: every one is in the attached report.json and in the log of the case.`,
      STYLES.small,
    );
}

async function writeStanding(sheet: Sheet, document: PrintedDocument, index: ReportIndex): Promise<void> {
  writeAgreement(sheet, document);
  await writePairs(sheet, document);
  await writeDisagreements(sheet, document, index);
  const onFaces = index.standing.filter((one) => !index.isNoFace(one));
  const onNone = index.standing.length - onFaces.length;
  if (onFaces.length > 0) {
    sheet.heading(onNone === 0 ? 'All opinions that stand' : 'Opinions that stand', 2);
    if (onNone > 0)
      sheet.paragraph(
        `${count(onFaces.length, 'opinion')} of ${index.standing.length}; the other ${count(onNone, 'is', 'are')} under “Said to be no face” below.`,
      );
    await sheet.table(COLUMNS, rowsOf(onFaces, index), TITLES, { head: STYLES.strong });
  }
  await writeNoFaces(sheet, rowsOf(index.standing.filter(index.isNoFace), index));
}

/** Remarks without an opinion: all of them, in the order given. */
async function writeNotes(sheet: Sheet, { opinions }: PrintedDocument, index: ReportIndex): Promise<void> {
  const notes = opinions.filter(({ conclusion }) => conclusion === 'note');
  if (notes.length === 0) return;
  sheet.heading('Notes without an opinion', 2);
  await sheet.table(
    [0.34, 0.15, 0.51],
    notes.map((one) => [index.nameOf(one), one.examinerName, `${one.note}\n${one.givenAt}`]),
    ['On', 'Examiner', 'Note, and when made (UTC)'],
    { head: STYLES.strong },
  );
}

const COLUMNS = [0.34, 0.15, 0.12, 0.39];
const TITLES = ['On', 'Examiner', 'Opinion', 'Reason, and when given (UTC)'];

const rowsOf = (opinions: readonly Opinion[], index: ReportIndex): string[][] =>
  opinions.map((one) => [
    index.nameOf(one),
    one.examinerName,
    `${CONCLUSION_WORDS[one.conclusion]}${howGiven(one, index)}`,
    `${one.note || 'no reason given'}\n${one.givenAt}`,
  ]);

/** Faces that are none, where nobody's opinion is printed. */
const unnamedNoFaces = ({ notFaces }: PrintedDocument, index: ReportIndex): string[][] =>
  notFaces.flatMap((id: FaceId) => {
    const face = index.faces.get(id);
    return face ? [[index.nameOf({ evidenceId: face.evidenceId, faceId: id }), 'left out', 'not a face', '']] : [];
  });

/**
 * What the finder took for a face and an examiner says is none stands here and in no count and no
 * table of results.
 */
async function writeNoFaces(sheet: Sheet, rows: string[][]): Promise<void> {
  if (rows.length === 0) return;
  sheet.heading('Said to be no face', 2);
  sheet.paragraph('The machine took these for faces. Its results on them are in no count and no table of this report.');
  await sheet.table(COLUMNS, rows, TITLES, { head: STYLES.strong });
}

/** `, score hidden`, `, score seen (said blind before: forged)`, `, second review`. */
export const howGiven = (one: Opinion, index: Pick<ReportIndex, 'saidBlind'>): string =>
  [one.blind ? 'score hidden' : changedWords(index.saidBlind(one)), one.secondReview ? 'second review' : '']
    .filter(Boolean)
    .map((one) => `, ${one}`)
    .join('');

const changedWords = (saidBlind: Conclusion | undefined): string =>
  saidBlind === undefined ? '' : `score seen (said blind before: ${CONCLUSION_WORDS[saidBlind]})`;

function writeAgreement(sheet: Sheet, { agreement, otherSpellings = [] }: PrintedDocument): void {
  sheet.paragraph(
    `${count(agreement.opinions, 'opinion stands', 'opinions stand')} on ${count(agreement.subjects, 'face or file', 'faces and files')}; ${agreement.reviewed} of these ${agreement.reviewed === 1 ? 'was' : 'were'} reviewed by a second examiner. ${count(agreement.blind, 'opinion was', 'opinions were')} given while the machine’s score and the opinions of others were hidden. ${COUNTED_ONCE}`,
  );
  for (const { examiner, spellings } of otherSpellings)
    sheet.paragraph(
      visibleText(
        `${examiner} is also spelled ${spellings.map((one) => `“${one}”`).join(', ')} in the log of the case: one person.`,
      ),
    );
}

async function writePairs(sheet: Sheet, { agreement }: PrintedDocument): Promise<void> {
  if (agreement.pairs.length === 0) return;
  await sheet.table(
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
}

async function writeDisagreements(sheet: Sheet, { agreement }: PrintedDocument, index: ReportIndex): Promise<void> {
  if (agreement.disagreements.length === 0) return;
  await sheet.table(
    [0.4, 0.6],
    agreement.disagreements.map((one) => [index.nameOf(one), one.conclusions.map(differingWords).join('\n')]),
    ['Examiners differ on', 'Opinions'],
  );
}
