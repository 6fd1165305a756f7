// What lies in a film's file beside what is played: a second film joined to the first, bytes of
// something else behind it, or in boxes that play nothing. Reads boxes and tags alone, in the video
// process.
import type { PlainRemark } from '../../../contract/remark.ts';
import { type FilmBytes, type FilmPlace, openFilm } from './film-bytes.ts';
import { unspokenBytes } from './mp4-unspoken.ts';

type Reading = (file: FilmBytes, size: number) => PlainRemark[];

/**
 * For the formats that do not say it by themselves: MP4 and QuickTime (ISO/IEC 14496-12), FLV, AVI,
 * Matroska and WebM (RFC 8794), ASF, and IVF. Empty for any other container.
 */
export function behindFilm(film: FilmPlace, container: string): PlainRemark[] {
  const [, read] = READINGS.find(([name]) => name.test(container)) ?? [];
  if (!read) return [];
  const file = openFilm(film);
  try {
    return read(file, file.size);
  } finally {
    file.close();
  }
}

const READINGS: readonly (readonly [RegExp, Reading])[] = [
  [/^mov,mp4/, behindBoxes],
  [/^flv$/, behindTags],
  [/^avi$/, behindRiff],
  [/^matroska/, behindSegment],
  [/^asf/, behindObjects],
  [/^ivf$/, behindFrames],
];

/** `inPieces`: of a film in fragments FFmpeg may read those of a second one as its own. */
const second = (bytes: number, inPieces = false): PlainRemark[] => [{ kind: 'secondFilm', bytes, inPieces }];
const other = (bytes: number): PlainRemark[] => [{ kind: 'bytesBehindFilm', bytes }];

/** Boxes whose length may go beyond a file that was cut short. */
const OF_A_FILM = new Set(['ftyp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'uuid', 'sidx', 'styp']);
/** Outermost boxes looked at: a film of a day in fragments has some hundred thousand. */
const MOST_PIECES = 2_000_000;

function behindBoxes(file: FilmBytes, size: number): PlainRemark[] {
  const head = Buffer.alloc(16);
  let [at, films, tables, inPieces] = [0, 0, 0, false];
  for (let n = 0; n < MOST_PIECES && at + 8 <= size; n++) {
    head.fill(0);
    file.read(head, 16, at);
    const type = head.toString('latin1', 4, 8);
    const short = head.readUInt32BE(0);
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short;
    if (type === 'ftyp' && ++films > 1) return second(size - at, inPieces);
    // Players take the first or the last.
    if (type === 'moov' && ++tables > 1) return second(length, inPieces);
    inPieces ||= type === 'moof';
    if (length < 8 || (at + length > size && !OF_A_FILM.has(type)) || !/^[\x20-\x7e\xa9]{4}$/.test(type))
      return isFilling(file, at, size) ? [] : other(size - at);
    at += length;
  }
  const unspoken = unspokenBytes(file, size);
  return unspoken === 0 ? [] : [{ kind: 'bytesBesideFilm', bytes: unspoken }];
}

const FLV_HEAD_BYTES = 13;
const FLV_TAGS = new Set([8, 9, 18]);

function behindTags(file: FilmBytes, size: number): PlainRemark[] {
  const head = Buffer.alloc(4);
  let at = FLV_HEAD_BYTES;
  for (let n = 0; n < MOST_PIECES && at + 15 <= size; n++) {
    file.read(head, 4, at);
    if (head.toString('latin1', 0, 3) === 'FLV') return second(size - at);
    if (!FLV_TAGS.has(head[0]! & 0x1f)) return isFilling(file, at, size) ? [] : other(size - at);
    at += 15 + head.readUIntBE(1, 3);
  }
  return [];
}

/** What follows from a place on, where that is no part of the film; zeros are filling. */
const rest = (file: FilmBytes, at: number, size: number): PlainRemark[] =>
  at >= size || isFilling(file, at, size) ? [] : other(size - at);

const headAt = (file: FilmBytes, at: number, bytes: number): Buffer => {
  const head = Buffer.alloc(bytes);
  file.read(head, bytes, at);
  return head;
};

/** A film of more than a gigabyte is several lists behind each other (OpenDML): `AVI `, then `AVIX`. */
function behindRiff(file: FilmBytes, size: number): PlainRemark[] {
  let at = 0;
  for (let n = 0; n < MOST_PIECES && at + 12 <= size; n++) {
    const head = headAt(file, at, 12);
    const [type, form] = [head.toString('latin1', 0, 4), head.toString('latin1', 8, 12)];
    if (n > 0 && type === 'RIFF' && form === 'AVI ') return second(size - at);
    if (type !== 'RIFF' || !/^AVI[ X]$/.test(form)) return rest(file, at, size);
    const length = head.readUInt32LE(4);
    // Recorders that were cut off leave the length open.
    if (length === 0 || length === 0xffffffff) return [];
    at += 8 + length + (length & 1);
  }
  return rest(file, at, size);
}

const [EBML_HEAD, SEGMENT, VOID, CRC] = [0x1a45dfa3, 0x18538067, 0xec, 0xbf] as const;

/** A number whose first byte tells its length; undefined where it is not known, all ones. */
function ebmlNumber(bytes: Buffer, at: number, isId: boolean): { value: number | undefined; length: number } {
  const length = Math.clz32(bytes[at]!) - 23;
  if (length > 8 || at + length > bytes.length) return { value: undefined, length: 0 };
  let value = isId ? bytes[at]! : bytes[at]! & (0xff >> length);
  let isOpen = !isId && value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    value = value * 256 + bytes[at + i]!;
    isOpen &&= bytes[at + i] === 0xff;
  }
  return { value: isOpen ? undefined : value, length };
}

/**
 * What a segment consists of (RFC 9559), and a cluster: where the length of one is left open, as of a
 * recording that was broadcast, its end is where something else begins.
 */
const OF_A_SEGMENT = new Set([
  ...[0x114d9b74, 0x1549a966, 0x1654ae6b, 0x1f43b675, 0x1c53bb6b, 0x1254c367, 0x1043a770, 0x1941a469],
  ...[0xe7, 0x5854, 0xa7, 0xab, 0xa3, 0xa0, 0xaf],
]);

function behindSegment(file: FilmBytes, size: number): PlainRemark[] {
  let [at, films, isOpen] = [0, 0, false];
  for (let n = 0; at + 2 <= size; n++) {
    const head = headAt(file, at, 12);
    const id = ebmlNumber(head, 0, true);
    if (id.value === EBML_HEAD && ++films > 1) return second(size - at);
    const isKnown = [EBML_HEAD, SEGMENT, VOID, CRC].includes(id.value as never);
    if (!isKnown && !(isOpen && OF_A_SEGMENT.has(id.value!)))
      return isOpen ? laterHead(file, at, size) : rest(file, at, size);
    if (n >= MOST_PIECES) return laterHead(file, at, size);
    const length = ebmlNumber(head, id.length, false);
    isOpen ||= length.value === undefined;
    at += id.length + length.length + (length.value ?? 0);
  }
  return rest(file, at, size);
}

const EBML_MAGIC = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);
/** Where the kind of a head stands at the latest. */
const HEAD_BYTES = 64;

