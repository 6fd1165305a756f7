// The directories of a TIFF file and of what is built like one (most raw photographs): which
// pictures are in it, without decoding any (TIFF 6.0, TIFF/EP). Reads bytes, stops without harm at
// what is not as it should be. Pure.

/** Directories looked at; a file with more has other problems. */
const MOST_DIRECTORIES = 256;

/** One directory: numbers by tag. Values that are not numbers are absent. */
export type TiffTags = ReadonlyMap<number, readonly number[]>;
/**
 * `path`: number in the chain, and under it the number of the sub-directory; undefined for one of
 * the chain itself.
 */
export type TiffDirectory = { page: number; sub: number | undefined; tags: TiffTags };

/** Bytes of a value by its type (TIFF 6.0; the last three are BigTIFF's). */
const SIZES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8 },
};

/** `length` bytes at `from`, which may lie beyond the file; `isInside`: in the entry itself. */
export type TiffEntry = { tag: number; type: number; count: number; from: number; length: number; isInside: boolean };
/** A directory's entries in the file's order, where it ends, and the place of the next one (0 for none). */
export type TiffEntries = { entries: TiffEntry[]; end: number; next: number };

/** A file's numbers: how they are ordered, and how wide places and counts are. BigTIFF has wider ones. */
export class TiffNumbers {
  readonly isBig: boolean;
  readonly isLittle: boolean;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.isLittle = bytes[0] === 0x49;
    this.isBig = this.of(3, 2) === 43;
  }

  get first(): number {
    return this.#place(this.isBig ? 8 : 4);
  }

  /** A number of a type at a place; 0 beyond the end. */
  of(type: number, at: number): number {
    const view = this.#view;
    if (at < 0 || at + (SIZES[type] ?? 1) > view.byteLength) return 0;
    switch (type) {
      case 3:
        return view.getUint16(at, this.isLittle);
      case 8:
        return view.getInt16(at, this.isLittle);
      case 4:
      case 13:
        return view.getUint32(at, this.isLittle);
      case 9:
        return view.getInt32(at, this.isLittle);
      case 5:
        return view.getUint32(at, this.isLittle) / view.getUint32(at + 4, this.isLittle);
      case 10:
        return view.getInt32(at, this.isLittle) / view.getInt32(at + 4, this.isLittle);
      case 11:
        return view.getFloat32(at, this.isLittle);
      case 12:
        return view.getFloat64(at, this.isLittle);
      case 16:
      case 18:
        return Number(view.getBigUint64(at, this.isLittle));
      case 17:
        return Number(view.getBigInt64(at, this.isLittle));
      case 6:
        return view.getInt8(at);
      default:
        return view.getUint8(at);
    }
  }

  /** Up to so many values of an entry, undefined where it has more, none of that type, or they lie beyond the file. */
  valuesOf({ type, count, from, length }: TiffEntry, most = Number.POSITIVE_INFINITY): number[] | undefined {
    const size = SIZES[type];
    if (!size || count > most || from + length > this.#bytes.length) return undefined;
    return Array.from({ length: count }, (_, i) => this.of(type, from + i * size));
  }

  /** The directory at a place; undefined where it does not lie whole in the file. */
  entriesAt(at: number): TiffEntries | undefined {
    const [wide, countBytes, entryBytes] = this.isBig ? [8, 8, 20] : [4, 2, 12];
    if (at + countBytes > this.#bytes.length) return undefined;
    const behind = at + countBytes + this.of(this.isBig ? 16 : 3, at) * entryBytes;
    if (behind > this.#bytes.length) return undefined;
    const entries: TiffEntry[] = [];
    for (let entry = at + countBytes; entry < behind; entry += entryBytes) {
      const [tag, type, count] = [this.of(3, entry), this.of(3, entry + 2), this.#place(entry + 4)];
      const length = (SIZES[type] ?? 0) * count;
      const inEntry = entry + 4 + wide;
      const isInside = length <= wide;
      entries.push({ tag, type, count, length, isInside, from: isInside ? inEntry : this.#place(inEntry) });
    }
    return { entries, end: Math.min(behind + wide, this.#bytes.length), next: this.#place(behind) };
  }

  #place = (at: number): number => this.of(this.isBig ? 16 : 4, at);
}

/** True for what begins as a TIFF does, ordered one way or the other. */
const isOrdered = (bytes: Uint8Array): boolean =>
  bytes.length >= 16 && bytes[0] === bytes[1] && (bytes[0] === 0x49 || bytes[0] === 0x4d);

/** Values of a tag that are read; profiles and tables of strips are longer and not asked for. */
const MOST_VALUES = 64;
const SUB_DIRECTORIES = 330;

/**
 * Every directory in order, each followed by its sub-directories; none where the bytes are no TIFF.
 */
export function tiffDirectories(bytes: Uint8Array): TiffDirectory[] {
  if (!isOrdered(bytes)) return [];
  const numbers = new TiffNumbers(bytes);
  const found: TiffDirectory[] = [];
  const seen = new Set<number>();
  let at = numbers.first;
  for (let page = 0; at !== 0 && found.length < MOST_DIRECTORIES; page++) {
    const read = readDirectory(numbers, at, seen);
    if (!read) break;
    found.push({ page, sub: undefined, tags: read.tags });
    for (const [sub, place] of (read.tags.get(SUB_DIRECTORIES) ?? []).entries()) {
      const below = readDirectory(numbers, place, seen);
      if (below) found.push({ page, sub, tags: below.tags });
    }
    at = read.next;
  }
  return found;
}

/**
 * The bytes of an entry of the first directory, however many, and how its numbers are ordered;
 * undefined where it has none.
 */
export function tiffEntry(bytes: Uint8Array, tag: number): { bytes: Uint8Array; isLittle: boolean } | undefined {
  if (!isOrdered(bytes)) return undefined;
  const numbers = new TiffNumbers(bytes);
  const entry = numbers.entriesAt(numbers.first)?.entries.find((one) => one.tag === tag);
  return entry && { bytes: bytes.subarray(entry.from, entry.from + entry.length), isLittle: numbers.isLittle };
}

function readDirectory(
  numbers: TiffNumbers,
  at: number,
  seen: Set<number>,
): { tags: TiffTags; next: number } | undefined {
  if (seen.has(at)) return undefined;
  seen.add(at);
  const read = numbers.entriesAt(at);
  if (!read) return undefined;
  const tags = new Map<number, readonly number[]>();
  for (const entry of read.entries) {
    const values = numbers.valuesOf(entry, MOST_VALUES);
    if (values) tags.set(entry.tag, values);
  }
  return { tags, next: read.next };
}
