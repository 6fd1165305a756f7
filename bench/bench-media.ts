// Photographs for the benches: one face of the samples at the size of an ordinary portrait, each
// file a little different, so that no two have the same hash, crop or score.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { samplePhotograph } from '../engine/media/finder-weights.ts';

/** Writes `count` portraits of 240 x 297 pixels into `folder`; from the 1600th on they repeat. */
export async function writePortraits(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const sample = await sharp(samplePhotograph(3)).toBuffer();
  for (let i = 0; i < count; i++)
    await sharp(sample)
      .extract({ left: 470 + (i % 40), top: 240 + (Math.floor(i / 40) % 40), width: 500, height: 620 })
      .resize(240)
      .jpeg({ quality: 92 })
      .toFile(path.join(folder, `${String(i).padStart(5, '0')}.jpg`));
}
