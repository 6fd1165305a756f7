// Bytes of one still -> upright 8-bit sRGB pixels, or the reason why not. Runs in the decode
// process: the bytes may be hostile.
import type { Metadata, Sharp } from 'sharp';
import sharp from 'sharp';
import type { UnreadableReason } from '../../contract/evidence.ts';
import { rotateQuarter } from '../../models/image/rgb-image.ts';
import { type HeifFile, readHeifItems } from './heif/heif-items.ts';
import { HeifRefusal } from './heif/heif-refusal.ts';
import { planPrimary, primaryCoding } from './heif/picture-plan.ts';
import { tiffFromPixels } from './heif/tiff-from-pixels.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from './sniff.ts';
import { BEHIND_END_SINCE_PIPELINE, behindEnd } from './still/behind-end.ts';
import { largestOfIcon } from './still/icon.ts';
import { type JpegEnding, readJpegEnding } from './still/jpeg-ending.ts';
import { type InnerPicture, type RawPhotograph, readRawPhotograph } from './still/raw-photograph.ts';
import { tiffDirectories } from './still/tiff-directories.ts';
import { bytesFromSamples, sampleKindOf, scaleOf } from './still/wide-samples.ts';

/**
 * Pictures beyond this many pixels are refused before a pixel is decoded: 268 megapixels, 0.8 GB as
 * RGB.
 */
export const PIXEL_LIMIT = 268_435_456;

/**
 * Memory that a pixel takes in all processes together while its faces are looked for: measured on
 * 256 megapixels (5.5 GB).
 */
const BYTES_A_PIXEL = 22;

/**
 * Pixels that can be decoded now: no more than fit into the memory that is free, the machine's or
 * that of the container. A picture that is refused for this says so, and is examined by a scan when
 * there is more.
 */
const pixelsThatFit = (): number =>
  Math.min(PIXEL_LIMIT, Math.max(1, Math.floor(process.availableMemory() / BYTES_A_PIXEL)));

/** The sentence of a picture that is too large: for this build, or for the memory that is free. */
const tooLarge = (width: number, height: number, limit: number): string =>
  limit === PIXEL_LIMIT
    ? `${width} x ${height} pixels are more than the limit of ${PIXEL_LIMIT}.`
    : `${width} x ${height} pixels are more than fit into the memory that is free now (${limit}). Close other programs or take a machine with more memory.`;

/**
 * A decoded picture or a refusal, as it crosses from the decode process.
 * `decoder`: what it was, where it is not `DECODER`.
 */
export type DecodedStill =
  | {
      kind: 'decoded';
      widthPx: number;
      heightPx: number;
      data: Uint8Array;
      remarks: string[];
      /** Those of the remarks that name what of the file was not looked at. */
      leftOut?: string[];
      decoder?: string;
      beyondDomain?: string[];
    }
  | { kind: 'unreadable'; reason: UnreadableReason; message: string; decoder?: string };

/**
 * What turned the bytes into pixels; recorded in every verdict. HEIF photographs are decoded by
 * another, and say so.
 */
export const DECODER = `libvips ${sharp.versions.vips} (sharp ${sharp.versions.sharp})`;

const unreadable = (reason: UnreadableReason, message: string): DecodedStill => ({
  kind: 'unreadable',
  reason,
  message,
});

/** libvips says what is wrong in words; these are the words. */
function reasonFromMessage(message: string): UnreadableReason {
  if (/exceeds pixel limit|too large|dimensions/i.test(message)) return 'tooLarge';
  if (/premature|truncated|end of (file|stream|image)|unexpected end|not enough data|VipsJpeg: .*end/i.test(message))
    return 'truncated';
  if (
    /no decoding plugin|codec|compression format has not been built|unsupported (codec|feature|compression)/i.test(
      message,
    )
  )
    return 'codecMissing';
  if (/unsupported image format|unknown|not a known/i.test(message)) return 'unsupportedFormat';
  return 'corrupt';
}

/** What is said before the decoder's own words, for whoever does not know them. */
const SENTENCES: Readonly<Partial<Record<UnreadableReason, string>>> = {
  tooLarge: 'The picture is larger than can be decoded here.',
  truncated: 'The file ends before its picture does.',
  codecMissing: 'No decoder of this coding is at hand.',
  unsupportedFormat: 'The file is no photograph of a known format.',
  corrupt: 'The file is damaged: it cannot be decoded as a photograph.',
};

/** libvips repeats itself, a line each time: every line once, in one sentence that fits a row. */
const onceEach = (message: string): string =>
  [...new Set(message.split('\n').map((line) => line.trim()))].filter((line) => line !== '').join('; ');

