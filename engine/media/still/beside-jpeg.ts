// The JPEG pictures that lie behind the first in its file: a gain map is applied and the rendering held
// against the picture; what is none, cannot be applied, or shows another picture, is not looked at.
import type { Remark } from '../../../contract/remark.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { segmentsBeforeScan } from '../jpeg-header.ts';
import { type GainMap, isoGainMap, xmpGainMap } from './gain-map.ts';
import { showsAnotherWithGain } from './gain-map-rendering.ts';
import { samplesFor, samplesOfJpeg, transformsOfExif } from './gain-samples.ts';
import { type JpegEnding, MPF, type PicturePlace } from './jpeg-ending.ts';
import { TiffNumbers } from './tiff-directories.ts';

/** Cameras and phones write up to four; of more than that none is decoded. */
const MOST_BESIDE = 8;

/**
 * `leftOut`: what was not looked at; `held`: what was held against the picture and is none else.
 * `isFiner`: a gain map has more pixels than the picture that was given.
 */
export type BesideJpeg = { leftOut: Remark[]; held: Remark[]; isFiner: boolean };

/** `picture`: the first one, upright, whole or made smaller; `remarks`: what is said of it. */
export async function besideJpeg(
  bytes: Uint8Array,
  { picturesBehind }: JpegEnding,
  picture: RgbImage,
  remarks: readonly Remark[],
): Promise<BesideJpeg> {
  const inside: Remark[] = listsPictureInside(bytes, picturesBehind)
    ? [{ kind: 'unknownParts', names: ['JPEG multi-picture entry of a place inside the picture'], more: 0 }]
    : [];
  const most = picturesBehind.length <= MOST_BESIDE ? picturesBehind : [];
  const found: Found[] = [];
  for (const { from, to } of most) found.push(await lookAt(bytes.subarray(from, to), picture, orientationIn(remarks)));
  const others = picturesBehind.length - found.filter((one) => one !== 'other').length;
  return {
    leftOut: [
      ...inside,
      ...(others > 0 ? [{ kind: 'firstOfPictures', pictures: others + 1 } as const] : []),
      ...(found.some((one) => one === 'anotherWithGain' || one === 'finer')
        ? [{ kind: 'gainMapNotApplied' } as const]
        : []),
    ],
    held: found.includes('sameWithGain') ? [{ kind: 'gainMapHeld' }] : [],
    isFiner: found.includes('finer'),
  };
}

type Found = 'other' | 'anotherWithGain' | 'sameWithGain' | 'finer';

const orientationIn = (remarks: readonly Remark[]): number =>
  remarks.find((one) => one.kind === 'turnedByExif')?.orientation ?? 1;

async function lookAt(bytes: Uint8Array, picture: RgbImage, orientation: number): Promise<Found> {
  const maps = gainMapsOf(bytes);
  if (!maps || maps.length === 0) return maps ? 'other' : 'anotherWithGain';
  try {
    const own = await samplesOfJpeg(bytes);
    if (Math.max(own.widthPx, own.heightPx) > Math.max(picture.widthPx, picture.heightPx)) return 'finer';
    const samples = await samplesFor(picture, own, transformsOfExif(orientation));
    const isSame = samples && !maps.some((map) => showsAnotherWithGain(picture, samples, map));
    return isSame ? 'sameWithGain' : 'anotherWithGain';
  } catch {
    return 'anotherWithGain';
  }
}

const [APP1, APP2] = [0xe1, 0xe2] as const;
const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const XMP_EXTENSION = 'http://ns.adobe.com/xmp/extension/\0';
const ISO = 'urn:iso:std:iso:ts:21496:-1\0';

/** Each way in which the picture says to be a gain map; undefined where one of them cannot be used. */
function gainMapsOf(bytes: Uint8Array): GainMap[] | undefined {
  const maps: GainMap[] = [];
  const blocks: string[] = [];
  let isExtended = false;
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    if (marker !== APP1 && marker !== APP2) continue;
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
    if (marker === APP1 && text.startsWith(XMP)) blocks.push(text.slice(XMP.length));
    isExtended ||= marker === APP1 && text.startsWith(XMP_EXTENSION);
    if (marker !== APP2 || !text.startsWith(ISO)) continue;
    const map = isoGainMap(payload.subarray(ISO.length));
    if (!map) return undefined;
    maps.push(map);
  }
  const stated = blocks.map((xmp) => xmpGainMap(xmp)).filter((one) => one !== undefined);
  if (stated.includes(null) || (stated.length > 0 && (isExtended || blocks.length > 1))) return undefined;
  return [...maps, ...stated.filter((one) => one !== null)];
}

const ENTRIES = 0xb002;
const ENTRY_BYTES = 16;

/**
 * Does a list of pictures (CIPA DC-007) name one where none lies behind the first, but where one begins:
 * in a segment of it? Programs take a gain map from there.
 */
function listsPictureInside(bytes: Uint8Array, behind: readonly PicturePlace[]): boolean {
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    if (marker !== APP2 || !MPF.every((byte, i) => payload[i] === byte) || payload.length < 12) continue;
    const list = payload.subarray(MPF.length);
    const numbers = new TiffNumbers(list);
    const entries = numbers.entriesAt(numbers.first)?.entries.find(({ tag }) => tag === ENTRIES);
    for (let at = entries?.from ?? 0; entries && at + ENTRY_BYTES <= entries.from + entries.length; at += ENTRY_BYTES) {
      const offset = numbers.of(4, at + 8);
      const place = list.byteOffset - bytes.byteOffset + offset;
      const isPicture = bytes[place] === 0xff && bytes[place + 1] === 0xd8;
      if (offset !== 0 && isPicture && !behind.some(({ from }) => from === place)) return true;
    }
  }
  return false;
}
