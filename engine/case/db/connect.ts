// Connections to the SQLite files of a case, and the lock that makes one process its writer.
import { existsSync, lstatSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { RecceError } from '../../../contract/errors.ts';
import { isLink, isNoFile } from '../../files/own-file.ts';
import { CaseDatabase } from './case-database.ts';
import { errorFromSystem } from './database-error.ts';
import { MIGRATIONS } from './migrations.ts';

const LOCK = 'lock.sqlite';
/** What SQLite needs free to begin at all: its shared memory is 32 KiB. */
const LEAST_FREE_BYTES = 64 * 1024;

/** What the workstation writes in a case's folder by a name of its own. */
const OWN = [
  ...['', '-wal', '-shm', '-journal', '.tmp', '.making'].map((ending) => `case.sqlite${ending}`),
  ...['', '-wal', '-shm', '-journal'].map((ending) => `${LOCK}${ending}`),
  ...['blobs', 'backups', 'reports', 'face-embeddings.bin', 'face-groups.ndjson', 'picture-hashes.ndjson'],
];

/**
 * [Note: no links] Where one of a case's own names is a link, another case or a photograph would be
 * written in its place; a database under two names would be written under two locks. Throws
 * CASE_DAMAGED, naming it; nothing was opened.
 */
export function refuseLinks(folder: string): void {
  const link = OWN.find((name) => isLink(path.join(folder, name)));
  if (link !== undefined)
    throw new RecceError(
      'CASE_DAMAGED',
      folder,
      `its ${link} is a link to another place, which a case's own files never are. Nothing was opened. Put the file or folder itself there.`,
    );
  const shared = ['case.sqlite', LOCK].find((name) => isShared(path.join(folder, name)));
  if (shared !== undefined)
    throw new RecceError(
      'CASE_DAMAGED',
      folder,
      `its ${shared} has a second name somewhere (a hard link): another case could be written through it. Nothing was opened. Copy the folder, and open the copy.`,
    );
}

/** True for a file that has another name as well. */
const isShared = (file: string): boolean => (lstatSync(file, { throwIfNoEntry: false })?.nlink ?? 1) > 1;

/**
 * [Note: the lock] A second SQLite file held with an exclusive transaction: the operating system
 * frees it with the process, so kill -9 leaves nothing to clean up, and it works on every system
 * SQLite works on. Throws CASE_IN_USE, CASE_READ_ONLY, DISK_FULL.
 */
export function takeLock(folder: string): Database.Database {
  refuseLinks(folder);
  refuseNoFile(path.join(folder, LOCK), folder);
  let lock: Database.Database | undefined;
  try {
    lock = new Database(path.join(folder, LOCK), { timeout: 0 });
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (!/^SQLITE_BUSY/.test(String((cause as { code?: string }).code))) throw unwritable(folder, cause);
    throw new RecceError('CASE_IN_USE', folder, 'close it there first.', { cause });
  }
}

/**
 * The lock could not be taken, and not because another holds it: the folder cannot be written, or
 * the disk fails.
 */
function unwritable(folder: string, cause: unknown): unknown {
  const code = String((cause as { code?: string }).code);
  if (isFull(folder) || !/^SQLITE_CANTOPEN/.test(code)) return errorFromDisk(cause, folder, folder);
  return errorFromSystem(Object.assign(new Error((cause as Error).message), { code: 'EROFS' }), folder);
}

/**
 * SQLite says of a full disk that it cannot open, or cannot enlarge its shared memory; the disk
 * itself says that it is full.
 */
function errorFromDisk(cause: unknown, folder: string, subject: string): unknown {
  const says = String((cause as { code?: string }).code);
  if (!/^SQLITE_(CANTOPEN|IOERR)/.test(says) || !isFull(folder)) return errorFromSystem(cause, subject);
  return errorFromSystem(Object.assign(new Error((cause as Error).message, { cause }), { code: 'ENOSPC' }), subject);
}

function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LEAST_FREE_BYTES;
  } catch {
    return false;
  }
}

