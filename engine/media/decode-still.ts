// Bytes of one still -> upright 8-bit sRGB pixels, or the reason why not. Runs in the decode
// process: the bytes may be hostile.
import type { Remark } from '../../contract/remark.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { type HeifFile, readHeifItems } from './heif/heif-items.ts';
import { HeifRefusal } from './heif/heif-refusal.ts';
import {
  besidePrimary,
  cutAway,
  hasGainMap,
  planesBeside,
  primaryCoding,
  severalCoded,
  thumbnailIds,
} from './heif/picture-plan.ts';
import { tiffFromPixels } from './heif/tiff-from-pixels.ts';
import { mediaTypeFromBytes, SNIFF_BYTES, stillBrandOf } from './sniff.ts';
import { BEHIND_END_SINCE_PIPELINE, behindEnd } from './still/behind-end.ts';
import { jxlEnd } from './still/boxed-end.ts';
import {
  DECODER,
  type DecodedStill,
  type OtherColours,
  onceEach,
  pixelsThatFit,
  unreadable,
  withLeftOut,
  withRemarks,
} from './still/decoded-still.ts';
import { otherRange, pngLeftOut, withOwnRange } from './still/dynamic-range.ts';
import { largestOfIcon } from './still/icon.ts';
import { decodeJpeg } from './still/jpeg-still.ts';
import { unknownParts } from './still/known-parts/known-parts.ts';
import { decodeByLibvips } from './still/libvips-still.ts';
import {
  coloursOfContainer,
  coloursOfHeif,
  coloursOfPng,
  withFlattened,
  withOtherColours,
} from './still/other-colours.ts';
import { laidOnBlack } from './still/other-renderings.ts';
import { readRawPhotograph } from './still/raw-photograph.ts';
import { decodeRaw } from './still/raw-still.ts';
import { layersOfTiff } from './still/tiff-layers.ts';
import { unequalPixels } from './still/unequal-pixels.ts';
import { decodeWideTiff } from './still/wide-tiff-still.ts';

/** What libvips has no decoder for. */
const BY_FFMPEG = /^image\/(bmp|jp2|jxl|qoi|vnd\.adobe\.photoshop|x-pcx|x-sgi|x-portable-\w+)$/;

/**
 * Decodes a whole still. A picture that is cut short or damaged is unreadable rather than half
 * scored: what is missing might be the face. Transparency is laid on black, so that invisible
 * colours are not scored as if they were seen.
 */
export async function decodeStill(bytes: Uint8Array, pipeline?: number): Promise<DecodedStill> {
  const read = await decodeByKind(underOwnBrand(bytes, pipeline), pipeline);
  if (pipeline !== undefined && pipeline < BEHIND_END_SINCE_PIPELINE) return read;
  const mediaType = mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) ?? '';
  const own = read.kind === 'decoded' ? read.otherColours : undefined;
  const stated = withOtherColours(
    withOtherColours(read, own, pipeline),
    coloursOfContainer(bytes, mediaType),
    pipeline,
  );
  const beside = await besideHeif(bytes, mediaType, read);
  const decoded = withFlattened(withRemarks(withLeftOut(stated, beside.leftOut), beside.held), pipeline);
  const hidden = read.kind === 'decoded' ? (read.hidden ?? []) : [];
  const whole = withRemarks(decoded, unequalPixels(bytes, mediaType));
  return withLeftOut(whole, [...(await behindAndUnknown(bytes, mediaType, read)), ...hidden]);
}

/**
 * Behind the picture, and which parts of its file are not known. Of a raw photograph the sensor's data
 * are not looked at either: it is named as a whole.
 */
async function behindAndUnknown(bytes: Uint8Array, mediaType: string, read: DecodedStill): Promise<Remark[]> {
  if (read.kind !== 'decoded' || read.leftOut?.some(({ kind }) => kind === 'rawPhotograph')) return [];
  const layers = mediaType === 'image/tiff' ? layersOfTiff(bytes) : [];
  const unknown = [...layers, ...unknownParts(bytes, mediaType)];
  if (mediaType !== 'image/jxl') return [...behindEnd(bytes, mediaType), ...unknown];
  const { jxlCodestreamLength } = await import('./still/ffmpeg-still.ts');
  return [...behindEnd(bytes, mediaType, jxlEnd(bytes, jxlCodestreamLength)), ...unknown];
}

