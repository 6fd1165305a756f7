// Photographs for the benches: one face of the samples at the size of an ordinary portrait, each
// file a little different, so that no two have the same hash, crop or score.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
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

/**
 * Portraits to set into photographs, the face about 4/9 of their width: the JPEGs of `folder`, or
 * faces of the sample photographs.
 */
export async function benchPortraits(folder?: string): Promise<Buffer[]> {
  if (folder !== undefined) {
    const names = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name));
    return names.sort().map((name) => readFileSync(path.join(folder, name)));
  }
  const sample = await sharp(samplePhotograph(3)).toBuffer();
  const cut = (left: number, top: number): Promise<Buffer> =>
    sharp(sample).extract({ left, top, width: 500, height: 611 }).resize(225, 275).jpeg().toBuffer();
  return Promise.all([0, 10, 20, 30, 40, 50, 60].map((at) => cut(470 + at, 240 + (at % 30))));
}
