// Why no model was validated on a picture, as its pixels alone say. Pure.
import type { DomainReason } from '../../contract/domain.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';

/** First pipeline that asks: verdicts of earlier ones are made again without. */
export const PICTURE_DOUBTS_SINCE_PIPELINE = 4;

/** The largest palette of GIF and of indexed PNG. */
const PALETTE = 256;
/** A grey photograph of 8 bits has up to 256 tones; one of 16 or fewer was reduced to them. */
const FEWEST_TONES = 16;

/**
 * A picture whose colours were reduced to a palette: the pattern that stands for what is missing
 * (dithering) lies in every pixel, and the network was never shown it. Such faces were seen to get
 * scores of 0.00. Empty for a photograph, which is left after some hundred pixels.
 */
export function pictureDoubts(image: RgbImage): DomainReason[] {
  const colours = coloursUpTo(PALETTE + 1, image);
  const isGrey = [...colours].every((colour) => colour === (colour & 0xff) * 0x010101);
  return colours.size <= (isGrey ? FEWEST_TONES : PALETTE) ? [{ kind: 'fewColours', colours: colours.size }] : [];
}

/** The colours of a picture as 0xRRGGBB; no further than `most` of them. */
function coloursUpTo(most: number, { data }: RgbImage): Set<number> {
  const colours = new Set<number>();
  for (let at = 0; at < data.length && colours.size < most; at += 3)
    colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
  return colours;
}
