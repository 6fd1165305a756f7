// Small photographs for scans that must be short: the samples of the face finder's package, made
// smaller.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { makesScreenshots } from './screenshots.ts';

const samples = path.resolve(import.meta.dirname, '../../node_modules/@vladmandic/face-api/demo');

/** To be looked at they may be larger than a quick test wants them. */
const WIDTH_PX = makesScreenshots ? 900 : 480;

/** Writes `count` photographs of two or three faces each, no two the same, into `folder`. */
export async function writePhotographs(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++)
    await sharp(path.join(samples, `sample${1 + (i % 3)}.jpg`))
      .resize({ width: WIDTH_PX + 8 * Math.floor(i / 3) })
      .jpeg({ quality: 90 })
      .toFile(path.join(folder, `photograph-${String(i + 1).padStart(2, '0')}.jpg`));
}
