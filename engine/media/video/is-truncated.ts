// Is an MP4 or QuickTime file cut off before its index? Looks at the outermost boxes only (ISO/IEC
// 14496-12, 4.2), without FFmpeg, to tell a cut file from a broken one.
import { type FilmPlace, openFilm } from './film-bytes.ts';

/** Outermost boxes looked at; a file with more has other problems. */
const MOST_BOXES = 10_000;

/** Boxes that such files begin with. */
const FIRST_BOXES = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);

/**
 * True where the outermost boxes are in order up to one that reaches past the end, or where there
 * is media but no index.
 */
export function isTruncated(film: FilmPlace): boolean {
  const file = openFilm(film);
  try {
    const { size } = file;
    const head = Buffer.alloc(16);
    const seen = new Set<string>();
    let at = 0;
    for (let n = 0; n < MOST_BOXES && at + 8 <= size; n++) {
      file.read(head, 16, at);
      const type = head.toString('latin1', 4, 8);
      if (n === 0 && !FIRST_BOXES.has(type)) return false;
      const length = lengthOf(head, size - at);
      if (length < 8) return false;
      seen.add(type);
      if (at + length > size) return true;
      at += length;
    }
    return seen.has('ftyp') && seen.has('mdat') && !seen.has('moov');
  } finally {
    file.close();
  }
}

/** A length of 1 stands for 64 bits behind the type, 0 for the rest of the file. */
function lengthOf(head: Buffer, rest: number): number {
  const short = head.readUInt32BE(0);
  if (short === 0) return rest;
  return short === 1 ? Number(head.readBigUInt64BE(8)) : short;
}
