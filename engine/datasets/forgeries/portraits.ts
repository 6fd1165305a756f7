// Genuine portraits in memory, each cut down to its face with a margin and to the resolution
// training can use, so that forging one costs milliseconds. Read once per process.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { PixelBox, PixelPoint } from '../../../contract/units.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { resample } from '../../../models/image/resample.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { sha256Of } from '../../blobs/blob-store.ts';
import { decodeStill } from '../../media/decode-still.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../../media/sniff.ts';
import { type DetectedFace, type FaceDetections, largestFace } from '../face-detections.ts';
import { readSetPicture } from '../read-set-file.ts';
import { splitFromName } from '../split.ts';

/** One sitter: a part of the picture, and the face in its pixels. */
export type Portrait = { source: string; image: RgbImage; box: PixelBox; landmarks: PixelPoint[] };

/**
 * What is kept of a picture: a square of this many times the face box's longer side. A crop recipe
 * takes 1.3, jittered.
 */
const KEPT = 1.6;
/** A face is kept at most this many times larger than the network will see it. */
const LARGEST = 1.5;

const PICTURE = /\.(jpe?g|png|webp|tiff?|avif|hei[cf])$/i;

/** Paths of the pictures of a split, sorted by name. */
export async function listPortraits(folder: string, split: 'training' | 'validation' | 'all'): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => PICTURE.test(name)).sort();
  return names
    .filter((name) => split === 'all' || splitFromName(name) === split)
    .map((name) => path.join(folder, name));
}

/**
 * Reads pictures whose faces are known; one without a face is left out and named. `inputPx`: side
 * of the network's input.
 */
export async function readPortraits(
  pictures: readonly string[],
  places: FaceDetections,
  inputPx: number,
): Promise<{ portraits: Portrait[]; withoutFace: string[] }> {
  const portraits: Portrait[] = [];
  const withoutFace: string[] = [];
  for (const picture of pictures) {
    const bytes = await readSetPicture(picture);
    const face = largestFace(places.get(sha256Of(bytes)) ?? []);
    if (face) portraits.push(await portraitFrom(path.basename(picture), bytes, face, inputPx));
    else withoutFace.push(path.basename(picture));
  }
  return { portraits, withoutFace };
}

/**
 * Formats that are decoded as they were when the default model learned: its recipe gives the same
 * pixels for good. All others are decoded as evidence is.
 */
const AS_LEARNED = new Set<string | undefined>(['image/jpeg', 'image/png', 'image/webp']);

const portraitFrom = async (
  source: string,
  bytes: Uint8Array,
  face: DetectedFace,
  inputPx: number,
): Promise<Portrait> => keepFace(source, await stillFromBytes(source, bytes), face, inputPx);

/** The pixels of a still that is learned from. Throws with `source` when it cannot be read. */
export function stillFromBytes(source: string, bytes: Uint8Array): Promise<RgbImage> {
  const asLearned = AS_LEARNED.has(mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)));
  return asLearned ? imageAsLearned(source, bytes) : imageAsEvidence(source, bytes);
}

async function imageAsEvidence(source: string, bytes: Uint8Array): Promise<RgbImage> {
  const decoded = await decodeStill(bytes);
  if (decoded.kind === 'unreadable') throw new Error(`${source}: ${unreadableWords(decoded)}`);
  return { widthPx: decoded.widthPx, heightPx: decoded.heightPx, data: decoded.data };
}

async function imageAsLearned(source: string, bytes: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(bytes)
    .rotate()
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`${source}: ${info.channels} channels, 3 were expected.`);
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
}

/**
 * Cuts the kept square (as far as it lies inside the picture) and shrinks it when the face is
 * larger than can be used.
 */
export function keepFace(source: string, image: RgbImage, face: DetectedFace, inputPx: number): Portrait {
  const longer = Math.max(face.box.width, face.box.height);
  const [cx, cy] = [face.box.x + face.box.width / 2, face.box.y + face.box.height / 2];
  const left = Math.max(0, Math.round(cx - (longer * KEPT) / 2));
  const top = Math.max(0, Math.round(cy - (longer * KEPT) / 2));
  const width = Math.min(image.widthPx, Math.round(cx + (longer * KEPT) / 2)) - left;
  const height = Math.min(image.heightPx, Math.round(cy + (longer * KEPT) / 2)) - top;
  const scale = Math.min(1, (LARGEST * inputPx) / (longer * 1.3));
  const [w, h] = [Math.max(2, Math.round(width * scale)), Math.max(2, Math.round(height * scale))];
  const [sx, sy] = [w / width, h / height];
  return {
    source,
    image: resample(image, { x: left, y: top, width, height }, w, h, 'reflect'),
    box: {
      x: (face.box.x - left) * sx,
      y: (face.box.y - top) * sy,
      width: face.box.width * sx,
      height: face.box.height * sy,
    },
    landmarks: face.landmarks.map(({ x, y }) => ({ x: (x - left) * sx, y: (y - top) * sy })),
  };
}
