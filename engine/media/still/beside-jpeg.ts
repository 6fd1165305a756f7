// The JPEG pictures that lie behind the first in its file: a gain map is applied and the rendering held
// against the picture, and so is a smaller copy of it. What is neither, or shows another picture, is not
// looked at.
import type { Remark } from '../../../contract/remark.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { segmentsBeforeScan } from '../jpeg-header.ts';
import { isNearProfile } from './colour-profile.ts';
import { type GainMap, isoGainMap, xmpAuxiliaryType, xmpGainMap } from './gain-map.ts';
import { showsAnotherWithGain } from './gain-map-rendering.ts';
import { LargerThanAsked, samplesFor, samplesOfJpeg, transformsOfExif } from './gain-samples.ts';
import { type JpegEnding, MPF, type PicturePlace } from './jpeg-ending.ts';
import { unknownInJpeg } from './known-parts/jpeg-parts.ts';
import { planeName } from './plane-types.ts';
import { isSmallerCopy, MOST_LARGER } from './smaller-copy.ts';
import { statedProfiles } from './stated-profile.ts';
import { TiffNumbers, tiffDirectories } from './tiff-directories.ts';

/** Cameras and phones write up to four; of more than that none is decoded. */
const MOST_BESIDE = 8;

/** A picture that is given smaller than it is says so. */
export type HeldAgainst = RgbImage & { isReduced?: boolean };

/**
 * `leftOut`: what was not looked at; `held`: what was held against the picture and is none else.
 * `isFiner`: a gain map or preview has more pixels than the picture that was given.
 */
export type BesideJpeg = { leftOut: Remark[]; held: Remark[]; isFiner: boolean };

/** `picture`: the first one, upright; `remarks`: what is said of it. */
export async function besideJpeg(
  bytes: Uint8Array,
  { picturesBehind }: JpegEnding,
  picture: HeldAgainst,
  remarks: readonly Remark[],
): Promise<BesideJpeg> {
  const names = [
    ...(listsPictureInside(bytes, picturesBehind) ? ['JPEG multi-picture entry of a place inside the picture'] : []),
    ...(describesMap(bytes) ? ['JPEG gain map metadata of the picture itself'] : []),
  ];
  const most = picturesBehind.length <= MOST_BESIDE ? picturesBehind : [];
  const found: Found[] = [];
  const first = { orientation: orientationIn(remarks), areColoursNear: hasNearColours(bytes) };
  for (const { from, to } of most) found.push(await lookAt(bytes.subarray(from, to), picture, first));
  const of = <K extends Found['kind']>(kind: K) =>
    found.filter((one): one is Extract<Found, { kind: K }> => one.kind === kind);
  const copies = of('copy').length;
  const planes = [...new Set(of('plane').map(({ name }) => name))];
  const others = picturesBehind.length - found.length + of('other').length;
  const thumbnail = exifThumbnail(bytes);
  const isOther = thumbnail !== undefined && (await isOfAnother(thumbnail, picture));
  const leftOut: Remark[] = names.length > 0 ? [{ kind: 'unknownParts', names, more: 0 }] : [];
  if (others > 0) leftOut.push({ kind: 'firstOfPictures', pictures: others + 1 });
  if (of('anotherWithGain').length > 0) leftOut.push({ kind: 'gainMapNotApplied' });
  if (isOther) leftOut.push({ kind: 'otherThumbnail' });
  const held: Remark[] = [];
  if (of('sameWithGain').length > 0) held.push({ kind: 'gainMapHeld' });
  if (copies > 0) held.push({ kind: 'copiesBeside', pictures: copies });
  if (planes.length > 0) held.push({ kind: 'planesBeside', types: planes });
  return { leftOut, held, isFiner: found.some(({ isFiner }) => isFiner === true) };
}

type Found = { isFiner?: boolean } & (
  | { kind: 'other' | 'copy' | 'anotherWithGain' | 'sameWithGain' }
  | { kind: 'plane'; name: string }
);