/** libheif goes by the major brand alone: where that is a film's, one that the file has as well takes its place. */
function underOwnBrand(bytes: Uint8Array, pipeline?: number): Uint8Array {
  const brand = pipeline === 1 ? undefined : stillBrandOf(bytes);
  if (!brand) return bytes;
  const own = Uint8Array.from(bytes);
  own.set(Buffer.from(brand, 'latin1'), 8);
  return own;
}

/**
 * What lies beside and around the picture of a HEIF file, and what of it was held against the picture.
 * What else lies beside one that is not AV1-coded decode-heif.ts says.
 */
async function besideHeif(
  bytes: Uint8Array,
  mediaType: string,
  decoded: DecodedStill,
): Promise<{ leftOut: Remark[]; held: Remark[] }> {
  if (!/^image\/(avif|hei[cf])$/.test(mediaType) || decoded.kind !== 'decoded') return { leftOut: [], held: [] };
  try {
    const file = readHeifItems(bytes);
    const gain = await renderingsOf(file, decoded);
    const own = [...gain.filter(isLeftOut), ...cutAway(file, decoded), ...severalCoded(file)];
    return {
      leftOut: primaryCoding(file) === 'av01' ? [...besidePrimary(file), ...own] : own,
      held: [...gain.filter((one) => !isLeftOut(one)), ...planesBeside(file)],
    };
  } catch {
    // What its decoder opens all the same may have more beside it than can be told.
    return { leftOut: [{ kind: 'unknownParts', names: ['HEIF items'], more: 0 }], held: [] };
  }
}

const isLeftOut = ({ kind }: Remark): boolean => kind === 'gainMapNotApplied' || kind === 'otherThumbnail';

/** By gain maps and in thumbnails. FFmpeg's library is loaded at the first of them. */
async function renderingsOf(file: HeifFile, picture: RgbImage): Promise<Remark[]> {
  const found: Remark[] = [];
  const load = () => import('./heif/beside-heif.ts');
  const held = async (unheld: Remark, hold: () => Promise<Remark[]>): Promise<void> => {
    found.push(...(await hold().catch(() => [unheld])));
  };
  if (hasGainMap(file))
    await held({ kind: 'gainMapNotApplied' }, async () => (await load()).gainMapsBeside(file, picture));
  if (thumbnailIds(file).length > 0)
    await held({ kind: 'otherThumbnail' }, async () => (await load()).thumbnailsBeside(file, picture));
  return found;
}

async function decodeByKind(bytes: Uint8Array, pipeline?: number): Promise<DecodedStill> {
  if (bytes.length === 0) return unreadable('empty', { kind: 'empty' });
  const heif = hevcCodedHeif(bytes);
  if (heif instanceof HeifRefusal) return unreadable(heif.reason, heif.why);
  if (heif) return withOtherColours(await decodeHevcCoded(heif, pipeline), coloursIn(heif), pipeline);
  if (pipeline === 1) return decodeByLibvips(bytes);
  const mediaType = mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) ?? '';
  const raw = /^image\/(tiff|x-raw|x-canon-cr3)$/.test(mediaType) ? readRawPhotograph(bytes) : undefined;
  if (raw) return decodeRaw(bytes, raw);
  switch (mediaType) {
    case 'image/tiff':
      return (await decodeWideTiff(bytes)) ?? decodeByLibvips(bytes);
    case 'image/jpeg':
      return decodeJpeg(bytes);
    case 'image/vnd.microsoft.icon':
      return decodeIcon(bytes);
    case 'image/png':
    case 'image/avif':
    case 'image/heif':
    case 'image/heic':
      return withOtherColours(
        withOwnRange(await decodeByLibvips(bytes), otherRange(bytes, mediaType), pngLeftOut(bytes, mediaType)),
        otherColours(bytes, mediaType),
        pipeline,
      );
    default:
      return BY_FFMPEG.test(mediaType) ? decodeByFfmpeg(bytes, mediaType) : decodeByLibvips(bytes);
  }
}

/** Tables that cannot be read are told of by who decodes the picture. */
function coloursIn(file: HeifFile): OtherColours | undefined {
  try {
    return coloursOfHeif(file);
  } catch {
    return undefined;
  }
}

function otherColours(bytes: Uint8Array, mediaType: string): OtherColours | undefined {
  if (mediaType === 'image/png') return coloursOfPng(bytes);
  try {
    return coloursOfHeif(readHeifItems(bytes));
  } catch {
    // What libvips reads all the same may be of any colours, and not all there is.
    return { by: 'container', stated: 'in tables that cannot be read', isFar: true };
  }
}

