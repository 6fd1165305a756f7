// How a JPEG ends, and what follows it (ITU-T T.81, annex B): whether its end marker is there,
// whether every scan of it is, and which other pictures lie behind it in the file. Decodes nothing.
// Pure.
import { EOI, isRestart, jpegParts, SOI, SOS, TEM } from '../jpeg-header.ts';

/**
 * `dataEnd`: where the picture's own bytes end; behind it there is an end marker, or something else
 * where there should be one.
 */
export type JpegEnding = {
  hasEndMarker: boolean;
  dataEnd: number;
  /**
   * False where scans are missing that the picture needs: then no decoder notices what is not
   * there.
   */
  hasAllScans: boolean;
  /** Places of the JPEG pictures behind the end. */
  picturesBehind: readonly PicturePlace[];
  /** A film behind the end, as phones append to “moving” photographs. */
  filmBehind: boolean;
};

/** From its start of image to behind its end, or to where its data end. */
export type PicturePlace = { from: number; to: number };

const APP2 = 0xe2;
/** What the segment of a multi-picture file begins with: `MPF` and a zero. */
export const MPF = [0x4d, 0x50, 0x46, 0] as const;
const wordAt = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
/** Segments that may stand between two scans. */
const BETWEEN_SCANS = (marker: number): boolean =>
  marker === SOS || [0xc4, 0xcc, 0xdb, 0xdc, 0xdd, 0xfe].includes(marker) || (marker >= 0xe0 && marker <= 0xef);
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Pictures counted behind one. */
const MOST_PICTURES = 10_000;

/**
 * Reads from the start of image on; undefined where the bytes are no JPEG or end before its first
 * scan.
 */
export function readJpegEnding(bytes: Uint8Array): JpegEnding | undefined {
  const own = endOfPicture(bytes, 0);
  if (!own) return undefined;
  const rest = own.hasEndMarker ? own.dataEnd + 2 : own.dataEnd;
  const { hasEndMarker, dataEnd, hasAllScans } = own;
  const behind = { picturesBehind: picturesFrom(bytes, rest), filmBehind: hasFilm(bytes, rest) };
  return { hasEndMarker, dataEnd, hasAllScans, ...behind };
}

/**
 * Three or more pictures of one size, one behind the other from the first byte to the last, which
 * may be cut short: film without a container, as cameras stream it (M-JPEG). A photograph of several
 * pictures says that it is one (CIPA DC-007, an `MPF` segment).
 */
export function isJpegStream(bytes: Uint8Array): boolean {
  const first = endOfPicture(bytes, 0);
  if (!first || first.isMultiPicture) return false;
  let [at, pictures] = [0, 0];
  for (let one: PictureEnd | undefined = first; one && at < bytes.length; one = endOfPicture(bytes, at)) {
    if (one.widthPx !== first.widthPx || one.heightPx !== first.heightPx) return false;
    pictures += 1;
    at = one.hasEndMarker ? endOfPadding(bytes, one.dataEnd + 2) : bytes.length;
  }
  const isAtEnd = at >= bytes.length || (bytes[at] === 0xff && bytes[at + 1] === SOI);
  return isAtEnd && pictures >= FEWEST_OF_A_STREAM;
}

const FEWEST_OF_A_STREAM = 3;

/** Cameras fill up what a picture leaves of its block. */
function endOfPadding(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0) at += 1;
  return at;
}

type PictureEnd = Pick<JpegEnding, 'hasEndMarker' | 'dataEnd' | 'hasAllScans'> & {
  widthPx: number;
  heightPx: number;
  isMultiPicture: boolean;
};

/** Of the picture at a place; undefined where there is none, or no scan of it. */
export function endOfPicture(bytes: Uint8Array, from: number): PictureEnd | undefined {
  if (bytes[from] !== 0xff || bytes[from + 1] !== SOI) return undefined;
  /** Of each component: the bit from which each coefficient was sent last; absent for none. */
  const sent = new Map<number, Map<number, number>>();
  let [widthPx, heightPx, isMultiPicture] = [0, 0, false];
  let scans = 0;
  const ended = (hasEndMarker: boolean, dataEnd: number): PictureEnd | undefined =>
    scans === 0
      ? undefined
      : { hasEndMarker, dataEnd, hasAllScans: isComplete(sent), widthPx, heightPx, isMultiPicture };
  for (const { marker, at, payload, stray, isCut } of jpegParts(bytes, from)) {
    if (stray > 0) return ended(false, at - stray);
    if (marker === EOI) return ended(true, at);
    if (scans === 0 && (marker === TEM || isRestart(marker))) continue;
    if (isCut || (scans > 0 && !BETWEEN_SCANS(marker))) return ended(false, at);
    isMultiPicture ||= marker === APP2 && MPF.every((byte, i) => payload[i] === byte);
    if (isFrame(marker)) {
      [heightPx, widthPx] = [wordAt(payload, 1), wordAt(payload, 3)];
      for (let i = 0; i < (payload[5] ?? 0); i++) sent.set(payload[6 + i * 3] ?? -1, new Map());
    }
    if (marker === SOS) {
      scans += 1;
      noteScan(payload, sent);
    }
  }
  return ended(false, bytes.length);
}

/** A scan sends coefficients from..to of its components, down to bit `low`. */
function noteScan(payload: Uint8Array, sent: Map<number, Map<number, number>>): void {
  const count = payload[0] ?? 0;
  const [from, to] = [payload[1 + count * 2] ?? 0, Math.min(63, payload[2 + count * 2] ?? 63)];
  const low = (payload[3 + count * 2] ?? 0) & 15;
  for (let i = 0; i < count; i++) {
    const component = sent.get(payload[1 + i * 2] ?? -1);
    for (let k = from; component && k <= to; k++) component.set(k, low);
  }
}

const isComplete = (sent: ReadonlyMap<number, ReadonlyMap<number, number>>): boolean =>
  sent.size > 0 &&
  [...sent.values()].every((own) => Array.from({ length: 64 }, (_, k) => own.get(k)).every((low) => low === 0));

function picturesFrom(bytes: Uint8Array, from: number): PicturePlace[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = Buffer.from([0xff, SOI, 0xff]);
  const places: PicturePlace[] = [];
  for (let at = all.indexOf(begin, from); at >= 0 && places.length < MOST_PICTURES; ) {
    const end = endOfPicture(bytes, at);
    if (end) places.push({ from: at, to: end.hasEndMarker ? end.dataEnd + 2 : end.dataEnd });
    at = all.indexOf(begin, end ? end.dataEnd : at + 2);
  }
  return places;
}

function hasFilm(bytes: Uint8Array, from: number): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = all.indexOf('ftyp', from, 'latin1');
  return at >= from + 4 && all.indexOf('mdat', at, 'latin1') > 0;
}
