// How a JPEG is built: its markers in order, tables, sampling, and what follows its end (ITU-T
// T.81, annex B). Reads bytes, decodes nothing, and stops without harm at the first thing that is
// not as it should be.
import type { JpegStructure } from '../../../contract/provenance.ts';
import { CHROMA_50, ijgTable, LUMA_50 } from '../../../models/image/jpeg-tables.ts';
import { endOfScan } from '../jpeg-header.ts';

/** What the bytes alone say; the measures that need pixels are added by examine-still.ts. */
export type JpegBytes = Omit<JpegStructure, 'coefficientRoughness' | 'thumbnail'>;

const SOF_NAMES: Readonly<Record<number, string>> = { 192: 'SOF0', 193: 'SOF1', 194: 'SOF2', 195: 'SOF3' };
const NAMES: Readonly<Record<number, string>> = {
  ...SOF_NAMES,
  196: 'DHT',
  204: 'DAC',
  218: 'SOS',
  219: 'DQT',
  220: 'DNL',
  221: 'DRI',
  254: 'COM',
};

const nameOf = (marker: number): string =>
  NAMES[marker] ?? (marker >= 0xe0 && marker <= 0xef ? `APP${marker - 0xe0}` : marker.toString(16).toUpperCase());

/** The ASCII identifier an APPn segment begins with, without what is not printable. */
function identifierOf(payload: Uint8Array): string {
  const end = payload.indexOf(0);
  const text = Buffer.from(payload.subarray(0, Math.min(end < 0 ? 32 : end, 32))).toString('latin1');
  return /^[\x20-\x7e]{2,}$/.test(text) ? text.replace(/^http:\/\/ns\.adobe\.com\//, '') : '';
}

function ijgQuality(values: readonly number[]): number | null {
  for (const base of [LUMA_50, CHROMA_50])
    for (let quality = 100; quality >= 1; quality--)
      if (ijgTable(base, quality).every((value, i) => value === values[i])) return quality;
  return null;
}

/** The structure, or null when the bytes are no JPEG. */
export function readJpegStructure(bytes: Uint8Array): JpegBytes | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const found: JpegBytes = {
    segments: ['SOI'],
    tables: [],
    progressive: false,
    sampling: '',
    trailingBytes: 0,
    remarks: [],
  };
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      found.remarks.push({ kind: 'bytesBetweenSegments', at });
      break;
    }
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at += 1;
    else if (marker === 0xd9) {
      found.segments.push('EOI');
      readTrailer(bytes, at + 2, found);
      break;
    } else if (marker >= 0xd0 && marker <= 0xd7) at += 2;
    else at = readSegment(bytes, at, marker, found);
  }
  if (found.segments.at(-1) !== 'EOI') found.remarks.push({ kind: 'noEndMarker' });
  addEditorRemarks(found);
  return found;
}

/** Reads one segment and, after SOS, its entropy-coded data. Returns where the next marker is. */
function readSegment(bytes: Uint8Array, at: number, marker: number, found: JpegBytes): number {
  const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  const payload = bytes.subarray(at + 4, at + 2 + length);
  const identifier = marker >= 0xe0 && marker <= 0xef ? identifierOf(payload) : '';
  const name = identifier ? `${nameOf(marker)}(${identifier})` : nameOf(marker);
  if (!(name === 'SOS' && found.segments.at(-1) === 'SOS')) found.segments.push(name);
  if (length < 2 || at + 2 + length > bytes.length) {
    found.remarks.push({ kind: 'segmentBeyondFile', segment: name, at });
    return bytes.length;
  }
  if (marker === 0xdb) readTables(payload, found);
  if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) readFrame(marker, payload, found);
  return marker === 0xda ? endOfScan(bytes, at + 2 + length) : at + 2 + length;
}

function readTables(payload: Uint8Array, found: JpegBytes): void {
  for (let at = 0; at < payload.length; ) {
    const wide = payload[at]! >> 4 === 1;
    const id = payload[at]! & 15;
    const size = wide ? 128 : 64;
    if (at + 1 + size > payload.length) return;
    const raw = payload.subarray(at + 1, at + 1 + size);
    const values = Array.from({ length: 64 }, (_, i) => (wide ? (raw[2 * i]! << 8) | raw[2 * i + 1]! : raw[i]!));
    found.tables.push({ id, values, ijgQuality: ijgQuality(values) });
    at += 1 + size;
  }
}

function readFrame(marker: number, payload: Uint8Array, found: JpegBytes): void {
  found.progressive = marker === 0xc2 || marker === 0xc6;
  const components = Math.min(payload[5] ?? 0, 4);
  found.sampling = Array.from({ length: components }, (_, i) => {
    const factors = payload[6 + i * 3 + 1] ?? 0;
    return `${factors >> 4}x${factors & 15}`;
  }).join(',');
}

/**
 * After the end: further whole pictures (multi-picture files) are known, anything else is counted.
 */
function readTrailer(bytes: Uint8Array, from: number, found: JpegBytes): void {
  if (from >= bytes.length) return;
  const rest = bytes.subarray(from);
  const pictures = rest[0] === 0xff && rest[1] === 0xd8 && found.segments.some((one) => one === 'APP2(MPF)');
  if (pictures) {
    found.remarks.push({ kind: 'furtherPictures' });
    return;
  }
  found.trailingBytes = rest.length;
  found.remarks.push({ kind: 'bytesBehindEnd', bytes: rest.length });
}

/**
 * Marks that an editor's segments leave. They say that a program wrote the file, not what it
 * changed.
 */
const EDITORS = [
  [/^APP13\(Photoshop/, 'photoshop'],
  [/^APP12\(Ducky/, 'saveForWeb'],
  [/^APP14\(Adobe/, 'adobeTransform'],
  [/^APP11\(JP/, 'jumbf'],
] as const;

function addEditorRemarks(found: JpegBytes): void {
  for (const [pattern, of] of EDITORS)
    if (found.segments.some((one) => pattern.test(one))) found.remarks.push({ kind: 'mark', of });
  const [quality, ...others] = new Set(found.tables.map((one) => one.ijgQuality));
  if (typeof quality === 'number' && others.length === 0) found.remarks.push({ kind: 'ijgTables', quality });
}
