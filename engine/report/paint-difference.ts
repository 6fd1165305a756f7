// The stored difference map in the colours of the fixed scale, and the scale's legend, as PNG for the page.
import sharp from 'sharp';
import { DIFFERENCE_COLOURS } from '../../contract/colour-scale.ts';

/** Grey PNG -> colour PNG, pixel by pixel, no scaling. */
export async function paintDifference(grey: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(grey).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  const pixels = new Uint8Array(info.width * info.height * 3);
  for (let i = 0; i < info.width * info.height; i++)
    pixels.set(DIFFERENCE_COLOURS.subarray(data[i * info.channels]! * 3, data[i * info.channels]! * 3 + 3), i * 3);
  return sharp(pixels, { raw: { width: info.width, height: info.height, channels: 3 } })
    .png()
    .toBuffer();
}

/** The 256 colours from left to right, 256 x 12 pixels. */
export const legendPicture = (): Promise<Uint8Array> => {
  const height = 12;
  const pixels = new Uint8Array(256 * height * 3);
  for (let row = 0; row < height; row++) pixels.set(DIFFERENCE_COLOURS, row * 256 * 3);
  return sharp(pixels, { raw: { width: 256, height, channels: 3 } })
    .png()
    .toBuffer();
};
