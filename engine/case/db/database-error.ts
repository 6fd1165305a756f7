// What the database and the file system say when they cannot, as errors of the contract's table:
// one sentence for people, one code for programs. Used where errors end: the router and the job
// queue.
import { type ErrorCode, RecceError } from '../../../contract/errors.ts';
import { codeOf, FULL } from '../../files/system-error.ts';

/** SQLite's result codes and the system's error numbers that mean something to an examiner. */
const CODES: readonly [RegExp, ErrorCode, string][] = [
  [FULL, 'DISK_FULL', 'free some space; what was finished is kept, and the work goes on from there.'],
  [/^(SQLITE_READONLY|EROFS)/, 'CASE_READ_ONLY', 'its disk cannot be written. Copy the case to one that can.'],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, 'CASE_DAMAGED', 'close it, then restore it from its backups (recce restore).'],
  [/^(SQLITE_IOERR|SQLITE_CANTOPEN|EIO)/, 'WRITE_FAILED', 'its disk gives errors or was taken away.'],
];

/** The error of the table that `error` is, or `error` itself. */
export function errorFromSystem(error: unknown, subject: string): unknown {
  if (error instanceof RecceError || !(error instanceof Error)) return error;
  // SQLite has no code of its own for stored text that is no JSON any more.
  const code = /malformed JSON/.test(error.message) ? 'SQLITE_CORRUPT' : codeOf(error);
  const known = CODES.find(([pattern]) => pattern.test(code));
  return known ? new RecceError(known[1], subject, `${known[2]} (${error.message})`, { cause: error }) : error;
}
