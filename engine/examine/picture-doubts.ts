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
  const { greys, others } = coloursUpTo(PALETTE + 1, image);
  const colours = greys + others;
  return colours <= (others === 0 ? FEWEST_TONES : PALETTE) ? [{ kind: 'fewColours', colours }] : [];
}

/**
 * How many greys and how many other colours a picture has; no further than `most` together. A grey
 * picture is read to its end, since one colour in it would make it one of a palette: its tones are
 * told by a table.
 */
function coloursUpTo(most: number, { data }: RgbImage): { greys: number; others: number } {
  const seen = new Uint8Array(256);
  const colours = new Set<number>();
  let greys = 0;
  for (let at = 0; at < data.length && greys + colours.size < most; at += 3) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    if (red !== green || green !== blue) colours.add((red << 16) | (green << 8) | blue);
    else if (seen[red] === 0) {
      seen[red] = 1;
      greys += 1;
    }
  }
  return { greys, others: colours.size };
}