const orientationIn = (remarks: readonly Remark[]): number =>
  remarks.find((one) => one.kind === 'turnedByExif')?.orientation ?? 1;

/** Depth and mattes have no colours. */
const hasOneComponent = (bytes: Uint8Array): boolean =>
  [...segmentsBeforeScan(bytes)].some(({ marker, payload }) => marker >= 0xc0 && marker <= 0xc2 && payload[5] === 1);

/** A picture begins in a segment of it: lists of pictures may lead there. */
const hasPictureInside = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('\xff\xd8\xff', 2, 'latin1') >= 0;

/**
 * Programs apply a gain map in the colours of the picture, or of the map itself. Where those are far from
 * a screen's, a trace of colour in them is a strong one to the eye.
 */
const hasNearColours = (bytes: Uint8Array): boolean => statedProfiles(bytes, 'image/jpeg').every(isNearProfile);

const hasProfile = (bytes: Uint8Array): boolean => statedProfiles(bytes, 'image/jpeg').length > 0;

async function lookAt(
  bytes: Uint8Array,
  picture: HeldAgainst,
  first: { orientation: number; areColoursNear: boolean },
): Promise<Found> {
  if (hasPictureInside(bytes) || unknownInJpeg(bytes).length > 0) return { kind: 'other' };
  const { maps, auxiliary } = saidOf(bytes);
  const plane = auxiliary === undefined ? undefined : planeName(auxiliary);
  if (maps?.length === 0 && plane && hasOneComponent(bytes)) return { kind: 'plane', name: plane };
  if (maps?.length === 0) return lookAtCopy(bytes, picture);
  const areColoursNear = first.areColoursNear && hasNearColours(bytes);
  const isUsable = maps?.every(({ isInBaseColours }) => isInBaseColours || hasProfile(bytes));
  if (!maps || !areColoursNear || !isUsable) return { kind: 'anotherWithGain' };
  try {
    const samples = await samplesFor(
      picture,
      await samplesOfJpeg(bytes, longerSide(picture)),
      transformsOfExif(first.orientation),
    );
    const isSame = samples && !maps.some((map) => showsAnotherWithGain(picture, samples, map));
    return { kind: isSame ? 'sameWithGain' : 'anotherWithGain' };
  } catch (error) {
    return { kind: 'anotherWithGain', isFiner: error instanceof LargerThanAsked };
  }
}

const longerSide = ({ widthPx, heightPx }: RgbImage): number => Math.max(widthPx, heightPx);

async function lookAtCopy(bytes: Uint8Array, picture: HeldAgainst): Promise<Found> {
  try {
    const own = await samplesOfJpeg(bytes, longerSide(picture) * (picture.isReduced ? MOST_LARGER : 1));
    return { kind: (await isSmallerCopy(own, picture, picture.isReduced)) ? 'copy' : 'other' };
  } catch (error) {
    return { kind: 'other', isFiner: error instanceof LargerThanAsked };
  }
}

const [OFFSET, LENGTH] = [513, 514] as const;

/** The JPEG that the second directory of EXIF leads to. */
function exifThumbnail(bytes: Uint8Array): Uint8Array | undefined {
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    if (marker !== APP1 || Buffer.from(payload.subarray(0, EXIF.length)).toString('latin1') !== EXIF) continue;
    const block = payload.subarray(EXIF.length);
    const tags = tiffDirectories(block).find(({ page, sub }) => page === 1 && sub === undefined)?.tags;
    const [from, length] = [tags?.get(OFFSET)?.[0], tags?.get(LENGTH)?.[0]];
    return from === undefined || length === undefined ? undefined : block.subarray(from, from + length);
  }
  return undefined;
}

/** What cannot be decoded at all no program shows. */
async function isOfAnother(thumbnail: Uint8Array, picture: HeldAgainst): Promise<boolean> {
  try {
    const own = await samplesOfJpeg(thumbnail, MOST_LARGER * longerSide(picture), 'none');
    return !(await isSmallerCopy(own, picture, true));
  } catch (error) {
    return error instanceof LargerThanAsked;
  }
}

