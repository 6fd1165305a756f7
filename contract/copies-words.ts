// What is said of near copies: the same in the window, on the command line and in the report.
import { COPY_BITS, type CopiesAnswer, type CopiesState, type Nearness, type PicturePlace } from './copies.ts';
import { timeText } from './subject-words.ts';
import { visibleText } from './visible-text.ts';

const pictures = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'picture' : 'pictures'}`;

/** Said wherever near copies are. */
export const WHAT_A_NEAR_COPY_IS =
  'A near copy looks the same as a whole: re-encoded, scaled, mirrored or cut by a twentieth at an edge. A small change within it, such as a face, does not show, and two moments of one scene can look so, too. It says nothing of which came first, and nothing of genuine or forged.';

/** Said of a case that was unpacked from a portable one. */
export const COPIES_LEFT_BEHIND =
  'Near copies were looked for before this case was packed. What was found was not carried over with the portable case: look at the pictures again.';

/** `one/film.mp4, frame at 0:12.400`. */
export const pictureName = ({ shownPath, timeMs }: Pick<PicturePlace, 'shownPath' | 'timeMs'>): string =>
  visibleText(timeMs === null ? shownPath : `${shownPath}, frame at ${timeText(timeMs)}`);

/** Cut off, not rounded: 1.000 is the same. */
const likenessText = (likeness: number): string => (Math.floor(likeness * 1000) / 1000).toFixed(3);

/** `12 of 256 bits, likeness 0.997, mirrored`. */
export const nearnessText = ({ bits, likeness, isMirrored }: Nearness): string =>
  `${bits} of ${COPY_BITS} bits, likeness ${likenessText(likeness)}${isMirrored ? ', mirrored' : ''}`;

/** `, and 2 files of the same bytes`; nothing where there are none. */
export const sameBytesWords = ({ sameBytes }: Pick<PicturePlace, 'sameBytes'>): string =>
  sameBytes === 0
    ? ''
    : `, and ${sameBytes.toLocaleString('en')} ${sameBytes === 1 ? 'file' : 'files'} of the same bytes`;

/** Of a film: `, the nearest of 12 frames`. */
export const framesWords = (frames: number): string =>
  frames > 1 ? `, the nearest of ${frames.toLocaleString('en')} frames` : '';

export const lookedForName = ({ of }: Pick<CopiesAnswer, 'of'>): string =>
  of.kind === 'picture' ? pictureName(of) : visibleText(of.name);

/** How many came of how many, and what was not looked at. */
export function copiesSentences({ copies, compared, notCompared, why }: CopiesAnswer): string {
  if (why === 'plain') return 'There is too little to see in it to know it again: it was compared with nothing.';
  if (why === 'notKept')
    return 'It was not looked at for near copies: not yet, or it could not be read, or is a film in which no face was found.';
  const found = `${copies.length === 0 ? 'No file has' : `${copies.length.toLocaleString('en')} ${copies.length === 1 ? 'file has' : 'files have'}`} a near copy of it, of ${pictures(compared)} compared.`;
  return notCompared === 0 ? found : `${found} ${notYetSentence(notCompared)}`;
}

const notYetSentence = (n: number): string =>
  `${pictures(n)} ${n === 1 ? 'has' : 'have'} not been looked at yet and ${n === 1 ? 'was' : 'were'} not compared.`;

/** How a case stands, in sentences. */
export function copiesLines({ kept, pictures: all, plain, unusable, notCarriedOver }: CopiesState): string[] {
  const lines = [`${kept.toLocaleString('en')} of ${pictures(all)} ${all === 1 ? 'has' : 'have'} been looked at.`];
  if (plain > 0)
    lines.push(
      `${pictures(plain)} ${plain === 1 ? 'has' : 'have'} too little to see in ${plain === 1 ? 'it' : 'them'} to be known again.`,
    );
  if (notCarriedOver) lines.push(COPIES_LEFT_BEHIND);
  if (unusable !== null) lines.push(`Nothing can be compared: ${unusable}`);
  return lines;
}