/**
 * What libjpeg says of entropy-coded data that are not what was written. It goes on with whatever
 * pixels come of them, often colours of no picture from there to the end. Stray bytes between two
 * segments are not among them: cameras leave such, and no pixel changes.
 */
const DAMAGED_DATA = /Corrupt JPEG data: (?!\d+ extraneous bytes)/;

/** A picture of a TIFF by its directory; the first when absent. */
type InnerPlace = { page?: number; subifd?: number };

/** A still as libvips opens it; `failOn`: what of its warnings is an error. */
export const openStill = (bytes: Uint8Array, failOn: 'truncated' | 'warning', inner: InnerPlace = {}) =>
  sharp(bytes, { ...inner, failOn, limitInputPixels: PIXEL_LIMIT, sequentialRead: true });

/** 8-bit sRGB samples, transparency laid on black. Rejects where the file is not as was asked for. */
export const samplesOf = (still: Sharp) =>
  still
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });

/**
 * Upright samples; a file that only gives cause for a warning is decoded, with the warning as a
 * remark, unless its data are damaged.
 */
async function readSamples(bytes: Uint8Array, inner: InnerPlace) {
  try {
    return { ...(await samplesOf(openStill(bytes, 'warning', inner).rotate())), warnings: [] };
  } catch (error) {
    const warning = onceEach(error instanceof Error ? error.message : String(error));
    if (DAMAGED_DATA.test(warning)) throw error;
    return {
      ...(await samplesOf(openStill(bytes, 'truncated', inner).rotate())),
      warnings: [`The decoder warns: ${warning}`],
    };
  }
}

const LAID_ON_BLACK = 'Transparency laid on black';

/** What the picture was before it became 8-bit sRGB; each is a line in the inspector. */
export function remarksFrom(metadata: Omit<Metadata, 'width' | 'height'>): string[] {
  const remarks: string[] = [];
  if (metadata.orientation && metadata.orientation > 1)
    remarks.push(`Turned upright (EXIF orientation ${metadata.orientation})`);
  if (metadata.space === 'cmyk') remarks.push('Converted from CMYK');
  if (metadata.depth && metadata.depth !== 'uchar')
    remarks.push(`Converted from ${metadata.depth === 'ushort' ? '16-bit' : metadata.depth} samples`);
  if (metadata.hasAlpha) remarks.push(LAID_ON_BLACK);
  if (metadata.hasProfile && metadata.space !== 'cmyk') remarks.push('Colour profile applied');
  return remarks;
}

/** What the first of several pictures leaves out. */
const pagesLeftOut = ({ pages = 1 }: Pick<Metadata, 'pages'>): string[] =>
  pages > 1 ? [`First of ${pages} pages or animation frames; the others are not examined`] : [];

/** What libvips has no decoder for. */
const BY_FFMPEG = /^image\/(bmp|jp2|jxl|qoi|vnd\.adobe\.photoshop|x-pcx|x-sgi|x-portable-\w+)$/;

/**
 * Decodes a whole still. A picture that is cut short or damaged is unreadable rather than half
 * scored: what is missing might be the face. Transparency is laid on black, so that invisible
 * colours are not scored as if they were seen.
 */
export async function decodeStill(bytes: Uint8Array, pipeline?: number): Promise<DecodedStill> {
  const decoded = await decodeByKind(bytes, pipeline);
  if (pipeline !== undefined && pipeline < BEHIND_END_SINCE_PIPELINE) return decoded;
  const mediaType = mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) ?? '';
  const hidden = WITH_TRANSPARENCY.test(mediaType) ? await hiddenByTransparency(bytes, decoded) : [];
  return withLeftOut(decoded, [...behindEnd(bytes, mediaType), ...hidden]);
}

async function decodeByKind(bytes: Uint8Array, pipeline?: number): Promise<DecodedStill> {
  if (bytes.length === 0) return unreadable('empty', 'The file is empty.');
  const heif = hevcCodedHeif(bytes);
  if (heif instanceof HeifRefusal) return unreadable(heif.reason, heif.message);
  if (heif) return decodeHevcCoded(heif, pipeline);
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
      return withOwnRange(await decodeByLibvips(bytes), otherRange(bytes, mediaType), pngLeftOut(bytes, mediaType));
    default:
      return BY_FFMPEG.test(mediaType) ? decodeByFfmpeg(bytes, mediaType) : decodeByLibvips(bytes);
  }
}

