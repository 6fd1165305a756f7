// The demonstration's photographs: the samples that come with the face finder's package, as they
// are, and self-blended forgeries of them. Nobody's identity is swapped. The same files every time.

import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { fnv1a32, randomStream } from '../../../models/tensor/random.ts';
import { selfBlend } from '../../datasets/forgeries/self-blend.ts';
import { writeAtomic } from '../../files/write-atomic.ts';
import type { FoundFace } from '../../media/find-faces.ts';
import { samplePhotograph } from '../../media/finder-weights.ts';

const SAMPLES = [1, 2, 3, 4, 5, 6];
/** Samples that also get a forged copy. */
const FORGED = new Set([3, 4, 6]);

/** Decodes a still and finds its faces, as the scan does. */
type FaceSource = (bytes: Uint8Array) => Promise<{ image: RgbImage; faces: readonly FoundFace[] }>;

/** Writes the photographs into `folder`; files that are there already stay as they are. */
export async function makePhotographs(folder: string, facesOf: FaceSource): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const n of SAMPLES) {
    const name = path.basename(samplePhotograph(n));
    const bytes = await readFile(samplePhotograph(n));
    await writeOnce(path.join(folder, `genuine-${name}`), async () => bytes);
    if (FORGED.has(n)) await writeOnce(path.join(folder, `forged-${name}`), () => forge(bytes, name, facesOf));
  }
  await writeOnce(path.join(folder, 'no-face.png'), gradient);
  await writeOnce(path.join(folder, 'cut-short.jpg'), async () =>
    (await readFile(samplePhotograph(1))).subarray(0, 60_000),
  );
}

async function writeOnce(file: string, make: () => Promise<Uint8Array>): Promise<void> {
  if (!existsSync(file)) await writeAtomic(file, [await make()]);
}

/** Every second face of the picture forged, from a seed that is the file's name. */
async function forge(bytes: Uint8Array, name: string, facesOf: FaceSource): Promise<Uint8Array> {
  const { image, faces } = await facesOf(bytes);
  const random = randomStream(fnv1a32(`demonstration/${name}`));
  const forged = faces
    .filter((_, i) => i % 2 === 0)
    .reduce((picture, face) => selfBlend(picture, face.landmarks, random).image, image);
  return sharp(forged.data, { raw: { width: forged.widthPx, height: forged.heightPx, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** A picture without a face: a smooth gradient. */
const gradient = (): Promise<Uint8Array> => {
  const side = 480;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % side, Math.floor(pixel / side), side / 2][i % 3]! / 2;
  });
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
};
