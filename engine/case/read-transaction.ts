// A reading: the case as it stands at one moment, on a connection of its own, held while something
// is written from it that may take minutes. Engine process.
//
// [Note: reading beside the engine] In write-ahead mode a reader sees the state of its first look
// and keeps nobody waiting: scans write and windows ask on the case's own connection, between the
// turns of the export and on rows that the export does not see. Meanwhile the write-ahead log keeps
// what is newer; it is brought into the file at the first checkpoint after the reading has ended.

import type { ReadableCase } from './db/case-handle.ts';
import { connect } from './db/connect.ts';
import { closeCase } from './open-case.ts';

/**
 * Memory for pages, KiB. A reading goes through the tables once: what it has passed is of no use to
 * it.
 */
const CACHE_KIB = 8 * 1024;

/**
 * Gives `work` a reading of an open case, which ends with it. Throws CASE_MOVED, and as `connect`
 * does.
 */
export async function withReadTransaction<T>(
  opened: ReadableCase,
  work: (reading: ReadableCase) => Promise<T>,
): Promise<T> {
  const reading = openReading(opened);
  try {
    return await work(reading);
  } finally {
    closeCase(reading);
  }
}

/**
 * What SQLite finds wrong in a database, at most `most` things, a line each; "ok" where it is whole.
 * Holds every index against its table, in one piece. Throws as `connect` does.
 */
export function integrityOf(file: string, folder: string, most: number): string {
  const db = connect(file, true, folder, CACHE_KIB);
  try {
    return (db.raw.pragma(`integrity_check(${most})`) as { integrity_check: string }[])
      .map((one) => one.integrity_check)
      .join('\n');
  } finally {
    db.close();
  }
}

function openReading({ folder, db, clock }: ReadableCase): ReadableCase {
  db.expectInPlace();
  const own = connect(db.raw.name, true, folder, CACHE_KIB);
  own.raw.exec('BEGIN');
  // The moment is that of the first look.
  own.raw.prepare('SELECT count(*) FROM sqlite_master').get();
  return { folder, db: own, clock };
}