const EXIF = 'Exif\0\0';
const [APP1, APP2] = [0xe1, 0xe2] as const;
const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const XMP_EXTENSION = 'http://ns.adobe.com/xmp/extension/\0';
const ISO = 'urn:iso:std:iso:ts:21496:-1\0';

/**
 * What a picture behind another says to be: each way in which it is a gain map, undefined where one of
 * them cannot be used; and Apple's name of an auxiliary picture.
 */
function saidOf(bytes: Uint8Array): { maps: GainMap[] | undefined; auxiliary: string | undefined } {
  const iso: (GainMap | undefined)[] = [];
  const blocks: string[] = [];
  let isExtended = false;
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    if (marker !== APP1 && marker !== APP2) continue;
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
    if (marker === APP1 && text.startsWith(XMP)) blocks.push(text.slice(XMP.length));
    isExtended ||= marker === APP1 && text.startsWith(XMP_EXTENSION);
    if (marker === APP2 && text.startsWith(ISO)) iso.push(isoGainMap(payload.subarray(ISO.length)));
  }
  const stated = blocks.map((xmp) => xmpGainMap(xmp)).filter((one) => one !== undefined);
  const all = [...iso, ...stated.map((one) => one ?? undefined)];
  const isUnclear = stated.length > 0 && (isExtended || blocks.length > 1);
  return {
    maps: isUnclear || all.includes(undefined) ? undefined : all.filter((one) => one !== undefined),
    auxiliary: blocks.length === 1 ? xmpAuxiliaryType(blocks[0]!) : undefined,
  };
}

const ENTRIES = 0xb002;
const ENTRY_BYTES = 16;

/**
 * Does a list of pictures (CIPA DC-007) lead to the first of them once more, or to where one begins and
 * none lies behind the first: in a segment of it? Programs take a gain map from there.
 */
function listsPictureInside(bytes: Uint8Array, behind: readonly PicturePlace[]): boolean {
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    if (marker !== APP2 || !MPF.every((byte, i) => payload[i] === byte) || payload.length < 12) continue;
    const list = payload.subarray(MPF.length);
    const numbers = new TiffNumbers(list);
    const entries = (numbers.entriesAt(numbers.first)?.entries ?? []).filter(({ tag }) => tag === ENTRIES);
    for (const { from, length } of entries)
      for (let at = from + ENTRY_BYTES; at + ENTRY_BYTES <= from + length && at < list.length; at += ENTRY_BYTES) {
        const offset = numbers.of(4, at + 8);
        const place = list.byteOffset - bytes.byteOffset + offset;
        const isPicture = bytes[place] === 0xff && bytes[place + 1] === 0xd8;
        if (offset === 0 || (isPicture && !behind.some((one) => one.from === place))) return true;
      }
  }
  return false;
}

/** Names by which a gain map is described, but for the version that tells of one behind the picture. */
const OF_A_MAP = /:(GainMapM(in|ax)|Offset(SDR|HDR)|HDRCapacityM(in|ax)|BaseRenditionIsHDR)\b/;
/** Of this version alone the first picture speaks, by its lowest and its writer's. */
const ISO_VERSION_BYTES = 4;

/** Does the first picture itself say how a gain map is applied? Programs may take it, or another, for one. */
function describesMap(bytes: Uint8Array): boolean {
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    if (marker !== APP1 && marker !== APP2) continue;
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
    if (marker === APP2 && text.startsWith(ISO) && payload.length > ISO.length + ISO_VERSION_BYTES) return true;
    // In whatever coding of characters, under whatever prefix.
    if (marker === APP1 && text.startsWith('http://ns.adobe.com/') && OF_A_MAP.test(text.replaceAll('\0', '')))
      return true;
  }
  return false;
}
