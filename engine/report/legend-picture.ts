// The legend of the difference map's fixed scale, as PNG for the page.
import sharp from 'sharp';
import { DIFFERENCE_COLOURS } from '../../contract/colour-scale.ts';

/** The 256 colours from left to right, 256 x 12 pixels. */
export const legendPicture = (): Promise<Uint8Array> => {
  const height = 12;
  const pixels = new Uint8Array(256 * height * 3);
  for (let row = 0; row < height; row++) pixels.set(DIFFERENCE_COLOURS, row * 256 * 3);
  return sharp(pixels, { raw: { width: 256, height, channels: 3 } })
    .png()
    .toBuffer();
};
