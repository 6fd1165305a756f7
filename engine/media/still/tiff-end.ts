// The farthest byte of a TIFF file that one of its directories names: of directories themselves, of
// values, of pictures in strips, in tiles and as JPEG (TIFF 6.0; BigTIFF). Decodes nothing. Pure.
import { TiffNumbers } from './tiff-directories.ts';

/** Tags whose values place other directories: sub-directories, EXIF, GPS, interoperability. */
const DIRECTORIES = [330, 34665, 34853, 40965];
/** Places of pieces, and their lengths. */
const PIECES = [
  [273, 279],
  [324, 325],
  [513, 514],
  [288, 289],
] as const;
/** The tables of JPEG pictures of the first kind lie where no length says. */
const [COMPRESSION, OLD_JPEG] = [259, 6];
const [MOST_DIRECTORIES, MOST_ENTRIES] = [4096, 1_000_000];

/** Undefined where a piece has no length, or there are too many entries to be read. */
export function tiffEnd(bytes: Uint8Array): number | undefined {
  if (bytes.length < 16) return undefined;
  const numbers = new TiffNumbers(bytes);
  const waiting = [numbers.first];
  const seen = new Set<number>();
  let [end, entries] = [numbers.isBig ? 16 : 8, 0];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === 0 || seen.has(at) || seen.size > MOST_DIRECTORIES) continue;
    seen.add(at);
    const read = numbers.entriesAt(at);
    if (!read) continue;
    entries += read.entries.length;
    if (entries > MOST_ENTRIES) return undefined;
    end = Math.max(end, read.end);
    const values = new Map<number, number[]>();
    for (const entry of read.entries) {
      const { from, length, isInside, tag } = entry;
      if (!isInside && from + length <= bytes.length) end = Math.max(end, from + length);
      const own = isPlacing(tag) ? numbers.valuesOf(entry) : undefined;
      if (own) values.set(tag, own);
    }
    if (values.get(COMPRESSION)?.[0] === OLD_JPEG) return undefined;
    for (const [places, lengths] of PIECES) {
      const sizes = values.get(lengths);
      for (const [i, from] of (values.get(places) ?? []).entries()) {
        if (sizes?.[i] === undefined) return undefined;
        if (from + sizes[i] <= bytes.length) end = Math.max(end, from + sizes[i]);
      }
    }
    waiting.push(...DIRECTORIES.flatMap((tag) => values.get(tag) ?? []).slice(0, MOST_DIRECTORIES));
    waiting.push(read.next);
  }
  return end;
}

const isPlacing = (tag: number): boolean =>
  tag === COMPRESSION || DIRECTORIES.includes(tag) || PIECES.some((pair) => (pair as readonly number[]).includes(tag));
