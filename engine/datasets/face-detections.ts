// Where the faces of a set of pictures are, found once by the workstation's own finder and kept in
// a file beside nothing of the evidence: one JSON line a picture, by the picture's SHA-256.
// Appended to, so that a search that was stopped goes on.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { RecceError } from '../../contract/errors.ts';
import { pixelBoxSchema, pixelPointSchema } from '../../contract/units.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { ifExists } from '../files/optional-file.ts';
import { readSetPicture } from './read-set-file.ts';

const detectedFaceSchema = z.object({ box: pixelBoxSchema, landmarks: z.array(pixelPointSchema).length(68) });
/** A face in a picture, in its pixels. */
export type DetectedFace = z.infer<typeof detectedFaceSchema>;

const lineSchema = z.object({ sha256: z.string(), faces: z.array(detectedFaceSchema) });

/** Decodes a still and finds its faces, as the scan does. */
export type FaceSource = (bytes: Uint8Array) => Promise<{ image: RgbImage; faces: readonly DetectedFace[] }>;

export type FaceDetections = ReadonlyMap<string, readonly DetectedFace[]>;

/**
 * What is in the file; empty when there is none. A line that a crash or a full disk cut short is
 * passed over: it is found anew.
 */
export async function readFaceDetections(file: string): Promise<Map<string, DetectedFace[]>> {
  const text = await ifExists(readFile(file, 'utf8'), '');
  return new Map(text.split('\n').flatMap(entryFromLine));
}

function entryFromLine(line: string): [string, DetectedFace[]][] {
  try {
    const { sha256, faces } = lineSchema.parse(JSON.parse(line));
    return [[sha256, faces]];
  } catch {
    return [];
  }
}

/** Hundredths of a pixel are enough, and keep the file small. */
const rounded = (value: number): number => Math.round(value * 100) / 100;

/**
 * Finds the faces of those
 * `pictures` that the file does not know, writing each as it is found. `onProgress` counts
 * pictures.
 */
export async function detectInPictures(
  pictures: readonly string[],
  file: string,
  facesOf: FaceSource,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<FaceDetections> {
  await mkdir(path.dirname(file), { recursive: true });
  const known = await readFaceDetections(file);
  for (const [done, picture] of pictures.entries()) {
    const bytes = await readSetPicture(picture);
    const sha256 = sha256Of(bytes);
    if (!known.has(sha256)) {
      const faces = (await named(picture, facesOf(bytes))).faces.map(({ box, landmarks }) => ({
        box: { x: rounded(box.x), y: rounded(box.y), width: rounded(box.width), height: rounded(box.height) },
        landmarks: landmarks.map(({ x, y }) => ({ x: rounded(x), y: rounded(y) })),
      }));
      // On a line of its own, whatever the last one was cut off in.
      await appendFile(file, `\n${JSON.stringify({ sha256, faces })}\n`);
      known.set(sha256, faces);
    }
    onProgress(done + 1, pictures.length);
  }
  return known;
}

/** What is wrong with a picture, with its name; an error of the table says itself what it is of. */
const named = <T>(picture: string, work: Promise<T>): Promise<T> =>
  work.catch((cause: Error) => {
    throw cause instanceof RecceError ? cause : new Error(`${path.basename(picture)}: ${cause.message}`, { cause });
  });

/** The face with the largest box. */
export const largestFace = (faces: readonly DetectedFace[]): DetectedFace | undefined =>
  faces.reduce<DetectedFace | undefined>(
    (largest, face) =>
      !largest || face.box.width * face.box.height > largest.box.width * largest.box.height ? face : largest,
    undefined,
  );
