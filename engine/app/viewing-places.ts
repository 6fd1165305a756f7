// Where the evidence of cases that cannot be written was found by those who looked at them here. The
// case keeps nothing of it; this installation does, a file a case, so that the next command knows
// it too. Every place was accepted by the hash of the file there, and is one for that hash alone.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type Sha256, sha256Schema } from '../../contract/brand.ts';
import { instantSchema } from '../../contract/units.ts';
import type { PlaceHere } from '../blobs/evidence-place.ts';
import { writeAtomic } from '../files/write-atomic.ts';

const placesSchema = z.array(z.object({ sha256: sha256Schema, path: z.string(), modifiedAt: instantSchema }));

/** By the hash of the first entry of its log; a hostile case may have anything there. */
const fileOf = (appDataFolder: string, first: string | null): string | undefined =>
  sha256Schema.safeParse(first).success ? path.join(appDataFolder, 'viewing-places', `${first}.json`) : undefined;

/** None where nothing was said, or the file cannot be read. */
export async function readPlaces(appDataFolder: string, first: string | null): Promise<Map<Sha256, PlaceHere>> {
  const file = fileOf(appDataFolder, first);
  try {
    const places = placesSchema.parse(JSON.parse(await readFile(file!, 'utf8')));
    return new Map(places.map(({ sha256, ...place }) => [sha256, place]));
  } catch {
    return new Map();
  }
}

/** Throws WRITE_FAILED, DISK_FULL. */
export async function writePlaces(
  appDataFolder: string,
  first: string | null,
  places: ReadonlyMap<Sha256, PlaceHere>,
): Promise<void> {
  const file = fileOf(appDataFolder, first);
  const lines = [...places].map(([sha256, place]) => ({ sha256, ...place }));
  if (file) await writeAtomic(file, [`${JSON.stringify(lines, null, 2)}\n`]);
}
