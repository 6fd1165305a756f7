// Samples of a gain map's own picture, of any size that is no larger than the picture it belongs to, as
// they are to be applied to that.
import sharp from 'sharp';
import type { Size, Transform } from '../heif/item-properties.ts';
import { type Pixels, transformPicture } from '../heif/transform-picture.ts';
import type { GainSamples } from './gain-map-rendering.ts';
import { openStill } from './libvips-still.ts';

/** Turns and mirrors that an EXIF orientation stands for. */
const ORIENTATIONS: Readonly<Record<number, readonly Transform[]>> = {
  1: [],
  2: [{ kind: 'mirror', exchanges: 'leftAndRight' }],
  3: [{ kind: 'rotate', quarters: 2 }],
  4: [{ kind: 'mirror', exchanges: 'topAndBottom' }],
  5: [
    { kind: 'mirror', exchanges: 'leftAndRight' },
    { kind: 'rotate', quarters: 1 },
  ],
  6: [{ kind: 'rotate', quarters: 3 }],
  7: [
    { kind: 'mirror', exchanges: 'leftAndRight' },
    { kind: 'rotate', quarters: 3 },
  ],
  8: [{ kind: 'rotate', quarters: 1 }],
};
export const transformsOfExif = (orientation: number): readonly Transform[] => ORIENTATIONS[orientation] ?? [];

/** Of a JPEG that is larger than was asked for; nothing of it was decoded. */
export class LargerThanAsked extends Error {}

/**
 * Of a JPEG: as they lie in it, whatever it says of its colours and of which way up it is. `mostPx`: of
 * its longer side. `failOn` a warning, or shown as far as it goes. Rejects where it cannot be decoded, is
 * larger, or is none of grey or three colours.
 */
export async function samplesOfJpeg(
  bytes: Uint8Array,
  mostPx: number,
  failOn: 'warning' | 'none' = 'warning',
): Promise<Pixels> {
  const still = openStill(bytes, failOn, { ignoreIcc: true });
  const { channels, space, width, height } = await still.metadata();
  if (Math.max(width, height) > mostPx) throw new LargerThanAsked();
  if ((channels !== 1 && channels !== 3) || space === 'cmyk') throw new Error('A gain map of other channels.');
  const { data, info } = await still
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, channels: info.channels, data };
}

/** What differs by more is of another picture. */
const SAME_SHAPE = 0.02;

/**
 * Turned and mirrored as the picture is, and at its size, between neighbours by straight lines as
 * programs do it. Undefined where it is larger, so that programs differ in which samples they take, or
 * of another shape.
 */
export async function samplesFor(
  picture: Size,
  map: Pixels,
  transforms: readonly Transform[],
): Promise<GainSamples | undefined> {
  const turned = transformPicture(map, transforms);
  const { widthPx, heightPx, channels, data } = turned;
  if (widthPx > picture.widthPx || heightPx > picture.heightPx) return undefined;
  const shape = (widthPx / heightPx) * (picture.heightPx / picture.widthPx);
  // Of a few pixels, a pixel is more than that.
  const isSameShape = Math.abs(shape - 1) <= SAME_SHAPE + 1 / Math.min(widthPx, heightPx);
  if (!isSameShape || (channels !== 1 && channels !== 3)) return undefined;
  if (widthPx === picture.widthPx && heightPx === picture.heightPx) return { channels, data, stepPx: 1 };
  const resized = await sharp(data, { raw: { width: widthPx, height: heightPx, channels } })
    .resize(picture.widthPx, picture.heightPx, { fit: 'fill', kernel: 'linear' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  return { channels, data: resized, stepPx: Math.max(picture.widthPx / widthPx, picture.heightPx / heightPx) };
}
