// How much of a photograph its transparency hides, where a picture lies under it: whoever strips
// the transparency sees that picture.
import type { Remark } from '../../../contract/remark.ts';
import type { DecodedStill } from './decoded-still.ts';
import { openStill } from './libvips-still.ts';

const WITH_TRANSPARENCY = /^image\/(png|webp|tiff|avif)$/;
/** Below this opacity (of 255) a colour is hardly seen. */
const HARDLY_SEEN = 64;
/** A part that is hidden is worth a word from this share of the picture on. */
const WORTH_A_WORD = 0.02;
/** An icon's invisible part has one colour or some; a picture has more. */
const COLOURS_OF_A_PICTURE = 1000;

/** Empty where nothing is hidden, or nothing lies under it. */
export async function hiddenPart(bytes: Uint8Array, mediaType: string, decoded: DecodedStill): Promise<Remark[]> {
  if (
    !WITH_TRANSPARENCY.test(mediaType) ||
    decoded.kind !== 'decoded' ||
    !decoded.remarks.some(({ kind }) => kind === 'laidOnBlack')
  )
    return [];
  const opened = openStill(bytes, 'truncated').toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' });
  const { data } = await opened.toBuffer({ resolveWithObject: true });
  const colours = new Set<number>();
  let hidden = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]! >= HARDLY_SEEN) continue;
    hidden += 1;
    if (colours.size < COLOURS_OF_A_PICTURE) colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
  }
  const share = (4 * hidden) / data.length;
  if (share < WORTH_A_WORD || colours.size < COLOURS_OF_A_PICTURE) return [];
  return [{ kind: 'hiddenByTransparency', share }];
}
