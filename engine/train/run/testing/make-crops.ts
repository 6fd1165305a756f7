// A labelled set of faces already cut, with the originals of its forgeries in pairs.csv: made from
// portraits, each also with a dark square pasted over its middle as its forgery.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

/** Side of a crop, pixels. */
const SIDE_PX = 112;

/** Writes it into `folder`, which is made. Splits go by the portraits' names, as theirs do. */
export async function makeCrops(folder: string, portraits: string): Promise<void> {
  for (const part of ['real', 'fake']) mkdirSync(path.join(folder, part), { recursive: true });
  const lines = ['file,label,original'];
  for (const name of readdirSync(portraits).sort()) {
    const cut = { left: 40, top: 40, width: 120, height: 120 };
    const face = await sharp(path.join(portraits, name)).extract(cut).resize(SIDE_PX, SIDE_PX).png().toBuffer();
    writeFileSync(path.join(folder, 'real', name), face);
    const square = sharp({ create: { width: 40, height: 40, channels: 3, background: '#321' } });
    await sharp(face)
      .composite([{ input: await square.png().toBuffer(), left: 36, top: 36 }])
      .toFile(path.join(folder, 'fake', name));
    lines.push(`real/${name},0,${name}`, `fake/${name},1,${name}`);
  }
  writeFileSync(path.join(folder, 'pairs.csv'), `${lines.join('\n')}\n`);
}
