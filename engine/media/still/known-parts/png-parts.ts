// What of a PNG is not known here (W3C PNG, third edition; its extensions; makers' chunks). Pure.
import { inflateRawSync, inflateSync } from 'node:zlib';
import { chunkPlaces, isWholeChunk } from '../png-chunk.ts';
import { tiffDirectories } from '../tiff-directories.ts';
import { printable } from './printable.ts';

type Place = { type: string; from: number; to: number };

/** Text and whatever else changes no pixel; they may stand anywhere, and again. */
const ABOUT =
  /^(tEXt|zTXt|iTXt|tXMP|tIME|dSIG|fRAc|gIFg|gIFx|sPLT|pCAL|sCAL|vpAg|caNv|orNT|caBX|seAl|skMf|skRf|npTc|npOl|npLb|meTa|cpIp|cmOD|cmPP|tpNG|pHYs|oFFs|hIST)$/;
const BEFORE_PALETTE = ['cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'mDCv', 'cLLI', 'cLLi'];
const BEFORE_PICTURE = ['PLTE', 'tRNS', 'bKGD', 'acTL', 'iDOT'];
/** Each once. Those of an animation that other code counts are beside them. */
const ONCE = ['IHDR', 'IEND', 'eXIf', 'exIf', ...BEFORE_PALETTE, ...BEFORE_PICTURE];
const OF_ANIMATION = /^(fcTL|fdAT)$/;
/** Types of colour that may say one colour is transparent, with the bytes that takes. */
const TRANSPARENT_BYTES: Readonly<Record<number, number>> = { 0: 2, 2: 6 };
const [PALETTE, HEAD_BYTES] = [3, 13];

/** Names of parts; empty where all is known. */
export function unknownInPng(bytes: Uint8Array): string[] {
  const all: Place[] = [];
  for (const place of chunkPlaces(bytes)) {
    all.push(place);
    if (place.type === 'IEND') break;
  }
  const found: string[] = [];
  const seen = new Set<string>();
  let before = '';
  for (const place of all) {
    const { type } = place;
    const isAbout = ABOUT.test(type);
    const isKnown = isAbout || type === 'IDAT' || OF_ANIMATION.test(type) || ONCE.includes(type);
    const name = `PNG chunk ${printable(type)}`;
    if (!isKnown) found.push(name);
    else if (ONCE.includes(type) && seen.has(type)) found.push(`${name}, twice`);
    else if (!isInPlace(type, seen, before)) found.push(`${name}, out of its place`);
    else if (!isAbout && !isWholeChunk(bytes, place)) found.push(`${name}, of a wrong check sum`);
    else if (!isAsItShould(bytes, place, all)) found.push(name);
    seen.add(type);
    before = type;
  }
  return found;
}

function isInPlace(type: string, seen: ReadonlySet<string>, before: string): boolean {
  if (type === 'IHDR') return seen.size === 0;
  if (type === 'IDAT') return !seen.has('IDAT') || before === 'IDAT';
  if (BEFORE_PALETTE.includes(type)) return !seen.has('PLTE') && !seen.has('IDAT') && !seen.has('tRNS');
  return !BEFORE_PICTURE.includes(type) || !seen.has('IDAT');
}

function isAsItShould(bytes: Uint8Array, { type, from, to }: Place, all: readonly Place[]): boolean {
  const head = headOf(bytes, all);
  switch (type) {
    case 'IHDR':
      return to - from === HEAD_BYTES && head.methods.every((method, i) => method === 0 || (i === 2 && method === 1));
    case 'tRNS': {
      const palette = all.find((one) => one.type === 'PLTE');
      if (head.colour === PALETTE) return palette !== undefined && to - from <= (palette.to - palette.from) / 3;
      return to - from === TRANSPARENT_BYTES[head.colour];
    }
    // Behind the picture some programs read its orientation and some do not.
    case 'eXIf':
    case 'exIf':
      return (
        all.findIndex((one) => one.type === 'IDAT') > all.findIndex((one) => one.from === from) ||
        !turns(bytes.subarray(from, to))
      );
    case 'iDOT':
      return isSameInHalves(bytes, { from, to }, all);
    default:
      return true;
  }
}

const ORIENTATION = 274;
const turns = (exif: Uint8Array): boolean => (tiffDirectories(exif)[0]?.tags.get(ORIENTATION)?.[0] ?? 1) > 1;

/** Numbers of IHDR; zeros where there is none. `methods`: of packing, of filtering, of interlacing. */
function headOf(bytes: Uint8Array, all: readonly Place[]) {
  const head = all[0]?.type === 'IHDR' ? bytes.subarray(all[0].from, all[0].to) : new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const isWhole = head.length === HEAD_BYTES;
  return {
    widthPx: isWhole ? view.getUint32(0) : 0,
    heightPx: isWhole ? view.getUint32(4) : 0,
    bits: head[8] ?? 0,
    colour: head[9] ?? 0,
    methods: [...head.subarray(10, 13)],
  };
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Packed data that are unpacked to be compared. */
const MOST_BYTES = 2 ** 30;
/** Filters of rows: 0 none, 1 by the pixel on the left; all others look at the row above. */
const LEFT_OF_IT = 1;
/** A half begins with a chunk's length and type. */
const CHUNK_HEAD_BYTES = 8;

/**
 * [Note: a PNG in halves] Apple's programs write where the second half of a picture begins, and unpack
 * both halves at once; all others unpack the whole. A file can be written so that these are two
 * pictures. The chunk holds seven numbers: halves, 0, rows of a half, where the first half begins
 * behind it, rows of the first, rows of the second, where that begins.
 */
function isSameInHalves(bytes: Uint8Array, { from, to }: { from: number; to: number }, all: readonly Place[]): boolean {
  if (to - from !== 28) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (which: number): number => view.getUint32(from + 4 * which);
  const { widthPx, heightPx, bits, colour, methods } = headOf(bytes, all);
  const own = from - CHUNK_HEAD_BYTES;
  const pieces = all.filter(({ type }) => type === 'IDAT');
  const second = pieces.findIndex((piece) => piece.from - CHUNK_HEAD_BYTES === own + number(6));
  const isFirst = pieces[0]?.from === own + number(3) + CHUNK_HEAD_BYTES;
  if (number(0) !== 2 || !isFirst || second < 1 || number(4) + number(5) !== heightPx || methods[2] !== 0) return false;
  const rowBytes = 1 + Math.ceil((widthPx * bits * (SAMPLES[colour] ?? 0)) / 8);
  if (rowBytes * heightPx > MOST_BYTES) return false;
  const packed = (some: readonly Place[]): Buffer =>
    Buffer.concat(some.map((piece) => bytes.subarray(piece.from, piece.to)));
  try {
    const whole = inflateSync(packed(pieces), { maxOutputLength: MOST_BYTES });
    const half = inflateRawSync(packed(pieces.slice(second)), { maxOutputLength: MOST_BYTES });
    // A row that builds on the one above it is another one where that is not there yet.
    const isAlone = whole[rowBytes * number(4)]! <= LEFT_OF_IT;
    return isAlone && whole.length === rowBytes * heightPx && half.equals(whole.subarray(rowBytes * number(4)));
  } catch {
    return false;
  }
}
