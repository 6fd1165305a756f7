// A large JPEG -> a smaller picture of it, for a fraction of the memory and the time: libjpeg gives
// every second, fourth or eighth pixel from the coefficients. For looking at; faces are cut out of
// the whole. Runs in the decode process.
import type { Sharp } from 'sharp';
import type { Remark } from '../../contract/remark.ts';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import { reductionOf } from './photograph.ts';
import type { Rotation } from './rotation.ts';
import { besideJpeg } from './still/beside-jpeg.ts';
import { lookAtProfile } from './still/colour-profile.ts';
import { jpegOf } from './still/jpeg-still.ts';
import { unknownParts } from './still/known-parts/known-parts.ts';
import { openStill, remarksFrom, samplesOf, threeFromOne } from './still/libvips-still.ts';
import { remarkOf } from './still/other-colours.ts';
import { inSmall } from './still/other-renderings.ts';
import { profileUse } from './still/profile-use.ts';
import { unequalPixels } from './still/unequal-pixels.ts';
import { wholePixels } from './still/whole-pixels.ts';

/** `widthPx`, `heightPx`: of the whole picture, upright. `reduced`: by `reductionOf`, upright. */
export type ReducedStill = {
  kind: 'reduced';
  widthPx: number;
  heightPx: number;
  reduced: RgbImage;
  remarks: Remark[];
  /** Those of the remarks that name what of the file was not looked at. */
  leftOut?: Remark[];
};

/** EXIF orientations without a mirror, as turns. */
const TURNS: Readonly<Record<number, Rotation>> = { 1: 0, 3: 180, 6: 90, 8: 270 };
/** What libjpeg can do. */
const MOST_REDUCED = 8;

type Small = { data: Uint8Array; channels: number };

/** So many cells whose light or colour differs by so much are another picture, or clipped for a good part. */
const [MOST_OTHER_CELLS, SAME_LIGHT] = [12, 3];

/**
 * True where what libjpeg gives from the coefficients is what the pixels give. They are cut off at black and
 * white, each by itself, and the coefficients are not: a pattern beyond both makes another picture of
 * the pixels. Without the profile, which is applied to either alike where it is a plain one. `small`: as
 * libjpeg gives it, where that is without one.
 */
async function isAsTheWhole(
  bytes: Uint8Array,
  size: { width: number; height: number },
  whole: { width: number; height: number },
  small: Small | undefined,
): Promise<boolean> {
  const open = () => openStill(bytes, 'warning', { ignoreIcc: true });
  const smaller = async (still: Sharp): Promise<Small> => {
    const { data, info } = await samplesOf(still.resize({ ...size, fit: 'fill', fastShrinkOnLoad: true }));
    return { data, channels: info.channels };
  };
  const [given, own] = [small ?? (await smaller(open())), await smaller(wholePixels(open(), whole))];
  if (given.channels !== own.channels) return false;
  const cells = (data: Uint8Array, channel: number): Float32Array => {
    const add = (pixel: number, into: Float32Array, at: number): void => {
      into[at]! += data[own.channels * pixel + channel]!;
    };
    return inSmall({ widthPx: size.width, heightPx: size.height }, 1, add)[0]!.values;
  };
  let others = 0;
  for (let channel = 0; channel < own.channels; channel++) {
    const [some, same] = [cells(given.data, channel), cells(own.data, channel)];
    others += some.filter((light, cell) => Math.abs(light - same[cell]!) > SAME_LIGHT).length;
  }
  return others < MOST_OTHER_CELLS;
}

/**
 * Undefined for whatever is better decoded as a whole: small ones, other formats, and all that is
 * not as it should be, so that there is one place that says what is wrong.
 */
export async function decodeReduced(bytes: Uint8Array): Promise<ReducedStill | undefined> {
  const jpeg = jpegOf(bytes);
  if (!jpeg?.ending.hasEndMarker) return undefined;
  // What else is to be said of how it is built is told by who decodes it as a whole.
  if (unknownParts(bytes, 'image/jpeg').length > 0 || unequalPixels(bytes, 'image/jpeg').length > 0) return undefined;
  try {
    const { width = 0, height = 0, ...metadata } = await openStill(bytes, 'truncated').metadata();
    const turn = TURNS[metadata.orientation ?? 1];
    const factor = reductionOf({ widthPx: width, heightPx: height });
    // Where the sides are no multiples, libvips would resample what libjpeg gives.
    if (turn === undefined || factor === 1 || factor > MOST_REDUCED || width % factor || height % factor)
      return undefined;
    const size = { width: width / factor, height: height / factor };
    const small = openStill(bytes, 'warning').resize({ ...size, fit: 'fill', fastShrinkOnLoad: true });
    const { data, info } = await samplesOf(small);
    if (!(await isAsTheWhole(bytes, size, { width, height }, metadata.icc ? undefined : { data, ...info })))
      return undefined;
    const { isApplied, otherColours, flattens } = await profileUse(bytes, { ...metadata, width, height });
    // What makes a picture another one to the eye is told by who decodes it as a whole.
    if (otherColours?.isFar || flattens || (metadata.icc && !lookAtProfile(metadata.icc)?.isPlain)) return undefined;
    const pixels = info.channels === 3 ? data : threeFromOne(data, info.channels);
    const plain = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const isTurned = turn === 90 || turn === 270;
    const reduced = rotateQuarter({ widthPx: info.width, heightPx: info.height, data: plain }, turn);
    const own = remarksFrom(metadata, isApplied);
    const beside = await besideJpeg(bytes, jpeg.ending, { ...reduced, isReduced: true }, own);
    // Finer than the smaller picture: it is held against the whole.
    if (beside.isFiner) return undefined;
    const leftOut = [...jpeg.leftOut, ...beside.leftOut];
    return {
      kind: 'reduced',
      widthPx: isTurned ? height : width,
      heightPx: isTurned ? width : height,
      reduced,
      remarks: [...leftOut, ...beside.held, ...remarkOf(otherColours), ...own],
      ...(leftOut.length > 0 ? { leftOut } : {}),
    };
  } catch {
    return undefined;
  }
}
