// Pictures as numbers: fetched by id, decoded without colour management or smoothing, so that the
// value under the pointer is the stored one.
import { DIFFERENCE_COLOURS } from '../../contract/colour-scale.ts';
import type { PictureRef } from '../../contract/picture.ts';
import { pictureUrl } from '../data/pictures.ts';

/** Fetches and decodes a picture. Rejects when the engine has none. */
export async function loadPixels(ref: PictureRef, signal?: AbortSignal): Promise<ImageData> {
  const answer = await fetch(pictureUrl(ref), signal ? { signal } : {});
  if (!answer.ok) throw new Error(`There is no ${ref.kind} picture of this result.`);
  const bitmap = await createImageBitmap(await answer.blob(), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/** A grey picture painted with the one colour scale of the difference map. */
export function paintScale(grey: ImageData): ImageData {
  const painted = new ImageData(grey.width, grey.height);
  for (let i = 0; i < grey.data.length; i += 4) {
    const colour = grey.data[i]! * 3;
    painted.data[i] = DIFFERENCE_COLOURS[colour]!;
    painted.data[i + 1] = DIFFERENCE_COLOURS[colour + 1]!;
    painted.data[i + 2] = DIFFERENCE_COLOURS[colour + 2]!;
    painted.data[i + 3] = 255;
  }
  return painted;
}

/** Red, green and blue of a pixel. */
export function valueAt(picture: ImageData, x: number, y: number): [number, number, number] {
  const at = (y * picture.width + x) * 4;
  return [picture.data[at]!, picture.data[at + 1]!, picture.data[at + 2]!];
}
