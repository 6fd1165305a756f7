// Stills by libvips: most photographs, and the others once they are pixels with a profile.
import type { Metadata, Sharp } from 'sharp';
import sharp from 'sharp';
import type { Remark } from '../../../contract/remark.ts';
import {
  type DecodedStill,
  onceEach,
  PIXEL_LIMIT,
  pixelsThatFit,
  reasonFromMessage,
  tooLarge,
  unreadable,
  withLeftOut,
} from './decoded-still.ts';
import { layOnBlack } from './hidden-part.ts';
import { hiddenByOpacity } from './other-renderings.ts';
import { profileUse } from './profile-use.ts';

// A JPEG with a gain map is read by another decoder otherwise, which says nothing of damage.
sharp.block({ operation: ['VipsForeignLoadUhdr'] });

/**
 * Most photographs; the others too, once they are pixels with a profile or with transparency.
 * `inner`: which picture of a TIFF.
 */
export async function decodeByLibvips(bytes: Uint8Array, inner: InnerPlace = {}): Promise<DecodedStill> {
  try {
    const { width = 0, height = 0, ...metadata } = await openStill(bytes, 'truncated', inner).metadata();
    const limit = pixelsThatFit();
    if (width * height > limit) return tooLarge(width, height, limit);
    const hasPlainAlpha = isPlainAlpha(metadata);
    const profile = await profileUse(bytes, { ...metadata, width, height });
    const { data, info, warnings } = await readSamples(bytes, inner, hasPlainAlpha ? rgbaOf : samplesOf);
    // The same memory as a plain array: a copy would be another 0.8 GB at the limit.
    const samples = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const size = { widthPx: info.width, heightPx: info.height };
    const hidden = hasPlainAlpha
      ? hiddenByOpacity(samples, size)
      : metadata.hasAlpha
        ? await hiddenPartOf(bytes, inner)
        : [];
    const decoded: DecodedStill = {
      kind: 'decoded',
      ...size,
      data: hasPlainAlpha ? layOnBlack(samples) : info.channels === 3 ? samples : threeFromOne(samples, info.channels),
      remarks: [...remarksFrom(metadata, profile.isApplied), ...warnings],
      hidden,
      ...(profile.otherColours ? { otherColours: profile.otherColours } : {}),
      ...(profile.flattens ? { flattened: true } : {}),
    };
    return withLeftOut(decoded, inner.page === undefined ? pagesLeftOut(metadata) : []);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = reasonFromMessage(message);
    return unreadable(reason, { kind: 'decoderSaid', said: onceEach(message) });
  }
}

/** Grey pixels as R = G = B. */
export function threeFromOne(data: Uint8Array, channels: number): Uint8Array {
  const out = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / 3) * channels]!;
  return out;
}

/**
 * Complaints of libjpeg and libtiff that change no pixel: bytes between segments, as cameras leave
 * them, and fields of a header that are left out or mended. Everything else that a decoder says it
 * stumbled over is damage: it goes on with whatever pixels come of it, or with none.
 */
const HARMLESS = [
  /^Warning treated as error due to failOn setting$/,
  /Corrupt JPEG data: \d+ extraneous bytes before marker 0x[0-9a-f]{2}$/,
  /Unknown Adobe color transform code \d+$/,
  /Inconsistent progression sequence for component \d+ coefficient \d+$/,
  /Invalid SOS parameters for sequential JPEG$/,
  /Warning: unknown JFIF revision number [\d.]+$/,
  /; tag ignored\.?$/,
  /Bad value \S+ for "[^"]*" tag$/,
  /Unknown field with tag \d+ \(0x[0-9a-f]+\) encountered$/,
  /ASCII value for tag "[^"]*" (does not end in null byte|contains null byte in value)/,
  /tags are not sorted in ascending order$/,
  /Defining non-color channels as ExtraSamples\.?$/,
  /calculating from imagelength$/,
  // Where the value of a field lies behind the end. Of pixels that do, a read error is said as well.
  /^source: bad seek to \d+$/,
  // Said of the first tile, with what went wrong there in a line of its own.
  /^error in tile \d+ x \d+$/,
];

