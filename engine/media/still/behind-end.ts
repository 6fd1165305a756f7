// What lies in a photograph's file behind the end of its picture: bytes that no viewer shows and
// that are not examined. Decodes nothing. Pure.
import type { Remark } from '../../../contract/remark.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../sniff.ts';
import { heifEnd, jp2End } from './boxed-end.ts';
import { bmpEnd, iconEnd, pcxEnd, portableMapEnd, qoiEnd, sgiEnd } from './coded-end.ts';
import { gifBlocks } from './gif-blocks.ts';
import { isKnownTrailer } from './jpeg-trailers.ts';
import { chunkPlaces } from './png-chunk.ts';
import { tiffEnd } from './tiff-end.ts';

/** First pipeline that says it: verdicts of earlier ones are made again without. */
export const BEHIND_END_SINCE_PIPELINE = 4;

/**
 * For the formats that say where they end, or whose coding does; `end` where it is known already.
 * Zeros are filling. A JPEG's own ending is read by jpeg-ending.ts.
 */
export function behindEnd(bytes: Uint8Array, mediaType: string, end = ENDS[mediaType]?.(bytes)): Remark[] {
  return end === undefined ? [] : behindOf(bytes.subarray(end));
}

/** What is no shorter may hold a picture of a face. */
export const SMALLEST_PICTURE_BYTES = 1024;

/**
 * Pictures of other formats behind a JPEG, what begins as a JPEG and is none that jpeg-ending.ts finds,
 * and bytes of which it is not known what they are. `rest`: between the pictures and films that it finds.
 */
export function othersBehindJpeg(rest: Uint8Array): Remark[] {
  const said = behindOf(rest);
  const pictures = said.filter((one) => one.kind === 'pictureBehind');
  if (pictures.length > 0) return pictures.filter(({ what }) => what !== 'film');
  // Many photographs are followed by makers' notes; what begins as a file of pictures does is none of them.
  const begins = mediaTypeFromBytes(rest.subarray(0, SNIFF_BYTES)) ?? '';
  const isFile = begins !== '' || (rest[0] === 0x50 && rest[1] === 0x4b && rest[2] === 3);
  const isKnown = !isFile && (rest.length < SMALLEST_PICTURE_BYTES || isKnownTrailer(rest));
  return isKnown ? [] : said;
}

const ENDS: Readonly<Record<string, (bytes: Uint8Array) => number | undefined>> = {
  'image/png': endOfPng,
  'image/gif': endOfGif,
  'image/webp': endOfRiff,
  'image/avif': heifEnd,
  'image/heic': heifEnd,
  'image/heif': heifEnd,
  'image/jp2': jp2End,
  'image/tiff': tiffEnd,
  'image/bmp': bmpEnd,
  'image/qoi': qoiEnd,
  'image/vnd.microsoft.icon': iconEnd,
  'image/x-pcx': pcxEnd,
  'image/x-sgi': sgiEnd,
  'image/x-portable-bitmap': portableMapEnd,
  'image/x-portable-graymap': portableMapEnd,
  'image/x-portable-pixmap': portableMapEnd,
  'image/x-portable-arbitrarymap': portableMapEnd,
};

/** How a picture or a film begins, wherever in the bytes it does. */
const BEGINNINGS = [
  ['jpeg', '\xff\xd8\xff', 0],
  ['png', '\x89PNG\r\n\x1a\n', 0],
  ['gif', 'GIF87a', 0],
  ['gif', 'GIF89a', 0],
  ['webp', 'WEBPVP8', 8],
  ['film', 'ftyp', 4],
  ['heif', 'ftyp', 4],
  ['jpeg2000', 'jP  \r\n\x87\n', 4],
  ['jpegXl', 'JXL \r\n\x87\n', 4],
] as const;

/** The brands of a still, where the bytes of several kinds begin alike. */
const JPEG_BRANDS = /^(jp2|jpx|jpm|jph|jxl) $/;

/** What is said of bytes behind the end of a file's picture. */
function behindOf(rest: Uint8Array): Remark[] {
  const from = rest.findIndex((byte) => byte !== 0);
  if (from < 0) return [];
  const all = Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength);
  const follows = BEGINNINGS.filter(([what, begin, before]) => {
    for (let at = all.indexOf(begin, before, 'latin1'); at >= 0; at = all.indexOf(begin, at + 1, 'latin1'))
      if (begin !== 'ftyp' || kindOfBrand(all.subarray(at - 4)) === what) return true;
    return false;
  });
  const bytes = rest.length - from;
  return follows.length === 0
    ? [{ kind: 'bytesBehind', bytes }]
    : follows.map(([what]) => ({ kind: 'pictureBehind', what, bytes }));
}

function kindOfBrand(box: Buffer): 'film' | 'heif' | undefined {
  if (JPEG_BRANDS.test(box.toString('latin1', 8, 12))) return undefined;
  return mediaTypeFromBytes(box.subarray(0, SNIFF_BYTES))?.startsWith('image/') ? 'heif' : 'film';
}

/** Behind the chunk that ends it (PNG specification, 5.3); undefined where there is none. */
function endOfPng(bytes: Uint8Array): number | undefined {
  for (const { type, to } of chunkPlaces(bytes)) if (type === 'IEND') return to + 4;
  return undefined;
}

/** Behind the trailer (GIF89a, 27); undefined where the blocks do not lead to it. */
function endOfGif(bytes: Uint8Array): number | undefined {
  for (const { kind, end } of gifBlocks(bytes)) if (kind === 'trailer') return end;
  return undefined;
}

/** Of the length that its head states, filled to an even one. */
function endOfRiff(bytes: Uint8Array): number | undefined {
  if (bytes.length < 12) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const end = 8 + length + (length & 1);
  return end <= bytes.length ? end : undefined;
}