const WITH_TRANSPARENCY = /^image\/(png|webp|tiff|avif)$/;
/** Below this opacity (of 255) a colour is hardly seen. */
const HARDLY_SEEN = 64;
/** A part that is hidden is worth a word from this share of the picture on. */
const WORTH_A_WORD = 0.02;
/** An icon's invisible part has a colour or some; a picture has more. */
const COLOURS_OF_A_PICTURE = 1000;

/**
 * What transparency hides of a picture, where colours of a picture lie under it: whoever strips the
 * transparency sees them.
 */
async function hiddenByTransparency(bytes: Uint8Array, decoded: DecodedStill): Promise<string[]> {
  if (decoded.kind !== 'decoded' || !decoded.remarks.includes(LAID_ON_BLACK)) return [];
  const { data } = await openStill(bytes, 'truncated')
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const colours = new Set<number>();
  let hidden = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]! >= HARDLY_SEEN) continue;
    hidden += 1;
    if (colours.size < COLOURS_OF_A_PICTURE) colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
  }
  const share = (4 * hidden) / data.length;
  if (share < WORTH_A_WORD || colours.size < COLOURS_OF_A_PICTURE) return [];
  return [
    `${Math.round(100 * share)} % of the picture is hidden by transparency; the colours under it are not examined`,
  ];
}

const withRemarks = (decoded: DecodedStill, remarks: readonly string[]): DecodedStill =>
  decoded.kind === 'decoded' ? { ...decoded, remarks: [...remarks, ...decoded.remarks] } : decoded;

/** With remarks that name what of the file was not looked at. */
const withLeftOut = (decoded: DecodedStill, leftOut: readonly string[]): DecodedStill =>
  decoded.kind === 'decoded' && leftOut.length > 0
    ? { ...decoded, remarks: [...leftOut, ...decoded.remarks], leftOut: [...leftOut, ...(decoded.leftOut ?? [])] }
    : decoded;

function withOwnRange(decoded: DecodedStill, range: string | undefined, leftOut: readonly string[]): DecodedStill {
  if (decoded.kind !== 'decoded') return decoded;
  const beyondDomain = range
    ? [
        `its high dynamic range (${range}) is not brought to the standard range here, so its light is not what models were validated on`,
      ]
    : [];
  return { ...withLeftOut(decoded, leftOut), ...(range ? { beyondDomain } : {}) } as DecodedStill;
}

/** The largest picture inside a raw photograph that can be read, named as what it is. */
async function decodeRaw(bytes: Uint8Array, { pictures, sensor, orientation }: RawPhotograph): Promise<DecodedStill> {
  for (const one of pictures) {
    const read = await decodeInner(bytes, one);
    if (read.kind !== 'decoded') continue;
    const upright = read.remarks.some((remark) => remark.startsWith('Turned upright')) ? 1 : orientation;
    const turned = orientated(read, upright);
    const of = sensor ? ` of ${sensor.widthPx} x ${sensor.heightPx} pixels` : '';
    const what = `Raw photograph${of}: the largest picture inside is examined (${one.kind === 'jpeg' ? 'JPEG' : 'TIFF'}, ${one.widthPx} x ${one.heightPx}); the sensor's own data are not developed`;
    return withLeftOut(turned, [what]);
  }
  return unreadable(
    'codecMissing',
    'It is a raw photograph without a picture inside that can be read; the sensor\u2019s own data are not developed here.',
  );
}

async function decodeInner(bytes: Uint8Array, one: InnerPicture): Promise<DecodedStill> {
  if (one.kind === 'jpeg') return decodeByLibvips(one.bytes);
  return decodeByLibvips(bytes, { page: one.page, ...(one.sub === undefined ? {} : { subifd: one.sub }) });
}

/**
 * Turned by an EXIF orientation that the picture itself does not state. Mirrored ones no camera
 * writes.
 */
function orientated(still: Extract<DecodedStill, { kind: 'decoded' }>, orientation: number): DecodedStill {
  const turn = ({ 3: 180, 6: 90, 8: 270 } as const)[orientation];
  if (!turn) return still;
  const { widthPx, heightPx, data } = rotateQuarter(still, turn);
  return {
    ...still,
    widthPx,
    heightPx,
    data,
    remarks: [`Turned upright (EXIF orientation ${orientation})`, ...still.remarks],
  };
}

/** What lies behind the picture in its file. */
const leftBehind = ({ picturesBehind, filmBehind }: JpegEnding): string[] => [
  ...(picturesBehind > 0
    ? [
        `First of ${picturesBehind + 1} pictures in the file; the ${picturesBehind === 1 ? 'other is' : 'others are'} not examined`,
      ]
    : []),
  ...(filmBehind ? ['A film follows the picture in the file; it is not examined'] : []),
];

