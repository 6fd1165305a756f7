// Report section: the cover, with the laboratory's logo and what the report is of.
import sharp from 'sharp';
import { visibleText } from '../../../contract/visible-text.ts';
import { DEMONSTRATION_NOTICE, notExaminedWords } from '../../../contract/wording.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count, isDemonstration, REDACTION_NOTICE } from '../wording.ts';
import { filesWords } from './equal-files.ts';
import { pendingFiles } from './unscored.ts';

/** Height kept for a laboratory's logo above the title, points. */
const LOGO_HEIGHT = 56;

/** Pixels of a logo: printed, it is a few centimetres wide. */
const LARGEST_LOGO = 16e6;

/**
 * The logo, decoded and written anew as PNG: what came in as a file of someone else's making does
 * not go out.
 */
async function writeLogo(sheet: Sheet, template: PrintedDocument['template']): Promise<void> {
  if (template?.logo) {
    const options = { limitInputPixels: LARGEST_LOGO };
    const png = await sharp(Buffer.from(template.logo, 'base64'), options)
      .flatten({ background: '#fff' })
      .png()
      .toBuffer();
    const size: [number, number] = [sheet.width / 2, LOGO_HEIGHT];
    sheet.tagged(
      'Figure',
      () => sheet.doc.image(png, sheet.left, 48, { fit: size }),
      `Logo of ${template.organisation}`,
    );
  }
  if (!template?.address) return;
  sheet.y = 48;
  const left = sheet.left + sheet.width * 0.6;
  sheet.paragraph(template.address, STYLES.small, sheet.width * 0.4, left);
}

/** Not every opinion needs a reason: the cover promises none that is not there. */
export function standingWords({ standing }: { standing: readonly { note: string }[] }): string {
  const reasoned = standing.filter(({ note }) => note.trim() !== '').length;
  const reasons = reasoned === 0 ? 'none' : reasoned === standing.length ? 'each' : String(reasoned);
  return `${count(standing.length, 'opinion stands', 'opinions stand')} in this report, ${reasons} with a reason`;
}

export async function writeCover(sheet: Sheet, document: PrintedDocument, index: ReportIndex): Promise<void> {
  await writeLogo(sheet, document.template);
  sheet.y = 130;
  sheet.paragraph('Examination of faces for signs of forgery', STYLES.h2);
  sheet.title(document.title);
  sheet.y += 6;
  sheet.rule();
  const rows: [string, string][] = [
    ['Reference', document.case.reference || 'none given'],
    ['Organisation', document.organisation || 'none given'],
    ['Examiners', document.examiners.join(', ') || 'none has given an opinion'],
    ['State of the case', `${document.asOf} (UTC)`],
    [
      'Evidence',
      `${filesWords(document.evidence)}${notExaminedWords(pendingFiles(document).length)} in ${count(document.exhibits.length, 'exhibit')}, ${count(document.faces.length - document.notFaces.length, 'face')}`,
    ],
    [
      'Results',
      `${count(index.results.length, 'result')} of ${count(document.models.length, 'model')} (a result is what one model says of one face or file)`,
    ],
    [
      'Opinions',
      document.opinionsIncluded
        ? index.standing.length === 0
          ? 'none stands'
          : standingWords(index)
        : 'left out of this report',
    ],
    ['Tool', `Recce Workstation ${document.appVersion}`],
    ...document.models.map((model): [string, string] => ['Model', `${model.name}, SHA-256 ${model.id}`]),
    ['Audit log', document.auditHead ? `entry ${document.auditHead.seq}, hash ${document.auditHead.hash}` : 'empty'],
    ['Content', `SHA-256 ${document.contentSha256}`],
  ];
  await sheet.table([0.22, 0.78], rows);
  await writeExhibits(sheet, document);
  if (isDemonstration(document)) sheet.paragraph(DEMONSTRATION_NOTICE, STYLES.warning);
  if (document.redaction === 'none') return;
  sheet.paragraph(REDACTION_NOTICE[document.redaction], STYLES.warning);
  sheet.paragraph(`Left out of this copy and of the record inside it: ${document.withheld.join(' ')}`, STYLES.warning);
}

/** The folders by their numbers: every file is named below one of them. */
async function writeExhibits(sheet: Sheet, { exhibits }: PrintedDocument): Promise<void> {
  if (exhibits.length === 0) return;
  sheet.heading('Exhibits', 2);
  await sheet.table(
    [0.08, 0.25, 0.55, 0.12],
    exhibits.map(({ exhibit, name, folder, files }) => [
      String(exhibit),
      visibleText(name),
      visibleText(folder),
      files.toLocaleString('en-US'),
    ]),
    ['No.', 'Name', 'Folder at intake', 'Files'],
    { head: STYLES.strong },
  );
}
