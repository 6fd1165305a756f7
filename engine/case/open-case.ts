// Making, opening and closing a case folder: case.sqlite, blobs/, reports/, and a lock that the operating system frees when
// the process dies. ReadableCase and WritableCase are two types of one handle, so that a report cannot write.
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Case } from '../../contract/case.ts';
import { RecceError } from '../../contract/errors.ts';
import { appendAudit } from './audit.ts';
import { CaseDatabase, query } from './case-database.ts';
import { errorFromSystem } from './database-error.ts';
import { MIGRATIONS } from './migrations.ts';

/** A case open for reading. */
export type ReadableCase = { readonly folder: string; readonly db: CaseDatabase; readonly clock: () => string };
/** A case this process alone may write. */
export type WritableCase = ReadableCase & { readonly writable: true };

/** Injected so that tests and exact reruns can set the time; ISO 8601 in UTC. */
export type Clock = () => string;
export const systemClock: Clock = () => new Date().toISOString();

const DATABASE = 'case.sqlite';
const LOCK = 'lock.sqlite';

export const isCaseFolder = (folder: string): boolean => existsSync(path.join(folder, DATABASE));
/** Folder of the case's blobs. */
export const blobFolder = (folder: string): string => path.join(folder, 'blobs');

const locks = new WeakMap<CaseDatabase, Database.Database>();

/** Makes a case in an empty or new folder and opens it. Throws CASE_EXISTS, WRITE_FAILED, DISK_FULL. */
export function createCase(
  folder: string,
  info: { title: string; reference: string; demonstration: boolean },
  clock: Clock = systemClock,
): WritableCase {
  if (isCaseFolder(folder)) throw new RecceError('CASE_EXISTS', folder, 'open it instead, or choose another folder.');
  makeFolders(folder);
  const lock = takeLock(folder);
  try {
    // Asked again under the lock: another process may have made one in between.
    if (isCaseFolder(folder)) throw new RecceError('CASE_EXISTS', folder, 'open it instead, or choose another folder.');
    return writeNewCase(folder, lock, info, clock);
  } catch (error) {
    lock.close();
    throw error;
  }
}

function writeNewCase(
  folder: string,
  lock: Database.Database,
  info: { title: string; reference: string; demonstration: boolean },
  clock: Clock,
): WritableCase {
  const db = connect(folder, false);
  locks.set(db, lock);
  migrate(db);
  const opened: WritableCase = { folder, db, clock, writable: true };
  db.transaction(() => {
    db.run(
      query.insertInto('case_info').values({
        id: 1,
        title: info.title,
        reference: info.reference,
        created_at: clock(),
        demonstration: info.demonstration ? 1 : 0,
      }),
    );
    appendAudit(opened, {
      who: '',
      action: 'case.created',
      subject: info.title,
      details: { reference: info.reference },
    });
  });
  return opened;
}

function makeFolders(folder: string): void {
  try {
    for (const name of ['', 'blobs', 'reports']) mkdirSync(path.join(folder, name), { recursive: true });
    readdirSync(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new RecceError(code === 'ENOSPC' ? 'DISK_FULL' : 'WRITE_FAILED', folder, (cause as Error).message, { cause });
  }
}

/** Opens a case for writing. Throws CASE_NOT_FOUND, CASE_IN_USE, CASE_NEWER, CASE_DAMAGED; a damaged file is left as it is. */
export function openCase(folder: string, clock: Clock = systemClock): WritableCase {
  if (!isCaseFolder(folder)) throw new RecceError('CASE_NOT_FOUND', folder, `it has no ${DATABASE}.`);
  checkWritable(folder);
  const lock = takeLock(folder);
  try {
    const db = connect(folder, false);
    checkVersion(folder, db);
    keepBeforeMigrating(folder, db);
    migrate(db);
    locks.set(db, lock);
    return { folder, db, clock, writable: true };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** SQLite's words for a disk that cannot be written differ with what it tries first; the system's do not. */
function checkWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const detail = `it cannot be written (${(cause as Error).message}). Copy the case to a disk that can.`;
    throw new RecceError('CASE_READ_ONLY', folder, detail, { cause });
  }
}

/** Opens a case for reading only, also while another process writes. */
export function openCaseForReading(folder: string, clock: Clock = systemClock): ReadableCase {
  if (!isCaseFolder(folder)) throw new RecceError('CASE_NOT_FOUND', folder, `it has no ${DATABASE}.`);
  const db = connect(folder, true);
  checkVersion(folder, db);
  return { folder, db, clock };
}

export function closeCase(opened: ReadableCase): void {
  opened.db.close();
  locks.get(opened.db)?.close();
}

/**
 * [Note: the lock] A second SQLite file held with an exclusive transaction: the operating system frees it with the process, so
 * kill -9 leaves nothing to clean up, and it works on every system SQLite works on.
 */
export function takeLock(folder: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(path.join(folder, LOCK), { timeout: 0 });
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (!/^SQLITE_BUSY/.test(String((cause as { code?: string }).code))) throw unwritable(folder, cause);
    throw new RecceError('CASE_IN_USE', folder, 'close it there first, or look at it read-only.', { cause });
  }
}

