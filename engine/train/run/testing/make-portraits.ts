// Portraits for runs that must be short: every face of the sample photographs of the face finder's
// package as a picture of its own.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '../../../../models/image/rgb-image.ts';
import { splitFromName } from '../../../datasets/split.ts';
import type { FoundFace } from '../../../media/find-faces.ts';
import { facePackageFolder } from '../../../media/finder-weights.ts';

type FacesOf = (bytes: Uint8Array) => Promise<{ image: RgbImage; faces: FoundFace[] }>;

/** Side of a portrait, pixels. */
const SIDE_PX = 200;

/** A name that puts the picture into the validation split for every third, else into training. */
function nameOf(k: number): string {
  const wanted = k % 3 === 0 ? 'validation' : 'training';
  let name = `sitter-${k}.png`;
  for (let i = 0; splitFromName(name) !== wanted; i++) name = `sitter-${k}-${i}.png`;
  return name;
}

/** Writes them into `folder`, which is made. */
export async function makePortraits(folder: string, facesOf: FacesOf): Promise<void> {
  mkdirSync(folder);
  let made = 0;
  for (const sample of ['sample1.jpg', 'sample2.jpg', 'sample3.jpg']) {
    const file = path.join(facePackageFolder(), 'demo', sample);
    const { image, faces } = await facesOf(new Uint8Array(readFileSync(file)));
    for (const { box } of faces) {
      const side = Math.round(Math.max(box.width, box.height) * 1.7);
      const left = Math.max(0, Math.round(box.x + box.width / 2 - side / 2));
      const top = Math.max(0, Math.round(box.y + box.height / 2 - side / 2));
      const size = { width: Math.min(side, image.widthPx - left), height: Math.min(side, image.heightPx - top) };
      const portrait = sharp(file).extract({ left, top, ...size });
      await portrait
        .resize(SIDE_PX)
        .png()
        .toFile(path.join(folder, nameOf(made++)));
    }
  }
}