/** True where the decoder says, in a line each, that it could not read what was written. */
const isDamage = (said: string): boolean =>
  said
    .split('\n')
    .map((line) => line.trim())
    .some((line) => line !== '' && !HARMLESS.some((harmless) => harmless.test(line)));

/** A picture of a TIFF by its directory; the first when absent. `ignoreIcc`: without its profile. */
type InnerPlace = { page?: number; subifd?: number; ignoreIcc?: boolean };

/** A still as libvips opens it; `failOn`: what of its warnings is an error. */
export const openStill = (
  bytes: Uint8Array,
  failOn: 'none' | 'truncated' | 'error' | 'warning',
  inner: InnerPlace = {},
) => sharp(bytes, { ...inner, failOn, limitInputPixels: PIXEL_LIMIT, sequentialRead: true });

/** 8-bit sRGB samples, transparency laid on black. Rejects where the file is not as was asked for. */
export const samplesOf = (still: Sharp) =>
  still
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });

/** 8-bit sRGB samples with their opacity. Rejects as `samplesOf`. */
const rgbaOf = (still: Sharp) =>
  still.toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });

/** What transparency hides in a picture of any depth and profile: it is decoded for that. */
async function hiddenPartOf(bytes: Uint8Array, inner: InnerPlace): Promise<Remark[]> {
  const { data, info } = await rgbaOf(openStill(bytes, 'truncated', inner));
  return hiddenByOpacity(data, { widthPx: info.width, heightPx: info.height });
}

/**
 * True where samples come as they lie in the file, so that laying them on black is theirs alone:
 * then one decoding tells the picture and what is hidden in it.
 */
const isPlainAlpha = ({ hasAlpha, channels, depth, space, hasProfile }: Omit<Metadata, 'width' | 'height'>): boolean =>
  hasAlpha && channels === 4 && depth === 'uchar' && space === 'srgb' && !hasProfile;

/**
 * Upright samples; a file that only gives cause for a warning is decoded, with the warning as a
 * remark, unless its data are damaged. What libvips calls an error is no warning: a strip or a
 * picture that could not be read, where grey or nothing stands instead.
 */
async function readSamples(bytes: Uint8Array, inner: InnerPlace, read: typeof samplesOf) {
  try {
    return { ...(await read(openStill(bytes, 'warning', inner).rotate())), warnings: [] };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (isDamage(said)) throw error;
    return {
      ...(await read(openStill(bytes, 'error', inner).rotate())),
      warnings: [{ kind: 'decoderWarns', said: onceEach(said) } as const],
    };
  }
}

/** What the picture was before it became 8-bit sRGB; each is a line in the inspector. */
export function remarksFrom(metadata: Omit<Metadata, 'width' | 'height'>, isProfileApplied: boolean): Remark[] {
  const remarks: Remark[] = [];
  if (metadata.orientation && metadata.orientation > 1)
    remarks.push({ kind: 'turnedByExif', orientation: metadata.orientation });
  if (metadata.space === 'cmyk') remarks.push({ kind: 'fromCmyk' });
  if (metadata.depth && metadata.depth !== 'uchar')
    remarks.push(
      metadata.depth === 'ushort' ? { kind: 'fromBits', bits: 16 } : { kind: 'fromSamples', type: metadata.depth },
    );
  if (metadata.hasAlpha) remarks.push({ kind: 'laidOnBlack' });
  if (isProfileApplied && metadata.space !== 'cmyk') remarks.push({ kind: 'profileApplied' });
  return remarks;
}

/** What the first of several pictures leaves out. */
export const pagesLeftOut = ({ pages = 1 }: Pick<Metadata, 'pages'>): Remark[] =>
  pages > 1 ? [{ kind: 'firstOfPages', pages }] : [];
