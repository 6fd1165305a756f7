// Report section: which files look the same as a whole. Files of the same bytes are said with the evidence.
import type { CopyStack, PicturePlace } from '../../../contract/copies.ts';
import {
  COPIES_LEFT_BEHIND,
  copiesLines,
  nearnessText,
  pictureName,
  sameBytesWords,
  WHAT_A_NEAR_COPY_IS,
} from '../../../contract/copies-words.ts';
import type { PrintedDocument } from '../report-document.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count } from '../wording.ts';

/** Files, and pairs, of one stack that are named one by one; all of them are in the record. */
const MOST_NAMED = 20;

/** Nothing where no pictures were looked at for it. */
export async function writeCopies(sheet: Sheet, { copies, notCarriedOver }: PrintedDocument): Promise<void> {
  if (!copies && !notCarriedOver?.copies) return;
  sheet.heading('Near copies');
  if (notCarriedOver?.copies) sheet.paragraph(COPIES_LEFT_BEHIND);
  if (!copies) return;
  if (copies.notAsHeld) {
    sheet.paragraph(
      'The hashes of pictures that are kept are not those that the log of the case holds, or were not made on this workstation. Nothing of them is in this report. Verify the case.',
      STYLES.warning,
    );
    return;
  }
  sheet.paragraph(WHAT_A_NEAR_COPY_IS);
  const { kept, pictures, plain, total, stacks } = copies;
  sheet.paragraph(copiesLines({ kept, pictures, plain, unusable: null }).join(' '), STYLES.small);
  if (stacks.length === 0) return sheet.paragraph('No two files were found to be near copies of each other.');
  await sheet.table(
    [0.07, 0.53, 0.4],
    stacks.map((stack, i) => [String(i + 1), filesText(stack), pairsText(stack)]),
    ['Stack', 'Files and their SHA-256', 'How near'],
    { style: STYLES.dense, head: STYLES.denseHead },
  );
  if (total > stacks.length)
    sheet.paragraph(
      `${count(total - stacks.length, 'further stack is', 'further stacks are')} not listed.`,
      STYLES.small,
    );
}

const fileText = (file: PicturePlace): string => `${pictureName(file)}${sameBytesWords(file)}\n${file.sha256}`;

const filesText = ({ files }: CopyStack): string => named(files.map(fileText), 'further file');

const pairsText = ({ pairs }: CopyStack): string =>
  named(
    pairs.map((pair) => `${pictureName(pair.one)} and ${pictureName(pair.other)}: ${nearnessText(pair)}`),
    'further pair',
  );

/** The first of them, a line each, and how many more there are. */
function named(all: readonly string[], more: string): string {
  const left = all.length - MOST_NAMED;
  return [...all.slice(0, MOST_NAMED), ...(left > 0 ? [`and ${count(left, more)}`] : [])].join('\n');
}
