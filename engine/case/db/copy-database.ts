// A consistent copy of the case database while it is open: for portable cases, and of an older case
// before its layout is changed.
import { renameSync, rmSync } from 'node:fs';
import type { ReadableCase } from './case-handle.ts';

/**
 * Writes a compact copy to `file`, whole or not at all: SQLite leaves what it had written where the
 * disk is full. Readers and the writer of the case go on meanwhile.
 */
export function writeSnapshot({ db }: Pick<ReadableCase, 'db'>, file: string): void {
  const temporary = `${file}.tmp`;
  rmSync(temporary, { force: true });
  try {
    db.raw.prepare('VACUUM INTO ?').run(temporary);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