/** Damage in an open segment is passed over by what plays it: a head of another film behind it is none. */
function laterHead(file: FilmBytes, from: number, size: number): PlainRemark[] {
  const portion = Buffer.alloc(2 ** 20);
  for (let at = from; at < size; at += portion.length - HEAD_BYTES) {
    const read = portion.subarray(0, file.read(portion, portion.length, at));
    for (let i = read.indexOf(EBML_MAGIC); i >= 0; i = read.indexOf(EBML_MAGIC, i + 1))
      if (/webm|matroska/.test(read.toString('latin1', i, i + HEAD_BYTES))) return second(size - at - i);
  }
  return [];
}

/** The head, the data, and the indexes that may follow them, by the first bytes of their identifiers. */
const [ASF_HEAD, ASF_OBJECTS] = [
  '3026b2758e66cf11a6d900aa0062ce6c',
  ['3626b2758e66cf11', '90080033b1e5cf11', 'd329e2d6da35d111', 'f803b1fead12644c', 'd03fb73c4a0c0348'],
] as const;

function behindObjects(file: FilmBytes, size: number): PlainRemark[] {
  let at = 0;
  for (let n = 0; n < MOST_PIECES && at + 24 <= size; n++) {
    const head = headAt(file, at, 24);
    const isHead = head.toString('hex', 0, 16) === ASF_HEAD;
    if (isHead && n > 0) return second(size - at);
    if (!isHead && !ASF_OBJECTS.includes(head.toString('hex', 0, 8) as never)) return rest(file, at, size);
    const length = Number(head.readBigUInt64LE(16));
    // Of a broadcast the length of the data is left open.
    if (length < 24) return [];
    at += length;
  }
  return rest(file, at, size);
}

const [IVF_HEAD_BYTES, IVF_FRAME_BYTES] = [32, 12] as const;

function behindFrames(file: FilmBytes, size: number): PlainRemark[] {
  let at = IVF_HEAD_BYTES;
  for (let n = 0; n < MOST_PIECES && at + IVF_FRAME_BYTES <= size; n++) {
    const head = headAt(file, at, IVF_FRAME_BYTES);
    if (head.toString('latin1', 0, 4) === 'DKIF') return second(size - at);
    at += IVF_FRAME_BYTES + head.readUInt32LE(0);
  }
  return at < size ? rest(file, at, size) : [];
}

/** Zeros are what a recorder fills its blocks with. */
function isFilling(file: FilmBytes, from: number, size: number): boolean {
  const portion = Buffer.alloc(2 ** 16);
  for (let at = from; at < size; ) {
    const read = file.read(portion, portion.length, at);
    if (read === 0 || portion.subarray(0, read).some((byte) => byte !== 0)) return false;
    at += read;
  }
  return true;
}
