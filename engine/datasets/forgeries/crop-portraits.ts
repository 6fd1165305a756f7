// Faces already cut as portraits to forge: their landmarks are known, the picture itself is the
// face and its margin. Read when asked for, since there may be tens of thousands of them.

import type { PixelBox } from '../../../contract/units.ts';
import { sha256Of } from '../../blobs/blob-store.ts';
import type { FaceDetections } from '../face-detections.ts';
import type { LabelledFile } from '../labelled-file.ts';
import { readSetPicture } from '../read-set-file.ts';
import type { StoredPortrait } from './forgery-source.ts';
import { keepFace, stillFromBytes } from './portraits.ts';

/** What `square-1.3` makes the frame from: its square around the box is 1.3 times as large. */
const FRAME = 1.3;

/** The box whose crop is the whole picture and `margin` of its longer side on each side of it. */
export function boxOfCrop(widthPx: number, heightPx: number, margin: number): PixelBox {
  const side = (Math.max(widthPx, heightPx) * (1 + 2 * margin)) / FRAME;
  return { x: (widthPx - side) / 2, y: (heightPx - side) / 2, width: side, height: side };
}

/** The genuine ones of `files` whose landmarks are known; the others are counted. */
export async function cropPortraits(
  files: readonly LabelledFile[],
  places: FaceDetections,
  { inputPx, margin }: { inputPx: number; margin: number },
): Promise<{ portraits: StoredPortrait[]; without: number }> {
  const genuine = files.filter(({ label }) => label === 0);
  const portraits: StoredPortrait[] = [];
  for (const { path, source } of genuine) {
    const face = places.get(sha256Of(await readSetPicture(path)))?.[0];
    if (!face) continue;
    // The placed box is the whole picture.
    const box = boxOfCrop(face.box.width, face.box.height, margin);
    const { landmarks } = face;
    const read = async () =>
      keepFace(source, await stillFromBytes(path, await readSetPicture(path)), { box, landmarks }, inputPx);
    portraits.push({ source, box, landmarks, read });
  }
  return { portraits, without: genuine.length - portraits.length };
}
