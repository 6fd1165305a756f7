// Photographs whose pixels are to be shown wider than high, or the other way round: a resolution that
// differs across and down. Few programs apply it, browsers do not; the samples are looked at as they
// lie, and that is said.
import type { Remark } from '../../../contract/remark.ts';
import { segmentsBeforeScan } from '../jpeg-header.ts';
import { pngChunks } from './png-chunk.ts';
import { tiffDirectories } from './tiff-directories.ts';

/** Differences below a fiftieth are rounding between units. */
const ROUNDING = 0.02;
const [APP0, APP1] = [0xe0, 0xe1] as const;
const [X_RESOLUTION, Y_RESOLUTION] = [282, 283] as const;

type Resolution = { across: number; down: number };

/** Resolutions that a file states of its picture; of one that is square, or states none, nothing. */
export function unequalPixels(bytes: Uint8Array, mediaType: string): Remark[] {
  const stated = READINGS[mediaType]?.(bytes) ?? [];
  const odd = stated.find(({ across, down }) => across > 0 && down > 0 && Math.abs(across / down - 1) > ROUNDING);
  return odd ? [{ kind: 'unequalResolution', ...odd }] : [];
}

const READINGS: Readonly<Record<string, (bytes: Uint8Array) => Resolution[]>> = {
  'image/png': ofPng,
  'image/jpeg': ofJpeg,
  'image/tiff': ofTiff,
  'image/bmp': ofBitmap,
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `pHYs` (PNG 3, 11.3.4.3): pixels per unit. */
function ofPng(bytes: Uint8Array): Resolution[] {
  return pngChunks(bytes, 'pHYs').flatMap(({ data }) =>
    data.length < 9 ? [] : [{ across: viewOf(data).getUint32(0), down: viewOf(data).getUint32(4) }],
  );
}

/** JFIF 1.02's density, and EXIF's resolution. */
function ofJpeg(bytes: Uint8Array): Resolution[] {
  const found: Resolution[] = [];
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    const name = Buffer.from(payload.buffer, payload.byteOffset, Math.min(6, payload.length)).toString('latin1');
    if (marker === APP0 && name.startsWith('JFIF\0') && payload.length >= 12)
      found.push({ across: viewOf(payload).getUint16(8), down: viewOf(payload).getUint16(10) });
    if (marker === APP1 && name === 'Exif\0\0') found.push(...ofTiff(payload.subarray(6)));
  }
  return found;
}

/** XResolution and YResolution of the first picture (TIFF 6.0). */
function ofTiff(bytes: Uint8Array): Resolution[] {
  const tags = tiffDirectories(bytes)[0]?.tags;
  const [across, down] = [X_RESOLUTION, Y_RESOLUTION].map((tag) => tags?.get(tag)?.[0]);
  return across === undefined || down === undefined ? [] : [{ across, down }];
}

/** Pixels a metre of a head of forty bytes or more. */
function ofBitmap(bytes: Uint8Array): Resolution[] {
  if (bytes.length < 54 || viewOf(bytes).getUint32(14, true) < 40) return [];
  return [{ across: viewOf(bytes).getInt32(38, true), down: viewOf(bytes).getInt32(42, true) }];
}
