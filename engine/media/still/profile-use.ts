// Whether libvips applies the colour profile of a photograph: it drops one in silence that is not
// for the picture's samples, that it cannot read, or of 16-bit grey.
import type { Metadata } from 'sharp';
import sharp from 'sharp';
import { tiffFromPixels } from '../heif/tiff-from-pixels.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../sniff.ts';
import type { OtherColours } from './decoded-still.ts';
import { coloursOfProfile, type SampleSpace } from './other-colours.ts';
import { statedProfiles } from './stated-profile.ts';

/** `otherColours`: of a profile that is not applied and is not sRGB's. */
export type ProfileUse = { isApplied: boolean; otherColours?: OtherColours };

/** What becomes of the profile of a file, by what libvips says of it. */
export async function profileUse(
  bytes: Uint8Array,
  { icc, space = 'srgb' }: Pick<Metadata, 'icc' | 'space'>,
): Promise<ProfileUse> {
  const mediaType = mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) ?? '';
  const samples = SAMPLES[space] ?? 'RGB';
  const all = icc ? [icc] : statedProfiles(bytes, mediaType);
  const profile = all.find((one) => coloursOfProfile(one, samples)?.isFar) ?? all[0];
  if (!profile) return { isApplied: false };
  const otherColours = coloursOfProfile(profile, samples);
  const isForThem = Buffer.from(profile.subarray(16, 20)).toString('latin1') === samples.padEnd(4);
  const mayBe = icc !== undefined && isForThem && space !== 'grey16';
  // One that is sRGB's shows nothing, applied or not.
  if (mayBe && (!otherColours || (await changesSamples(profile, samples)))) return { isApplied: true };
  return { isApplied: false, ...(otherColours ? { otherColours } : {}) };
}

const SAMPLES: Readonly<Record<string, SampleSpace>> = { 'b-w': 'GRAY', grey16: 'GRAY', cmyk: 'CMYK' };
const CHANNELS = { GRAY: 1, RGB: 3, CMYK: 4 } as const;

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