/** What is known of a JPEG before it is decoded; undefined for all else. `isWhole`: to its end. */
export function jpegOf(bytes: Uint8Array): { isWhole: boolean; leftOut: string[] } | undefined {
  if (mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) !== 'image/jpeg') return undefined;
  const ending = readJpegEnding(bytes);
  return ending && { isWhole: ending.hasEndMarker, leftOut: leftBehind(ending) };
}

/**
 * A JPEG without an end marker is whole where every block of it is there: what is said to end it is
 * put behind its data.
 */
async function decodeJpeg(bytes: Uint8Array): Promise<DecodedStill> {
  const ending = readJpegEnding(bytes);
  if (!ending) return decodeByLibvips(bytes);
  const { hasEndMarker, hasAllScans, dataEnd } = ending;
  const behind = leftBehind(ending);
  if (hasEndMarker) return withLeftOut(await decodeByLibvips(bytes), behind);
  if (!hasAllScans) return unreadable('truncated', `${SENTENCES.truncated} Scans of it are missing.`);
  const read = await decodeByLibvips(Buffer.concat([bytes.subarray(0, dataEnd), Buffer.from([0xff, 0xd9])]));
  // Blocks that are missing show as data that end too soon.
  if (read.kind === 'unreadable' && /premature end/i.test(read.message))
    return unreadable('truncated', `${SENTENCES.truncated} ${read.message}`);
  const rest = bytes.length - dataEnd;
  const what = `The end marker is missing${rest > 0 ? `, and ${rest} other bytes stand in its place` : ''}; every block of the picture is there`;
  return withRemarks(withLeftOut(read, behind), [what]);
}

/** Undefined for a TIFF whose samples are ordinary ones. */
async function decodeWideTiff(bytes: Uint8Array): Promise<DecodedStill | undefined> {
  const tags = tiffDirectories(bytes)[0]?.tags;
  const kind = tags && sampleKindOf(tags);
  if (!tags || !kind || (kind.bits <= 8 && !kind.isFloat) || (kind.bits < 16 && !kind.isFloat)) return undefined;
  if (![1, 2].includes(tags.get(262)?.[0] ?? -1)) return undefined;
  try {
    const { width = 0, height = 0, ...metadata } = await openStill(bytes, 'truncated').metadata();
    const limit = pixelsThatFit();
    if (width * height > limit) return unreadable('tooLarge', tooLarge(width, height, limit));
    const { samples, channels, widthPx, heightPx } = await wideSamples(bytes, metadata.space);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of samples) [least, most] = [Math.min(least, value), Math.max(most, value)];
    const isNumbers = samples.every((value) => Number.isFinite(value));
    const scale = scaleOf(kind, isNumbers ? least : Number.NaN, most);
    if (scale === undefined) return undefined;
    if (typeof scale === 'string')
      return unreadable('unsupportedFormat', `${scale} It is not shown, and so not examined.`);
    const grey = bytesFromSamples(samples, scale);
    const data = channels === 3 ? grey : threeFromOne(grey, channels);
    const remarks = [scale.why, ...remarksFrom({ ...metadata, depth: 'uchar', hasProfile: false })];
    return withLeftOut({ kind: 'decoded', widthPx, heightPx, data, remarks }, pagesLeftOut(metadata));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return unreadable(reasonFromMessage(message), `The decoder says: ${onceEach(message)}`);
  }
}

/** Samples as the file has them, upright, without transparency. */
async function wideSamples(bytes: Uint8Array, space: string | undefined) {
  const own = space === 'scrgb' || space === 'rgb16' || space === 'grey16' ? space : undefined;
  const upright = openStill(bytes, 'warning').rotate().removeAlpha();
  const kept = own ? upright.pipelineColourspace(own).toColourspace(own) : upright;
  const { data, info } = await kept.raw({ depth: 'float' }).toBuffer({ resolveWithObject: true });
  const samples = new Float32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  return { samples, channels: info.channels, widthPx: info.width, heightPx: info.height };
}

async function decodeIcon(bytes: Uint8Array): Promise<DecodedStill> {
  const largest = largestOfIcon(bytes);
  if (!largest)
    return unreadable('corrupt', 'It begins like an icon, and its directory names pictures that are not there.');
  const { file, mediaType, pictures } = largest;
  const read = mediaType === 'image/png' ? await decodeByLibvips(file) : await decodeByFfmpeg(file, mediaType);
  return withLeftOut(
    read,
    pictures > 1 ? [`The largest of ${pictures} pictures in the file; the others are not examined`] : [],
  );
}