/**
 * Memory for pages, KiB. The grid's index of a million faces is 150 MB and is read whole for every
 * filter: in a cache that holds it this is arithmetic, in a smaller one it is reading. Mapping the
 * file instead would end the process when the disk is taken away.
 */
function cacheKiB(file: string): number {
  return statSync(file).size > 2 ** 29 ? 320 * 1024 : 64 * 1024;
}

/**
 * SQLite would wait for a pipe in the place of a database or of a file beside it, and make a file
 * where a link leads. Throws CASE_DAMAGED.
 */
function refuseNoFile(file: string, subject: string): void {
  const odd = ['', '-wal', '-shm', '-journal'].map((ending) => `${file}${ending}`).find(isNoFile);
  if (odd) throw damaged(subject, new Error(`${path.basename(odd)} is a link, a pipe or a device, not a file`));
}

/**
 * A look that changes nothing. [Note: the probe] Closing a writing connection to a damaged database
 * deletes its write-ahead log; a reading one leaves it. What is damaged must be found out before it
 * is opened for writing.
 */
function probe(file: string): void {
  const looking = new Database(file, { readonly: true, timeout: 5000 });
  try {
    looking.prepare('SELECT count(*) FROM sqlite_master').get();
  } finally {
    looking.close();
  }
}

/** Names of the tables that a case has. */
const TABLES = new Set(MIGRATIONS.flatMap((sql) => [...sql.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name!)));

/**
 * [Note: no views] A view in the place of one of our tables is a program that is run at every look,
 * perhaps without end. Throws, before anything is asked of it.
 */
function refuseViews(raw: Database.Database): void {
  const odd = raw
    .prepare("SELECT name FROM sqlite_master WHERE type = 'view' OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL%')")
    .pluck()
    .all() as string[];
  const name = odd.find((one) => TABLES.has(one.toLowerCase()));
  if (name !== undefined) throw new Error(`${name} is not a table, but a query in the place of one`);
}

/**
 * Connects to a database of the case `subject`, which errors speak of; `cache` is memory for its
 * pages, KiB. Throws CASE_DAMAGED, DISK_FULL, WRITE_FAILED, CASE_READ_ONLY.
 */
export function connect(file: string, readonly: boolean, subject: string, cache?: number): CaseDatabase {
  let raw: Database.Database | undefined;
  refuseNoFile(file, subject);
  try {
    if (!readonly && existsSync(file)) probe(file);
    raw = new Database(file, { readonly, timeout: 5000 });
    // What the file's own definitions may call: nothing that reaches beyond the database.
    raw.pragma('trusted_schema = OFF');
    // WAL: the grid reads while a scan writes. FULL: a verdict that was shown survives a power cut.
    if (!readonly) raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('foreign_keys = ON');
    raw.pragma(`cache_size = ${-(cache ?? cacheKiB(file))}`);
    raw.pragma('schema_version');
    refuseViews(raw);
    return new CaseDatabase(raw);
  } catch (cause) {
    raw?.close();
    const known = errorFromDisk(cause, path.dirname(file), subject);
    throw known instanceof RecceError && known.code !== 'CASE_DAMAGED' ? known : damaged(subject, cause);
  }
}

/** A database of its own that no file holds. */
export const connectInMemory = (): CaseDatabase => new CaseDatabase(new Database(':memory:'));

/** The error of a database that is not as this workstation leaves one. */
export const damaged = (folder: string, cause: unknown): RecceError =>
  new RecceError(
    'CASE_DAMAGED',
    folder,
    `${(cause as Error).message}. It was left as it is; "recce restore" sets it aside and takes the newest backup.`,
    { cause },
  );

/**
 * Takes a copy of a database out of write-ahead logging: whoever reads it then makes no file beside
 * it, and it can be read where nothing can be written. Throws what SQLite throws.
 */
export function leaveLogging(file: string): void {
  const raw = new Database(file);
  try {
    raw.pragma('journal_mode = DELETE');
  } finally {
    raw.close();
  }
}
