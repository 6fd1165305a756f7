// Whether libvips applies the colour profile of a photograph: it drops one in silence that is not
// for the picture's samples, that it cannot read, or of 16-bit grey.
import type { Metadata } from 'sharp';
import sharp from 'sharp';
import { tiffFromPixels } from '../heif/tiff-from-pixels.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../sniff.ts';
import { lookAtProfile } from './colour-profile.ts';
import { type OtherColours, PIXEL_LIMIT } from './decoded-still.ts';
import { coloursOfProfile, type SampleSpace } from './other-colours.ts';
import { isNegative, type Shades, shadesOf, showsMore } from './other-renderings.ts';
import { statedProfiles } from './stated-profile.ts';
import { wholePixels } from './whole-pixels.ts';

/**
 * `otherColours`: of a profile that is not applied and is not sRGB's. `flattens`: the one that is
 * applied takes contrast out of what programs show that apply none.
 */
export type ProfileUse = { isApplied: boolean; otherColours?: OtherColours; flattens?: boolean };

/** What becomes of the profile of a file, by what libvips says of it. */
export async function profileUse(
  bytes: Uint8Array,
  { icc, space = 'srgb', width = 0, height = 0 }: Partial<Pick<Metadata, 'icc' | 'space' | 'width' | 'height'>>,
): Promise<ProfileUse> {
  const mediaType = mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) ?? '';
  const samples = SAMPLES[space] ?? 'RGB';
  const stated = statedProfiles(bytes, mediaType);
  const [profile = stated[0]] = [icc];
  if (!profile) return { isApplied: false };
  const own = coloursOfProfile(profile, samples);
  const isForThem = Buffer.from(profile.subarray(16, 20)).toString('latin1') === samples.padEnd(4);
  const mayBe = icc !== undefined && isForThem && space !== 'grey16';
  // One that is sRGB's shows nothing, applied or not.
  const isApplied =
    mayBe && (!own || (samples === 'CMYK' && (await isOwnCmyk(profile))) || (await changesSamples(profile, samples)));
  // Programs take another one of several, or another of several pieces.
  const far = stated.map((one) => coloursOfProfile(one, samples)).find((one) => one?.isFar);
  const isAnother = !isApplied || stated.some((one) => Buffer.compare(one, profile) !== 0);
  const otherColours = (isAnother ? far : undefined) ?? (isApplied ? undefined : own);
  const flattens = isApplied && (await takesContrast(bytes, profile, { width, height }));
  return { isApplied, ...(otherColours ? { otherColours } : {}), ...(flattens ? { flattens } : {}) };
}

/** By how much the picture is made smaller to be compared, and its longest side then. */
const [REDUCED_BY, LONGEST_COMPARED_PX] = [4, 2048];

/**
 * Of the picture itself, in small; not asked where its profile is as a whole one of the plain ones of
 * screens and cameras.
 */
async function takesContrast(
  bytes: Uint8Array,
  profile: Uint8Array,
  { width = 0, height = 0 }: Pick<Metadata, 'width' | 'height'>,
): Promise<boolean> {
  if (lookAtProfile(profile)?.isPlain) return false;
  const longest = Math.max(width, height);
  const side = Math.max(
    1,
    Math.min(LONGEST_COMPARED_PX, Math.max(Math.min(longest, 512), Math.round(longest / REDUCED_BY))),
  );
  const shades = async (ignoreIcc: boolean): Promise<Shades> => {
    const still = sharp(bytes, { ignoreIcc, failOn: 'none', limitInputPixels: PIXEL_LIMIT });
    // A curve makes another mean of the pixels than of what the coefficients give in small.
    const { data, info } = await wholePixels(still, { width, height })
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return shadesOf(data, info.channels, { widthPx: info.width, heightPx: info.height });
  };
  try {
    const [stored, shown] = [await shades(true), await shades(false)];
    return showsMore(stored, shown) || isNegative(stored, shown);
  } catch {
    // Where it cannot be asked it is not ruled out.
    return true;
  }
}

const SAMPLES: Readonly<Record<string, SampleSpace>> = { 'b-w': 'GRAY', grey16: 'GRAY', cmyk: 'CMYK' };
const CHANNELS = { GRAY: 1, RGB: 3, CMYK: 4 } as const;

let ownCmyk: Promise<Buffer | undefined> | undefined;

/** libvips' own profile of CMYK: what a picture comes out with that has none, so that nothing changes with it. */
async function isOwnCmyk(profile: Uint8Array): Promise<boolean> {
  ownCmyk ??= sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } })
    .toColourspace('cmyk')
    .withIccProfile('cmyk')
    .tiff()
    .toBuffer()
    .then(async (bytes) => (await sharp(bytes).metadata()).icc)
    .catch(() => undefined);
  const own = await ownCmyk;
  return own !== undefined && Buffer.compare(own, profile) === 0;
}

/** Does it come out otherwise with the profile than without? Asked of a picture of a few colours. */
async function changesSamples(profile: Uint8Array, samples: SampleSpace): Promise<boolean> {
  const channels = CHANNELS[samples];
  const steps = channels === 1 ? 256 : 5;
  const widthPx = steps ** channels;
  const data = Uint8Array.from({ length: widthPx * channels }, (_, i) => {
    const place = Math.floor(Math.floor(i / channels) / steps ** (i % channels)) % steps;
    return Math.round((255 * place) / (steps - 1));
  });
  const picture = { widthPx, heightPx: 1, channels, data, isInk: samples === 'CMYK' };
  const shown = (ignoreIcc: boolean): Promise<Buffer> =>
    sharp(tiffFromPixels(picture, profile), { ignoreIcc }).toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
  try {
    const [own, without] = await Promise.all([shown(false), shown(true)]);
    return Buffer.compare(own, without) !== 0;
  } catch {
    return false;
  }
}