/**
 * Memory for pages, KiB. The grid's index of a million faces is 150 MB and is read whole for every filter: in a cache that holds it
 * this is arithmetic, in a smaller one it is reading. Mapping the file instead would end the process when the disk is taken away.
 */
function cacheKiB(file: string): number {
  return statSync(file).size > 2 ** 29 ? 320 * 1024 : 64 * 1024;
}

/**
 * A look that changes nothing. [Note: the probe] Closing a writing connection to a damaged database deletes its write-ahead log;
 * a reading one leaves it. What is damaged must be found out before it is opened for writing.
 */
function probe(file: string): void {
  const looking = new Database(file, { readonly: true, timeout: 5000 });
  try {
    looking.prepare('SELECT count(*) FROM sqlite_master').get();
  } finally {
    looking.close();
  }
}

/** The lock could not be taken, and not because another holds it: the folder cannot be written, or the disk fails. */
function unwritable(folder: string, cause: unknown): unknown {
  const code = String((cause as { code?: string }).code);
  return errorFromSystem(
    /^SQLITE_CANTOPEN/.test(code) ? Object.assign(new Error((cause as Error).message), { code: 'EROFS' }) : cause,
    folder,
  );
}

function connect(folder: string, readonly: boolean): CaseDatabase {
  const file = path.join(folder, DATABASE);
  let raw: Database.Database | undefined;
  try {
    if (!readonly && existsSync(file)) probe(file);
    raw = new Database(file, { readonly, timeout: 5000 });
    // WAL: the grid reads while a scan writes. FULL: a verdict that was shown survives a power cut.
    if (!readonly) raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('foreign_keys = ON');
    raw.pragma(`cache_size = ${-cacheKiB(file)}`);
    raw.pragma('schema_version');
    return new CaseDatabase(raw);
  } catch (cause) {
    raw?.close();
    const known = errorFromSystem(cause, folder);
    throw known instanceof RecceError && known.code !== 'CASE_DAMAGED' ? known : damaged(folder, cause);
  }
}

const damaged = (folder: string, cause: unknown): RecceError =>
  new RecceError(
    'CASE_DAMAGED',
    folder,
    `${(cause as Error).message}. It was left as it is; "recce restore" sets it aside and takes the newest backup.`,
    { cause },
  );

const versionOf = (db: CaseDatabase): number => Number(db.raw.pragma('user_version', { simple: true }));

function checkVersion(folder: string, db: CaseDatabase): void {
  const version = versionOf(db);
  if (version <= MIGRATIONS.length && version > 0) return;
  db.close();
  if (version === 0) throw damaged(folder, new Error('The database is empty'));
  throw new RecceError(
    'CASE_NEWER',
    folder,
    `it has version ${version}, this workstation knows ${MIGRATIONS.length}. Use a newer workstation.`,
  );
}

/** An older case is copied as it is before its first change of layout; that copy is not one of those that go. */
function keepBeforeMigrating(folder: string, db: CaseDatabase): void {
  const version = versionOf(db);
  if (version >= MIGRATIONS.length) return;
  const file = path.join(folder, 'backups', `before-version-${version + 1}.sqlite`);
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  db.raw.prepare('VACUUM INTO ?').run(file);
}

function migrate(db: CaseDatabase): void {
  db.transaction(() => {
    for (let version = versionOf(db); version < MIGRATIONS.length; version++) {
      db.raw.exec(MIGRATIONS[version]!);
      db.raw.pragma(`user_version = ${version + 1}`);
    }
  });
}

/** The contract's Case of an open handle. */
export function readCase(opened: ReadableCase): Case {
  const { db, folder } = opened;
  const info = db.first(query.selectFrom('case_info').selectAll())!;
  const count = (table: 'evidence' | 'face' | 'verdict' | 'opinion'): number =>
    Number(db.first(query.selectFrom(table).select(({ fn }) => fn.countAll().as('n')))!.n);
  return {
    folder,
    title: info.title,
    reference: info.reference,
    createdAt: info.created_at,
    schemaVersion: versionOf(db),
    demonstration: info.demonstration === 1,
    writable: 'writable' in opened,
    counts: {
      evidence: count('evidence'),
      faces: count('face'),
      verdicts: count('verdict'),
      opinions: count('opinion'),
    },
  };
}
