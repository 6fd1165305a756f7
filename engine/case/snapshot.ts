// A consistent copy of the case database while it is open: for portable cases and for backups.
import type { ReadableCase } from './open-case.ts';

/** Writes a compact copy to `file`, which must not exist. Readers and the writer of the case go on meanwhile. */
export function writeSnapshot({ db }: ReadableCase, file: string): void {
  db.raw.prepare('VACUUM INTO ?').run(file);
}
