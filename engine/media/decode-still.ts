// Bytes of one still -> upright 8-bit sRGB pixels, or the reason why not. Runs in the decode process: the bytes may be hostile.
import type { Metadata } from 'sharp';
import sharp from 'sharp';
import type { UnreadableReason } from '../../contract/evidence.ts';
import { type HeifFile, readHeifItems } from './heif/heif-items.ts';
import { HeifRefusal } from './heif/heif-refusal.ts';
import { primaryCoding } from './heif/picture-plan.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from './sniff.ts';

/** Pictures beyond this many pixels are refused before a pixel is decoded: 268 megapixels, 0.8 GB as RGB. */
export const PIXEL_LIMIT = 268_435_456;

/** Memory that a pixel takes in all processes together while its faces are looked for: measured on 256 megapixels (5.5 GB). */
const BYTES_A_PIXEL = 22;

/**
 * Pixels that can be decoded now: no more than fit into the memory that is free, the machine's or that of the container. A picture that
 * is refused for this says so, and is examined by a scan when there is more.
 */
const pixelsThatFit = (): number =>
  Math.min(PIXEL_LIMIT, Math.max(1, Math.floor(process.availableMemory() / BYTES_A_PIXEL)));

/** The sentence of a picture that is too large: for this build, or for the memory that is free. */
const tooLarge = (width: number, height: number, limit: number): string =>
  limit === PIXEL_LIMIT
    ? `${width} x ${height} pixels are more than the limit of ${PIXEL_LIMIT}.`
    : `${width} x ${height} pixels are more than fit into the memory that is free now (${limit}). Close other programs or take a machine with more memory.`;

/** A decoded picture or a refusal, as it crosses from the decode process. `decoder`: what it was, where it is not `DECODER`. */
export type DecodedStill =
  | {
      kind: 'decoded';
      widthPx: number;
      heightPx: number;
      data: Uint8Array;
      remarks: string[];
      decoder?: string;
      beyondDomain?: string[];
    }
  | { kind: 'unreadable'; reason: UnreadableReason; message: string; decoder?: string };

/** What turned the bytes into pixels; recorded in every verdict. HEIF photographs are decoded by another, and say so. */
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
 * What libjpeg says of entropy-coded data that are not what was written. It goes on with whatever pixels come of them, often colours of no
 * picture from there to the end. Stray bytes between two segments are not among them: cameras leave such, and no pixel changes.
 */
const DAMAGED_DATA = /Corrupt JPEG data: (?!\d+ extraneous bytes)/;

const open = (bytes: Uint8Array, failOn: 'truncated' | 'warning') =>
  sharp(bytes, { failOn, limitInputPixels: PIXEL_LIMIT, sequentialRead: true });

/** Upright 8-bit sRGB samples, transparency laid on black. Rejects where `failOn` or more is wrong with the file. */
const samplesOf = (bytes: Uint8Array, failOn: 'truncated' | 'warning') =>
  open(bytes, failOn)
    .rotate()
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });

/** As `samplesOf`; a file that only gives cause for a warning is decoded, with the warning as a remark, unless its data are damaged. */
async function readSamples(bytes: Uint8Array) {
  try {
    return { ...(await samplesOf(bytes, 'warning')), warnings: [] };
  } catch (error) {
    const warning = onceEach(error instanceof Error ? error.message : String(error));
    if (DAMAGED_DATA.test(warning)) throw error;
    return { ...(await samplesOf(bytes, 'truncated')), warnings: [`The decoder warns: ${warning}`] };
  }
}

/** What the picture was before it became 8-bit sRGB; each is a line in the inspector. */
function remarksFrom(metadata: Omit<Metadata, 'width' | 'height'>): string[] {
  const remarks: string[] = [];
  if (metadata.pages && metadata.pages > 1) remarks.push(`First of ${metadata.pages} pages or animation frames`);
  if (metadata.orientation && metadata.orientation > 1)
    remarks.push(`Turned upright (EXIF orientation ${metadata.orientation})`);
  if (metadata.space === 'cmyk') remarks.push('Converted from CMYK');
  if (metadata.depth && metadata.depth !== 'uchar')
    remarks.push(`Converted from ${metadata.depth === 'ushort' ? '16-bit' : metadata.depth} samples`);
  if (metadata.hasAlpha) remarks.push('Transparency laid on black');
  if (metadata.hasProfile && metadata.space !== 'cmyk') remarks.push('Colour profile applied');
  return remarks;
}

/**
 * Decodes a whole still. A picture that is cut short or damaged is unreadable rather than half scored: what is missing might be the face.
 * Transparency is laid on black, so that invisible colours are not scored as if they were seen.
 */
export async function decodeStill(bytes: Uint8Array, _pipeline?: number): Promise<DecodedStill> {
  if (bytes.length === 0) return unreadable('empty', 'The file is empty.');
  const heif = hevcCodedHeif(bytes);
  if (heif instanceof HeifRefusal) return unreadable(heif.reason, heif.message);
  return heif ? decodeHevcCoded(heif) : decodeByLibvips(bytes);
}

/** The item tables of a HEIF file that is not AV1-coded (that libvips decodes), or why they cannot be read; undefined for all else. */
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
async function decodeHevcCoded(file: HeifFile): Promise<DecodedStill> {
  const loaded = await import('./heif/decode-heif.ts').catch((error: Error) => error);
  if (loaded instanceof Error)
    return unreadable('codecMissing', `The HEVC decoder cannot be loaded here: ${onceEach(loaded.message)}.`);
  const decoder = `${loaded.HEIF_DECODER}; ${DECODER}`;
  try {
    const decoded = loaded.decodeHeif(file, pixelsThatFit());
    if (decoded.kind === 'pixels') return { kind: 'decoded', ...decoded.pixels, remarks: decoded.remarks, decoder };
    const read = await decodeByLibvips(decoded.tiff);
    return read.kind === 'unreadable'
      ? { ...read, decoder }
      : { ...read, remarks: [...decoded.remarks, ...read.remarks], decoder };
  } catch (error) {
    if (!(error instanceof HeifRefusal)) throw error;
    return { ...unreadable(error.reason, error.message), decoder };
  }
}

/** Every photograph but HEVC-coded ones; those too, once they are pixels with a profile or with transparency. */
async function decodeByLibvips(bytes: Uint8Array): Promise<DecodedStill> {
  try {
    const { width = 0, height = 0, ...metadata } = await open(bytes, 'truncated').metadata();
    const limit = pixelsThatFit();
    if (width * height > limit) return unreadable('tooLarge', tooLarge(width, height, limit));
    const { data, info, warnings } = await readSamples(bytes);
    const pixels = info.channels === 3 ? data : threeFromOne(data, info.channels);
    return {
      kind: 'decoded',
      widthPx: info.width,
      heightPx: info.height,
      // The same memory as a plain array: a copy would be another 0.8 GB at the limit.
      data: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
      remarks: [...remarksFrom(metadata), ...warnings],
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = reasonFromMessage(message);
    return unreadable(reason, `${SENTENCES[reason]} The decoder says: ${onceEach(message)}`);
  }
}

/** Grey pixels as R = G = B. */
function threeFromOne(data: Uint8Array, channels: number): Uint8Array {
  const out = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / 3) * channels]!;
  return out;
}
