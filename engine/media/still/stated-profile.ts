// Where a photograph's file holds a colour profile, whoever decodes it: the decoders here give it
// for some formats alone, and drop one that they do not like. Reads bytes within bounds. Pure.
import { inflateSync } from 'node:zlib';
import { boxesIn } from '../heif/boxes.ts';
import { jpegParts, SOS } from '../jpeg-header.ts';
import { pngChunks } from './png-chunk.ts';
import { riffChunks } from './riff-chunks.ts';
import { tiffEntry } from './tiff-directories.ts';

/** Profiles of printers have some megabytes. */
const MOST_BYTES = 2 ** 26;

/**
 * None where there is none, or it cannot be found; several where programs may take one or the other.
 * Of a HEIF or AVIF: primaryColour.
 */
export function statedProfiles(bytes: Uint8Array, mediaType: string): Uint8Array[] {
  try {
    const found = SEVERAL[mediaType]?.(bytes) ?? [PLACES[mediaType]?.(bytes)];
    return found.filter((one) => one !== undefined && one.length > 0) as Uint8Array[];
  } catch {
    return [];
  }
}

const SEVERAL: Readonly<Record<string, (bytes: Uint8Array) => (Uint8Array | undefined)[]>> = {
  'image/png': ofPng,
  'image/jpeg': ofJpeg,
};

const PLACES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | undefined>> = {
  'image/webp': ofRiff,
  'image/gif': ofGif,
  'image/tiff': (bytes) => tiffEntry(bytes, 34675)?.bytes,
  'image/bmp': ofBmp,
  'image/jp2': ofJp2,
  'image/vnd.adobe.photoshop': ofPsd,
};

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
const latin = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, to)).toString('latin1');

/**
 * Pieces in APP2 segments, each with its number (ICC.1, B.4). Where a number stands twice programs
 * take the first, the last, or none.
 */
function ofJpeg(bytes: Uint8Array): Uint8Array[] {
  const [first, last] = [new Map<number, Uint8Array>(), new Map<number, Uint8Array>()];
  for (const { marker, payload } of jpegParts(bytes)) {
    if (marker === SOS) break;
    if (marker !== 0xe2 || latin(payload, 0, 12) !== 'ICC_PROFILE\0') continue;
    const [number, piece] = [payload[12]!, payload.subarray(14)];
    if (!first.has(number)) first.set(number, piece);
    last.set(number, piece);
  }
  const joined = [first, last].map((pieces) =>
    Buffer.concat([...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece)),
  );
  return joined[0]!.equals(joined[1]!) ? joined.slice(0, 1) : joined;
}

/** A name, a zero, the method, then the profile packed (PNG specification, 11.3.2.3). */
function ofPng(bytes: Uint8Array): (Uint8Array | undefined)[] {
  return pngChunks(bytes, 'iCCP').map(({ data }) => {
    try {
      return inflateSync(data.subarray(data.indexOf(0) + 2), { maxOutputLength: MOST_BYTES });
    } catch {
      return undefined;
    }
  });
}

function ofRiff(bytes: Uint8Array): Uint8Array | undefined {
  for (const { type, from, to } of riffChunks(bytes)) if (type === 'ICCP') return bytes.subarray(from, to);
  return undefined;
}

/** An application's block: eleven letters, then pieces of up to 255 bytes (ICC.1, B.6 of 2004). */
function ofGif(bytes: Uint8Array): Uint8Array | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = all.indexOf('\x21\xff\x0bICCRGBG1012', 0, 'latin1');
  if (begin < 0) return undefined;
  const pieces: Uint8Array[] = [];
  for (let at = begin + 14; (bytes[at] ?? 0) > 0; at += 1 + bytes[at]!)
    pieces.push(bytes.subarray(at + 1, at + 1 + bytes[at]!));
  return Buffer.concat(pieces);
}

/** Behind a header of version 5, where that says it is embedded. */
function ofBmp(bytes: Uint8Array): Uint8Array | undefined {
  const view = viewOf(bytes);
  if (view.getUint32(14, true) < 124 || view.getUint32(70, true) !== 0x4d424544) return undefined;
  const from = 14 + view.getUint32(126, true);
  return bytes.subarray(from, from + view.getUint32(130, true));
}

/** The first description of colours that is a profile (ISO/IEC 15444-1, I.5.3.3). */
function ofJp2(bytes: Uint8Array): Uint8Array | undefined {
  for (const { from, to } of jp2Colours(bytes))
    if (bytes[from] === 2 || bytes[from] === 3) return bytes.subarray(from + 3, to);
  return undefined;
}

/** The descriptions of colours of a JPEG 2000 file; none of a bare code stream. */
export function jp2Colours(bytes: Uint8Array): { from: number; to: number }[] {
  const isFile = latin(bytes, 4, 8) === 'jP  ';
  const header = isFile ? [...boxesIn(bytes, 0, bytes.length, true)].find(({ type }) => type === 'jp2h') : undefined;
  return header ? [...boxesIn(bytes, header.from, header.to, true)].filter(({ type }) => type === 'colr') : [];
}

const PSD_HEAD_BYTES = 26;
const PSD_PROFILE = 1039;

/** Among the resources of the picture (Adobe's file format specification). */
function ofPsd(bytes: Uint8Array): Uint8Array | undefined {
  const view = viewOf(bytes);
  const begin = PSD_HEAD_BYTES + 4 + view.getUint32(PSD_HEAD_BYTES);
  const end = begin + 4 + view.getUint32(begin);
  for (
    let at = begin + 4;
    at + 12 <= Math.min(end, bytes.length) && /^8B|^MeSa|^Agh/.test(latin(bytes, at, at + 4));
  ) {
    const nameBytes = 1 + bytes[at + 6]!;
    const sizeAt = at + 6 + nameBytes + (nameBytes & 1);
    const size = view.getUint32(sizeAt);
    if (view.getUint16(at + 4) === PSD_PROFILE) return bytes.subarray(sizeAt + 4, sizeAt + 4 + size);
    at = sizeAt + 4 + size + (size & 1);
  }
  return undefined;
}
