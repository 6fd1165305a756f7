// Looking at a case that cannot be written: a disc, a write-blocked disk, a folder of someone
// else's. Engine process. Nothing is written beside the case.
//
// [Note: looking at a copy] SQLite reads a database with a write-ahead log only where it may make
// files beside it, and without the log it would show an older state as if it were the last. So the
// database is copied with its log into the application's folder and read there: everything that was
// written is seen, and a case of an older version is brought to today's layout in the copy alone.
// Pictures are read where they are. The copy goes when the case is closed; one that a killed
// process left goes with the next look at a case.
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import { isNoFile } from '../files/own-file.ts';
import { saysFull } from '../files/system-error.ts';
import { type Clock, type ReadableCase, systemClock } from './db/case-handle.ts';
import { damaged, takeLock } from './db/connect.ts';
import { errorFromSystem } from './db/database-error.ts';
import { isCaseFolder, openCase, openCopyForViewing } from './open-case.ts';

/** What belongs to a database and holds content; SQLite makes the rest anew. */
const CONTENT = ['case.sqlite', 'case.sqlite-wal', 'case.sqlite-journal'];

/**
 * For writing, or where the case cannot be written for viewing; `scratch` is the folder for copies.
 * Throws what openCase does.
 */
export function openCaseOrReadOnly(folder: string, scratch: string, clock: Clock = systemClock): ReadableCase {
  try {
    return openCase(folder, clock);
  } catch (error) {
    if (!(error instanceof RecceError && error.code === 'CASE_READ_ONLY')) throw error;
    return viewCase(folder, scratch, clock);
  }
}

/**
 * Opens a case for viewing. Throws CASE_NOT_FOUND, CASE_NEWER, CASE_DAMAGED, DISK_FULL when the
 * copy does not fit, CASE_READ_ONLY when a part of the database cannot be read: what would be
 * missing is not shown as if it never was.
 */
export function viewCase(folder: string, scratch: string, clock: Clock = systemClock): ReadableCase {
  if (!isCaseFolder(folder)) throw new RecceError('CASE_NOT_FOUND', folder, 'it has no case.sqlite.');
  removeLeftCopies(scratch);
  const { copy, release } = newCopyFolder(scratch);
  try {
    copyDatabase(folder, copy);
    return openCopyForViewing(folder, copy, clock, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** Held by a lock of its own, by which a copy in use is told from one that was left. */
function newCopyFolder(scratch: string): { copy: string; release: () => void } {
  try {
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    const copy = mkdtempSync(path.join(scratch, 'view-'));
    const lock = takeLock(copy);
    const release = (): void => {
      lock.close();
      rmSync(copy, { recursive: true, force: true });
    };
    return { copy, release };
  } catch (cause) {
    throw errorFromSystem(cause, scratch);
  }
}

function removeLeftCopies(scratch: string): void {
  const names = existsSync(scratch) ? readdirSync(scratch).filter((name) => name.startsWith('view-')) : [];
  for (const name of names) {
    const left = path.join(scratch, name);
    try {
      takeLock(left).close();
      rmSync(left, { recursive: true, force: true });
    } catch {
      // Another process is looking at it.
    }
  }
}

function copyDatabase(folder: string, copy: string): void {
  const odd = CONTENT.find((name) => isNoFile(path.join(folder, name)));
  if (odd) throw damaged(folder, new Error(`${odd} is a link, a pipe or a device, not a file`));
  const before = stateOf(folder);
  try {
    for (const { name } of before) {
      copyFileSync(path.join(folder, name), path.join(copy, name), constants.COPYFILE_FICLONE);
      // A copy has the mode of its original, which may be one that nobody can write.
      chmodSync(path.join(copy, name), 0o600);
    }
  } catch (cause) {
    const { message } = cause as Error;
    if (saysFull(cause)) throw errorFromSystem(cause, copy);
    throw new RecceError('CASE_READ_ONLY', folder, `a part of its database cannot be read (${message}).`, { cause });
  }
  if (JSON.stringify(stateOf(folder)) !== JSON.stringify(before))
    throw new RecceError('CASE_IN_USE', folder, 'it was written to while it was read. Open it when that has ended.');
}

/**
 * Size and time of change of what is there: equal before and after a copy, it is a copy of one
 * state.
 */
const stateOf = (folder: string): { name: string; size: number; modified: number }[] =>
  CONTENT.filter((name) => existsSync(path.join(folder, name))).map((name) => {
    const { size, mtimeMs } = statSync(path.join(folder, name));
    return { name, size, modified: mtimeMs };
  });
