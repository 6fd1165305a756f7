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

const SIZES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 11: 4, 12: 8, 13: 4 },
};
/** Values of a tag that are read; profiles and tables of strips are longer and not asked for. */
const MOST_VALUES = 64;
const SUB_DIRECTORIES = 330;

/**
 * Every directory in order, each followed by its sub-directories; none where the bytes are no TIFF.
 */
export function tiffDirectories(bytes: Uint8Array): TiffDirectory[] {
  const order = String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0);
  if (bytes.length < 16 || (order !== 'II' && order !== 'MM')) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = order === 'II';
  const found: TiffDirectory[] = [];
  const seen = new Set<number>();
  let at = view.getUint32(4, little);
  for (let page = 0; at !== 0 && found.length < MOST_DIRECTORIES; page++) {
    const read = readDirectory(view, at, little, seen);
    if (!read) break;
    found.push({ page, sub: undefined, tags: read.tags });
    for (const [sub, place] of (read.tags.get(SUB_DIRECTORIES) ?? []).entries()) {
      const below = readDirectory(view, place, little, seen);
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
  const order = String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0);
  // Those of more than four gigabytes have other entries.
  if (bytes.length < 16 || (order !== 'II' && order !== 'MM') || bytes[2] === 43 || bytes[3] === 43) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = order === 'II';
  const at = view.getUint32(4, isLittle);
  if (at + 2 > bytes.length) return undefined;
  const end = Math.min(at + 2 + 12 * view.getUint16(at, isLittle), bytes.length - 11);
  for (let entry = at + 2; entry < end; entry += 12) {
    if (view.getUint16(entry, isLittle) !== tag) continue;
    const length = (SIZES[view.getUint16(entry + 2, isLittle)] ?? 0) * view.getUint32(entry + 4, isLittle);
    const from = length <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittle);
    return { bytes: bytes.subarray(from, from + length), isLittle };
  }
  return undefined;
}

function readDirectory(
  view: DataView,
  at: number,
  little: boolean,
  seen: Set<number>,
): { tags: TiffTags; next: number } | undefined {
  if (seen.has(at) || at + 2 > view.byteLength) return undefined;
  seen.add(at);
  const count = view.getUint16(at, little);
  const end = at + 2 + count * 12;
  if (end > view.byteLength) return undefined;
  const tags = new Map<number, readonly number[]>();
  for (let entry = at + 2; entry < end; entry += 12) {
    const values = readValues(view, entry, little);
    if (values) tags.set(view.getUint16(entry, little), values);
  }
  return { tags, next: end + 4 <= view.byteLength ? view.getUint32(end, little) : 0 };
}

function readValues(view: DataView, entry: number, little: boolean): number[] | undefined {
  const [type, count] = [view.getUint16(entry + 2, little), view.getUint32(entry + 4, little)];
  const size = SIZES[type];
  if (!size || count > MOST_VALUES) return undefined;
  const from = size * count <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  if (from + size * count > view.byteLength) return undefined;
  return Array.from({ length: count }, (_, i) => readNumber(view, type, from + i * size, little));
}

function readNumber(view: DataView, type: number, at: number, little: boolean): number {
  switch (type) {
    case 3:
      return view.getUint16(at, little);
    case 8:
      return view.getInt16(at, little);
    case 4:
    case 13:
      return view.getUint32(at, little);
    case 9:
      return view.getInt32(at, little);
    case 5:
      return view.getUint32(at, little) / view.getUint32(at + 4, little);
    case 11:
      return view.getFloat32(at, little);
    case 12:
      return view.getFloat64(at, little);
    case 6:
      return view.getInt8(at);
    default:
      return view.getUint8(at);
  }
}
