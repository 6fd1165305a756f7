// A smaller picture of a photograph in its own file (a camera's preview, a thumbnail), held against the
// photograph: whatever way up it lies, with bars at two of its sides, or cut to its shape, it shows
// nothing else.
import sharp from 'sharp';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { Transform } from '../heif/item-properties.ts';
import { type Pixels, transformPicture } from '../heif/transform-picture.ts';
import { shadesOf } from './other-renderings.ts';
import { isOfOtherOrder } from './same-order.ts';

/**
 * Cameras sharpen small pictures, and cut them a pixel off: cells that are smaller differ by that. The
 * smallest pictures have no place for larger ones.
 */
const LEAST_CELL_PX = 8;
const SMALL_PX = 72;
/** Of the photograph's side: what was not made smaller differs by nothing of that kind. */
const AS_LARGE = 0.9;
/** How the photograph may lie in it: as a whole without or with bars, or its middle. */
const FITS = ['fill', 'contain', 'cover'] as const;
/** A photograph that is given smaller than it is, or was made smaller: up to so many times its side. */
export const MOST_LARGER = 2;

const TURNS: readonly (readonly Transform[])[] = [
  [],
  [{ kind: 'rotate', quarters: 3 }],
  [{ kind: 'rotate', quarters: 1 }],
  [{ kind: 'rotate', quarters: 2 }],
];

/** R G B or grey. `mayBeLarger`: the photograph may be smaller than it was. */
export async function isSmallerCopy(small: Pixels, picture: RgbImage, mayBeLarger = false): Promise<boolean> {
  const [longer, shorter] = sidesOf(small);
  const [most, least] = sidesOf(picture);
  const scale = Math.max(longer / most, shorter / least);
  if (scale > (mayBeLarger ? MOST_LARGER : 1)) return false;
  const leastPx = shorter < SMALL_PX || scale > AS_LARGE ? 0 : LEAST_CELL_PX;
  const own = scale > 1 ? await resized(small, small.widthPx / scale, small.heightPx / scale, 'fill') : small;
  for (const turn of TURNS) {
    const turned = transformPicture(own, turn);
    const shown = shadesOf(turned.data, turned.channels, turned);
    for (const fit of FITS) {
      const { data } = await resized({ ...picture, channels: 3 }, turned.widthPx, turned.heightPx, fit);
      if (!isOfOtherOrder(shown, shadesOf(data, 3, turned), { leastPx })) return true;
    }
  }
  return false;
}

const sidesOf = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }): [number, number] =>
  widthPx > heightPx ? [widthPx, heightPx] : [heightPx, widthPx];

async function resized(
  { widthPx, heightPx, channels, data }: Pixels,
  toWidth: number,
  toHeight: number,
  fit: (typeof FITS)[number],
): Promise<Pixels> {
  const { data: out, info } = await sharp(data, {
    raw: { width: widthPx, height: heightPx, channels: channels as 1 | 3 },
  })
    .resize(Math.round(toWidth), Math.round(toHeight), { fit, background: '#000' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, channels: info.channels, data: out };
}
