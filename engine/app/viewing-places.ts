// Where the evidence of cases that cannot be written was found by those who looked at them here. The
// case keeps nothing of it; this installation does, a file a case, so that the next command knows
// it too. Every place was accepted by the hash of the file there, and is one for that hash alone.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type Sha256, sha256Schema } from '../../contract/brand.ts';
import { instantSchema } from '../../contract/units.ts';
import type { PlaceHere } from '../blobs/evidence-place.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { writeAtomic } from '../files/write-atomic.ts';

const placesSchema = z.array(z.object({ sha256: sha256Schema, path: z.string(), modifiedAt: instantSchema }));

/** Which case it is: where it lies, and the hash of the first entry of its log. */
export type SeenCase = { folder: string; first: string | null };

/** What was found for a case holds for another one of the same first entry in no other folder. */
const fileOf = (appDataFolder: string, { folder, first }: SeenCase): string =>
  path.join(appDataFolder, 'viewing-places', `${hashOfValue([path.resolve(folder), first])}.json`);

/** None where nothing was said, or the file cannot be read. */
export async function readPlaces(appDataFolder: string, seen: SeenCase): Promise<Map<Sha256, PlaceHere>> {
  try {
    const places = placesSchema.parse(JSON.parse(await readFile(fileOf(appDataFolder, seen), 'utf8')));
    return new Map(places.map(({ sha256, ...place }) => [sha256, place]));
  } catch {
    return new Map();
  }
}

/** Throws WRITE_FAILED, DISK_FULL. */
export async function writePlaces(
  appDataFolder: string,
  seen: SeenCase,
  places: ReadonlyMap<Sha256, PlaceHere>,
): Promise<void> {
  const lines = [...places].map(([sha256, place]) => ({ sha256, ...place }));
  await writeAtomic(fileOf(appDataFolder, seen), [`${JSON.stringify(lines, null, 2)}\n`]);
}