/** FFmpeg's library is loaded at the first such file. */
async function decodeByFfmpeg(bytes: Uint8Array, mediaType: string): Promise<DecodedStill> {
  const loaded = await import('./still/ffmpeg-still.ts').catch((error: Error) => error);
  if (loaded instanceof Error)
    return unreadable(
      'codecMissing',
      `The decoder for ${mediaType} cannot be loaded here: ${onceEach(loaded.message)}.`,
    );
  const decoder = `${loaded.STILL_DECODER}; ${DECODER}`;
  const decoded = loaded.decodeFfmpegStill(bytes, mediaType, pixelsThatFit());
  if (decoded.kind === 'refused') return { ...unreadable(decoded.reason, decoded.message), decoder };
  const { pixels, profile, remarks, leftOut } = decoded;
  if (pixels.channels === 3 && !profile) return withLeftOut({ kind: 'decoded', ...pixels, remarks, decoder }, leftOut);
  // Profile and transparency are treated by the one decoder that treats those of all other
  // photographs.
  const read = await decodeByLibvips(tiffFromPixels(pixels, profile));
  return { ...withLeftOut(withRemarks(read, remarks), leftOut), decoder };
}

const HDR_CODES: Readonly<Record<number, string>> = { 16: 'PQ', 18: 'HLG' };

/**
 * The curve of a PNG or AVIF of high dynamic range, which libvips leaves as it is; undefined for
 * any other.
 */
function otherRange(bytes: Uint8Array, mediaType: string): string | undefined {
  if (mediaType === 'image/png') {
    const chunk = pngChunk(bytes, 'cICP');
    return chunk && HDR_CODES[chunk[1] ?? 0];
  }
  try {
    const file = readHeifItems(bytes);
    return HDR_CODES[planPrimary(file).picture.colour.coded?.transfer ?? 0];
  } catch {
    return undefined;
  }
}

/**
 * The data of the first chunk of a type before the picture's own; undefined where there is none.
 */
function pngChunk(bytes: Uint8Array, wanted: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === wanted) return bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IDAT') return undefined;
    at += 12 + length;
  }
  return undefined;
}

function pngLeftOut(bytes: Uint8Array, mediaType: string): string[] {
  const animation = mediaType === 'image/png' ? pngChunk(bytes, 'acTL') : undefined;
  if (!animation || animation.length < 4) return [];
  const pictures = new DataView(animation.buffer, animation.byteOffset, 4).getUint32(0);
  return pictures > 1 ? [`First of ${pictures} pictures of an animated PNG; the others are not examined`] : [];
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
    return unreadable('codecMissing', `The HEVC decoder cannot be loaded here: ${onceEach(loaded.message)}.`);
  const decoder = `${loaded.HEIF_DECODER}; ${DECODER}`;
  try {
    const decoded = loaded.decodeHeif(file, pixelsThatFit(), pipeline);
    const { remarks, leftOut } = decoded;
    if (decoded.kind === 'pixels')
      return withLeftOut({ kind: 'decoded', ...decoded.pixels, remarks, decoder }, leftOut);
    return { ...withLeftOut(withRemarks(await decodeByLibvips(decoded.tiff), remarks), leftOut), decoder };
  } catch (error) {
    if (!(error instanceof HeifRefusal)) throw error;
    return { ...unreadable(error.reason, error.message), decoder };
  }
}

/**
 * Most photographs; the others too, once they are pixels with a profile or with transparency.
 * `inner`: which picture of a TIFF.
 */
async function decodeByLibvips(bytes: Uint8Array, inner: InnerPlace = {}): Promise<DecodedStill> {
  try {
    const { width = 0, height = 0, ...metadata } = await openStill(bytes, 'truncated', inner).metadata();
    const limit = pixelsThatFit();
    if (width * height > limit) return unreadable('tooLarge', tooLarge(width, height, limit));
    const { data, info, warnings } = await readSamples(bytes, inner);
    const pixels = info.channels === 3 ? data : threeFromOne(data, info.channels);
    const decoded: DecodedStill = {
      kind: 'decoded',
      widthPx: info.width,
      heightPx: info.height,
      // The same memory as a plain array: a copy would be another 0.8 GB at the limit.
      data: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
      remarks: [...remarksFrom(metadata), ...warnings],
    };
    return withLeftOut(decoded, inner.page === undefined ? pagesLeftOut(metadata) : []);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = reasonFromMessage(message);
    return unreadable(reason, `${SENTENCES[reason]} The decoder says: ${onceEach(message)}`);
  }
}

/** Grey pixels as R = G = B. */
export function threeFromOne(data: Uint8Array, channels: number): Uint8Array {
  const out = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / 3) * channels]!;
  return out;
}
