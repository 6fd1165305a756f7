// A dark picture brought to the light in which networks see best; for looking at, never for what is
// scored.
import type { RgbImage } from './rgb-image.ts';

/** The brightest values but for a fiftieth are looked at: a lamp in the dark is no daylight. */
const BRIGHTEST = 1 / 50;
/** A picture whose brightest values are below this is dark. */
const DARK_BELOW = 128;
const BRIGHT = 230;
/** Beyond this, noise is all there is. */
const MOST_TIMES = 6;

/** Every value times one number where the picture is dark; the picture itself elsewhere. */
export function brighten(image: RgbImage): RgbImage {
  const counts = new Uint32Array(256);
  for (const value of image.data) counts[value]! += 1;
  let [value, above] = [255, counts[255]!];
  while (value > 1 && above <= image.data.length * BRIGHTEST) above += counts[--value]!;
  if (value >= DARK_BELOW) return image;
  const times = Math.min(MOST_TIMES, BRIGHT / value);
  return { ...image, data: image.data.map((one) => Math.min(255, Math.round(one * times))) };
}
