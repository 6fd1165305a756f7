// Report sections in the examiners' own words: what they found, what they conclude, and where they
// sign.
import { templateWords, wordsHeading } from '../../../contract/template-words.ts';
import type { PrintedDocument } from '../report-document.ts';
import { type Sheet, STYLES } from '../sheet.ts';

export function writeFindings(sheet: Sheet, { findings, conclusion, wordsBy, template }: PrintedDocument): void {
  if (findings) writeWords(sheet, wordsHeading('Findings', wordsBy.findings), findings);
  if (conclusion) writeWords(sheet, wordsHeading('Conclusion', wordsBy.conclusion), conclusion);
  const standing = templateWords(template, { findings, conclusion });
  if (!standing) return;
  sheet.heading(standing.heading);
  sheet.paragraph(standing.source, STYLES.small);
  for (const words of standing.words) writeParagraphs(sheet, words);
}

function writeWords(sheet: Sheet, heading: string, words: string): void {
  sheet.heading(heading);
  writeParagraphs(sheet, words);
}

function writeParagraphs(sheet: Sheet, words: string): void {
  for (const paragraph of words.split(/\n\s*\n/)) sheet.paragraph(paragraph.trim());
}

/** Height of one place to sign, and of the room above its line, points. */
const PLACE = 66;
const ROOM = 36;
const COLUMNS = [0.34, 0.33, 0.33];
const GAP = 14;

/**
 * A place to sign for everyone who did something in the case, with what they sign for; one without a
 * name where nobody is named.
 */
export async function writeSignatures(sheet: Sheet, { examiners, wordsBy }: PrintedDocument): Promise<void> {
  const authors = [wordsBy.findings, wordsBy.conclusion].filter(Boolean);
  const names = [...new Set([...examiners, ...authors])];
  const wrote = (name: string): string =>
    [wordsBy.findings === name ? 'findings' : '', wordsBy.conclusion === name ? 'conclusion' : '']
      .filter(Boolean)
      .join(' and ');
  const what = (name: string): string => {
    const said = examiners.includes(name) ? 'own opinions' : '';
    const signs = [wrote(name), said].filter(Boolean).join(', ');
    return authors.length > 0 && signs ? `${name}, examiner: ${signs}` : `${name}, examiner`;
  };
  const places = names.length > 0 ? names.map(what) : ['Name, examiner'];
  sheet.ensure(PLACE + 60);
  sheet.heading('Signatures');
  for (const place of places) {
    sheet.ensure(PLACE);
    sheet.y += ROOM;
    let x: number = sheet.left;
    for (const share of COLUMNS) {
      sheet.line(x, sheet.y - 3, share * sheet.width - GAP);
      x += share * sheet.width;
    }
    await sheet.table(COLUMNS, [[place, 'Place and date', 'Signature']], undefined, {
      style: STYLES.small,
    });
  }
}
