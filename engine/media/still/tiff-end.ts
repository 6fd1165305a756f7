// The farthest byte of a TIFF file that one of its directories names: of directories themselves, of
// values, of pictures in strips, in tiles and as JPEG (TIFF 6.0; BigTIFF). Decodes nothing. Pure.

const SIZES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8 },
};
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
const MOST_DIRECTORIES = 4096;

/** A file's numbers: how they are ordered, and how wide places and counts are. */
class Numbers {
  readonly isBig: boolean;
  readonly #view: DataView;
  readonly #isLittle: boolean;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isLittle = bytes[0] === 0x49;
    this.isBig = this.of(3, 2) === 43;
  }

  /** A whole number of a type at a place; 0 beyond the end. */
  of(type: number, at: number): number {
    const size = SIZES[type] ?? 1;
    if (at < 0 || at + size > this.#view.byteLength) return 0;
    if (size === 2) return this.#view.getUint16(at, this.#isLittle);
    if (size === 4) return this.#view.getUint32(at, this.#isLittle);
    return size === 8 ? Number(this.#view.getBigUint64(at, this.#isLittle)) : this.#view.getUint8(at);
  }

  place = (at: number): number => this.of(this.isBig ? 16 : 4, at);
}

/** Undefined where a piece has no length. */
export function tiffEnd(bytes: Uint8Array): number | undefined {
  if (bytes.length < 16) return undefined;
  const numbers = new Numbers(bytes);
  const { isBig } = numbers;
  const wide = isBig ? 8 : 4;
  const [countBytes, entryBytes] = isBig ? [8, 20] : [2, 12];
  const waiting = [numbers.place(isBig ? 8 : 4)];
  const seen = new Set<number>();
  let end = isBig ? 16 : 8;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === 0 || seen.has(at) || seen.size > MOST_DIRECTORIES || at + countBytes > bytes.length) continue;
    seen.add(at);
    const entries = numbers.of(isBig ? 16 : 3, at);
    const behind = at + countBytes + entries * entryBytes;
    if (behind > bytes.length) continue;
    end = Math.max(end, Math.min(behind + wide, bytes.length));
    const values = new Map<number, number[]>();
    for (let entry = at + countBytes; entry < behind; entry += entryBytes) {
      const [tag, type, count] = [numbers.of(3, entry), numbers.of(3, entry + 2), numbers.place(entry + 4)];
      const length = (SIZES[type] ?? 0) * count;
      const inEntry = entry + 4 + wide;
      const from = length <= wide ? inEntry : numbers.place(inEntry);
      if (length > wide && from + length <= bytes.length) end = Math.max(end, from + length);
      if (isPlacing(tag) && from + length <= bytes.length)
        values.set(
          tag,
          Array.from({ length: count }, (_, i) => numbers.of(type, from + i * SIZES[type]!)),
        );
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
    waiting.push(numbers.place(behind));
  }
  return end;
}

const isPlacing = (tag: number): boolean =>
  tag === COMPRESSION || DIRECTORIES.includes(tag) || PIECES.some((pair) => (pair as readonly number[]).includes(tag));
