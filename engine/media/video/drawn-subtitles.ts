// Which subtitle tracks may draw a picture. A closed set of those that are plain texts; and of these, too,
// one that holds what programs draw all the same, or more of it at a time than anybody reads.
import {
  AV_CODEC_ID_EIA_608,
  AV_CODEC_ID_MOV_TEXT,
  AV_CODEC_ID_SUBRIP,
  AV_CODEC_ID_TEXT,
  AV_CODEC_ID_WEBVTT,
} from 'node-av/constants';

const PLAIN_TEXTS: ReadonlySet<number> = new Set([
  AV_CODEC_ID_EIA_608,
  AV_CODEC_ID_MOV_TEXT,
  AV_CODEC_ID_SUBRIP,
  AV_CODEC_ID_TEXT,
  AV_CODEC_ID_WEBVTT,
]);

export const isPlainText = (codecId: number): boolean => PLAIN_TEXTS.has(codecId);

/** Players hand what stands in braces of plain texts on to what draws outlines (ASS's `\p` and a scale). */
const OUTLINES = /\\p[\s(+]*\d/;
/** Bytes of a text, and of all within a second: letters in rows and colours make a picture as well. */
const [MOST_OF_ONE, MOST_IN_A_SECOND] = [1024, 2048];

/** Is given the texts of one track. */
export class TextTrack {
  mayDraw = false;
  readonly #bytes = new Map<number, number>();

  /** `timeS`: from which second on it is shown; any number where none is stated. */
  add(text: Uint8Array, timeS: number): void {
    if (this.mayDraw) return;
    const second = Math.floor(timeS);
    const bytes = (this.#bytes.get(second) ?? 0) + text.length;
    this.#bytes.set(second, bytes);
    this.mayDraw =
      text.length > MOST_OF_ONE || bytes > MOST_IN_A_SECOND || OUTLINES.test(Buffer.from(text).toString('latin1'));
  }
}

const FONT_MARKS: ReadonlySet<string> = new Set(['\0\x01\0\0', 'OTTO', 'ttcf', 'true']);

/** Does a file that is called a font begin as one? */
export const isFont = (bytes: Uint8Array | null): boolean =>
  FONT_MARKS.has(Buffer.from(bytes?.subarray(0, 4) ?? []).toString('latin1'));
