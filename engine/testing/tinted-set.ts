// A small labelled set for tests: the bundled photographs as genuine persons, and the same with another
// tint as forged. Tests only.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { samplePhotograph } from '../media/finder-weights.ts';

/**
 * `persons`: numbers of photographs; the tints of the two classes overlap from `from` on. `picture`:
 * of a person, the whole photograph where it is not given.
 */
export async function makeTintedSet(
  folder: string,
  persons: readonly number[],
  { from = 1.06, picture = (n: number) => sharp(samplePhotograph(n)) } = {},
): Promise<void> {
  for (const [i, n] of persons.entries())
    for (const [label, red] of [
      ['real', 1 + 0.02 * i],
      ['fake', from + 0.03 * ((i * (persons.length - 1)) % persons.length)],
    ] as const) {
      const person = path.join(folder, label, `person ${n}`);
      mkdirSync(person, { recursive: true });
      const tinted = picture(n).linear([red, 1, 1], [0, 0, 0]);
      await tinted.png({ compressionLevel: 1 }).toFile(path.join(person, 'one.png'));
    }
}