async function decodeIcon(bytes: Uint8Array): Promise<DecodedStill> {
  const largest = largestOfIcon(bytes);
  if (!largest) return unreadable('corrupt', { kind: 'iconDirectory' });
  const { file, mediaType, pictures, opacity } = largest;
  const bitmap =
    mediaType === 'image/png'
      ? withOtherColours(await decodeByLibvips(file), coloursOfPng(file))
      : withOtherColours(await decodeByFfmpeg(file, mediaType), coloursOfContainer(file, mediaType));
  const read = opacity ? withMask(bitmap, opacity) : bitmap;
  return withLeftOut(read, pictures > 1 ? [{ kind: 'largestOfIcon', pictures }] : []);
}

/** Laid on black by the mask of its own, as any other transparency is. */
function withMask(decoded: DecodedStill, opacity: Uint8Array): DecodedStill {
  if (decoded.kind !== 'decoded' || !opacity.includes(0)) return decoded;
  const { widthPx, heightPx, data } = decoded;
  if (opacity.length !== widthPx * heightPx) return decoded;
  const laid = laidOnBlack(data, opacity, { widthPx, heightPx });
  return { ...withRemarks(decoded, [{ kind: 'laidOnBlack' }]), ...laid } as DecodedStill;
}

/** FFmpeg's library is loaded at the first such file. */
async function decodeByFfmpeg(bytes: Uint8Array, mediaType: string): Promise<DecodedStill> {
  const loaded = await import('./still/ffmpeg-still.ts').catch((error: Error) => error);
  if (loaded instanceof Error)
    return unreadable('codecMissing', { kind: 'decoderNotLoaded', mediaType, said: onceEach(loaded.message) });
  const decoder = `${loaded.STILL_DECODER}; ${DECODER}`;
  const decoded = loaded.decodeFfmpegStill(bytes, mediaType, pixelsThatFit());
  if (decoded.kind === 'refused') return { ...unreadable(decoded.reason, decoded.message), decoder };
  const { pixels, profile, otherColours, remarks, leftOut } = decoded;
  const own = otherColours ? { otherColours } : {};
  if (pixels.channels === 3 && !profile)
    return withLeftOut({ kind: 'decoded', ...pixels, ...own, remarks, decoder }, leftOut);
  // Profile and transparency are treated by the one decoder that treats those of all other
  // photographs.
  const read = await decodeByLibvips(tiffFromPixels(pixels, profile));
  return { ...withLeftOut(withRemarks(read, remarks), leftOut), ...own, decoder } as DecodedStill;
}

/**
 * The item tables of a HEIF file that is not AV1-coded (that libvips decodes), or why they cannot
 * be read; undefined for all else.
 */
function hevcCodedHeif(bytes: Uint8Array): HeifFile | HeifRefusal | undefined {
  if (!/^image\/hei[cf]$/.test(mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) ?? '')) return undefined;
  try {
    const file = readHeifItems(bytes);
    return primaryCoding(file) === 'av01' ? undefined : file;
  } catch (error) {
    if (error instanceof HeifRefusal) return error;
    throw error;
  }
}

/** FFmpeg's library is loaded at the first such file: it is not needed for any other photograph. */
async function decodeHevcCoded(file: HeifFile, pipeline: number | undefined): Promise<DecodedStill> {
  const loaded = await import('./heif/decode-heif.ts').catch((error: Error) => error);
  if (loaded instanceof Error)
    return unreadable('codecMissing', { kind: 'hevcDecoderNotLoaded', said: onceEach(loaded.message) });
  const decoder = `${loaded.HEIF_DECODER}; ${DECODER}`;
  try {
    const decoded = loaded.decodeHeif(file, pixelsThatFit(), pipeline);
    const { remarks, leftOut, otherColours, hidden = [] } = decoded;
    const own = { ...(otherColours ? { otherColours } : {}), ...(hidden.length > 0 ? { hidden } : {}) };
    if (decoded.kind === 'pixels')
      return withLeftOut({ kind: 'decoded', ...decoded.pixels, ...own, remarks, decoder }, leftOut);
    const read = await decodeByLibvips(decoded.tiff);
    return { ...withLeftOut(withRemarks(read, remarks), leftOut), ...own, decoder } as DecodedStill;
  } catch (error) {
    if (!(error instanceof HeifRefusal)) throw error;
    return { ...unreadable(error.reason, error.why), decoder };
  }
}
