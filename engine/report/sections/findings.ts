// Report sections in the examiners' own words: what they found, what they conclude, and where they
// sign.
import type { PrintedDocument } from '../report-document.ts';
import { type Sheet, STYLES } from '../sheet.ts';

export function writeFindings(sheet: Sheet, { findings, conclusion }: PrintedDocument): void {
  if (findings) writeWords(sheet, 'Findings', findings);
  if (conclusion) writeWords(sheet, 'Conclusion', conclusion);
}

function writeWords(sheet: Sheet, heading: string, words: string): void {
  sheet.heading(heading);
  for (const paragraph of words.split(/\n\s*\n/)) sheet.paragraph(paragraph.trim());
}

/** Height of one place to sign, and of the room above its line, points. */
const PLACE = 66;
const ROOM = 36;
const COLUMNS = [0.34, 0.33, 0.33];
const GAP = 14;

/**
 * A place to sign for everyone who did something in the case; one without a name where nobody is
 * named.
 */
export async function writeSignatures(sheet: Sheet, { examiners }: PrintedDocument): Promise<void> {
  const names = examiners.length > 0 ? examiners : ['Name'];
  sheet.ensure(PLACE + 60);
  sheet.heading('Signatures');
  for (const name of names) {
    sheet.ensure(PLACE);
    sheet.y += ROOM;
    let x: number = sheet.left;
    for (const share of COLUMNS) {
      sheet.line(x, sheet.y - 3, share * sheet.width - GAP);
      x += share * sheet.width;
    }
    await sheet.table(COLUMNS, [[`${name}, examiner`, 'Place and date', 'Signature']], undefined, {
      style: STYLES.small,
    });
  }
}
