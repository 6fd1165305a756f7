// Report section: the cover, with the laboratory's logo and what the report is of.
import sharp from 'sharp';
import type { ReportDocument } from '../../../contract/report.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { DEMONSTRATION_NOTICE, isDemonstration, REDACTION_NOTICE } from '../wording.ts';
import { filesInWords } from './equal-files.ts';

/** Height kept for a laboratory's logo above the title, points. */
const LOGO_HEIGHT = 56;

/** Pixels of a logo: printed, it is a few centimetres wide. */
const LARGEST_LOGO = 16e6;

/** The logo, decoded and written anew as PNG: what came in as a file of someone else's making does not go out. */
async function writeLogo(sheet: Sheet, template: ReportDocument['template']): Promise<void> {
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

export async function writeCover(sheet: Sheet, document: ReportDocument): Promise<void> {
  await writeLogo(sheet, document.template);
  sheet.y = 130;
  sheet.paragraph('Examination of faces for signs of forgery', STYLES.h2);
  sheet.paragraph(document.title, STYLES.title);
  sheet.y += 6;
  sheet.rule();
  const rows: [string, string][] = [
    ['Reference', document.case.reference || 'none given'],
    ['Organisation', document.organisation || 'none given'],
    ['Examiners', document.examiners.join(', ') || 'none named'],
    ['State of the case', `${document.asOf} (UTC)`],
    [
      'Evidence',
      `${filesInWords(document.evidence)}, ${document.faces.length} faces, ${document.verdicts.length} verdicts`,
    ],
    ['Tool', `Recce Workstation ${document.appVersion}`],
    ...document.models.map((model): [string, string] => ['Model', `${model.name}, SHA-256 ${model.id}`]),
    ['Audit log', document.auditHead ? `entry ${document.auditHead.seq}, hash ${document.auditHead.hash}` : 'empty'],
    ['Content', `SHA-256 ${document.contentSha256}`],
  ];
  sheet.table([0.22, 0.78], rows);
  if (isDemonstration(document)) sheet.paragraph(DEMONSTRATION_NOTICE, STYLES.warning);
  if (document.redaction === 'none') return;
  sheet.paragraph(REDACTION_NOTICE[document.redaction], STYLES.warning);
  sheet.paragraph(`Left out of this copy and of the record inside it: ${document.withheld.join(' ')}`, STYLES.warning);
}
