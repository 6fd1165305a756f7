// Removes the blobs that a process which was ended left half-written: no row names them, and nobody
// goes on with them. Called for a case that is open for writing, whose lock says that no other
// process writes there.
import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isLink } from '../files/own-file.ts';
import { isAbandoned } from './blob-store.ts';

/** A file that was removed. */
export type Swept = { name: string; sizeBytes: number };

/** Goes through the store's folders one after the other, until it is through or `signal` aborts. */
export async function sweepBlobs(folder: string, signal: AbortSignal): Promise<Swept[]> {
  const swept: Swept[] = [];
  const groups = (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name));
  for (const group of groups.sort()) {
    if (signal.aborted) break;
    // Where a link leads another case may be writing now.
    if (isLink(path.join(folder, group))) continue;
    const names = await readdir(path.join(folder, group)).catch(() => []);
    for (const name of names.filter((one) => one.endsWith('.tmp'))) {
      const file = path.join(folder, group, name);
      if (!isAbandoned(file)) continue;
      const known = await lstat(file);
      if (!known.isFile()) continue;
      await rm(file);
      swept.push({ name, sizeBytes: known.size });
    }
  }
  return swept;
}
