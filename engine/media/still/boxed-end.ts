// Where the picture of a file in boxes ends: JPEG 2000, JPEG XL, and the HEIF family. Boxes that hold what is
// said of the picture belong to it. Undefined where it cannot be told. Pure.
import { topBoxes } from '../heif/boxes.ts';
import { readHeifItems } from '../heif/heif-items.ts';

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** What a JPEG 2000 file says of its picture (ISO/IEC 15444-1, annex I; 15444-2, annex M). */
const ABOUT_JP2 = /^(xml |uuid|uinf|jp2i|jumb|asoc|nlst|lbl )$/;

/** Behind the first code stream, and what is said of it. */
export function jp2End(bytes: Uint8Array): number | undefined {
  if (bytes[0] === 0xff) return codestreamEnd(bytes, 0);
  let end: number | undefined;
  for (const box of topBoxes(bytes)) {
    if (end === undefined) {
      if (box.type !== 'jp2c') continue;
      const coded = codestreamEnd(bytes, box.from);
      if (coded === undefined) return undefined;
      if (box.isOpen || coded > box.end || !isZero(bytes.subarray(coded, box.end))) return coded;
      end = box.end;
    } else if (ABOUT_JP2.test(box.type) && box.end <= bytes.length) end = box.end;
    else return end;
  }
  return end;
}

const [START, TILE_PART, END] = [0xff4f, 0xff90, 0xffd9];

/** Behind the marker that ends it (ISO/IEC 15444-1, annex A). */
function codestreamEnd(bytes: Uint8Array, from: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (from + 2 > bytes.length || view.getUint16(from) !== START) return undefined;
  let isInTiles = false;
  for (let at = from + 2; at + 12 <= bytes.length || at + 2 === bytes.length; ) {
    const marker = view.getUint16(at);
    if (marker === END) return at + 2;
    if (marker === TILE_PART) {
      isInTiles = true;
      const length = view.getUint32(at + 6);
      // Without a length it is the last one; no coded byte looks like a marker.
      const end =
        length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('ffd9', at, 'hex') : 0;
      if (end < 0 || (length > 0 && length < 12)) return undefined;
      at = length === 0 ? end : at + length;
    } else if (isInTiles) return at;
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** What a JPEG XL file has at its top (ISO/IEC 18181-2), each of these once or of it. */
const ABOUT_JXL = /^(JXL |ftyp|jxll|jxli|Exif|xml |jumb|brob|jbrd)$/;
const ONCE_IN_JXL = /^(JXL |ftyp|jxlc)$/;

/** Behind the code stream, whose length another tells, and what is said of it. */
export function jxlEnd(
  bytes: Uint8Array,
  codestreamLength: (codestream: Uint8Array) => number | undefined,
): number | undefined {
  if (bytes[0] === 0xff) return codestreamLength(bytes);
  const seen = new Set<string>();
  const parts: Uint8Array[] = [];
  let [end, codedTo] = [0, 0];
  for (const box of topBoxes(bytes)) {
    const isPart = box.type === 'jxlc' || box.type === 'jxlp';
    if ((!isPart && !ABOUT_JXL.test(box.type)) || (ONCE_IN_JXL.test(box.type) && seen.has(box.type))) break;
    // What is cut behind the code stream is none of its boxes.
    if (box.end > bytes.length && !isPart && parts.length > 0) break;
    if (box.end > bytes.length) return undefined;
    // A part begins with its number.
    if (isPart) parts.push(bytes.subarray(box.from + (box.type === 'jxlp' ? 4 : 0), box.end));
    if (isPart) codedTo = box.end;
    seen.add(box.type);
    end = box.end;
  }
  const codestream = Buffer.concat(parts);
  const length = codestreamLength(codestream);
  return length === undefined || isZero(codestream.subarray(length)) ? end : codedTo - (codestream.length - length);
}

/** What a HEIF file has at its top beside the coded pictures, each of it once or of a sequence. */
const ABOUT_HEIF = /^(ftyp|meta|moov|moof|mfra|sidx|styp|pdin|uuid|sefd)$/;
const ONCE = /^(ftyp|meta|moov)$/;

/** Behind the last box that belongs to an item or a sequence of it, or says something of them. */
export function heifEnd(bytes: Uint8Array): number | undefined {
  const needed = farthestItem(bytes);
  if (needed === undefined) return undefined;
  const seen = new Set<string>();
  let end = 0;
  for (const box of topBoxes(bytes)) {
    const isOfItems = box.type === 'mdat' && (box.start < needed.end || needed.hasSequence);
    const isAbout = ABOUT_HEIF.test(box.type) && !(ONCE.test(box.type) && seen.has(box.type));
    const isFilling = /^(free|skip|wide)$/.test(box.type) && isZero(bytes.subarray(box.from, box.end));
    // What lies in front of the last item is no end, whatever it is.
    if (!isOfItems && !isAbout && !isFilling && box.start >= needed.end) return end;
    if (box.end > bytes.length || (box.isOpen && box.type === 'mdat'))
      return box.start >= needed.end ? end : needed.hasSequence || box.end > bytes.length ? undefined : needed.end;
    seen.add(box.type);
    end = box.end;
  }
  return end;
}

/** The last byte that an item has in the file. */
function farthestItem(bytes: Uint8Array): { end: number; hasSequence: boolean } | undefined {
  try {
    const { items, hasSequence } = readHeifItems(bytes);
    const own = [...items.values()].filter(({ construction }) => construction === 0);
    const ends = own.flatMap(({ extents }) => extents.map(({ offset, length }) => offset + length));
    return { end: ends.reduce((most, one) => Math.max(most, one), 0), hasSequence };
  } catch {
    return undefined;
  }
}
