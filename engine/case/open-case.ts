// Making, opening and closing a case folder: case.sqlite, blobs/, reports/, and a lock that the
// operating system frees when the process dies.
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Case } from '../../contract/case.ts';
import { RecceError } from '../../contract/errors.ts';
import { instantSchema } from '../../contract/units.ts';
import { writeRefused } from '../files/system-error.ts';
import { type CaseDatabase, query } from './db/case-database.ts';
import { type Clock, isWritable, type ReadableCase, systemClock, type WritableCase } from './db/case-handle.ts';
import {
  checkVersion,
  expectLayout,
  expectTracks,
  isEmpty,
  keepBeforeMigrating,
  migrate,
  versionOf,
  whyAltered,
  whyIndexesAltered,
} from './db/case-layout.ts';
import { connect, takeLock } from './db/connect.ts';
import { errorFromSystem } from './db/database-error.ts';
import { MIGRATIONS } from './db/migrations.ts';
import { appendAudit, firstEntryOf } from './log/audit.ts';
import { requeueRunning } from './rows/job.ts';
import { countStanding } from './rows/opinion.ts';
import { readReasonRule } from './rows/reason-rule.ts';

const DATABASE = 'case.sqlite';
/** A case is made under this name. */
const MAKING = 'case.sqlite.making';

export const isCaseFolder = (folder: string): boolean => existsSync(path.join(folder, DATABASE));
/** Folder of the case's blobs. */
export const blobFolder = (folder: string): string => path.join(folder, 'blobs');

/** What is done after a database was closed: the lock let go, a copy removed. */
const endings = new WeakMap<CaseDatabase, () => void>();

type CaseInfo = { title: string; reference: string; demonstration: boolean };

/**
 * Makes a case in an empty or new folder and opens it. Throws CASE_EXISTS, WRITE_FAILED, DISK_FULL.
 * It is made under another name and then renamed: what is interrupted or does not fit leaves no
 * case, and can be made again in the same folder.
 */
export function createCase(folder: string, info: CaseInfo, clock: Clock = systemClock): WritableCase {
  refuseExisting(folder);
  makeFolders(folder);
  const lock = takeLock(folder);
  try {
    // Asked again under the lock: another process may have made one in between.
    refuseExisting(folder);
    removeDatabase(path.join(folder, DATABASE));
    makeDatabase(folder, info, clock);
    const db = connect(path.join(folder, DATABASE), false, folder);
    endings.set(db, () => lock.close());
    return { folder, db, clock, writable: true };
  } catch (error) {
    if (!isTaken(error)) for (const name of [MAKING, DATABASE]) removeDatabase(path.join(folder, name));
    lock.close();
    throw errorFromSystem(error, folder);
  }
}

const isTaken = (error: unknown): boolean => error instanceof RecceError && error.code === 'CASE_EXISTS';

/**
 * A database without content, left by a making that was interrupted, is none; what is left of a
 * case without its database is one.
 */
function refuseExisting(folder: string): void {
  if (!isCaseFolder(folder) && !hasRemains(folder)) return;
  if (isCaseFolder(folder) && isHalfMade(folder)) return;
  const detail = isCaseFolder(folder)
    ? 'open it instead, or choose another folder.'
    : 'its database is missing. "recce restore" brings it back from its backups; or choose another folder.';
  throw new RecceError('CASE_EXISTS', folder, detail);
}

const hasRemains = (folder: string): boolean =>
  existsSync(path.join(folder, `${DATABASE}-wal`)) ||
  ['blobs', 'backups'].some((name) => !isEmptyOrMissing(path.join(folder, name)));

function isHalfMade(folder: string): boolean {
  if (['blobs', 'backups'].some((name) => !isEmptyOrMissing(path.join(folder, name)))) return false;
  let db: CaseDatabase | undefined;
  try {
    db = connect(path.join(folder, DATABASE), true, folder);
    return isEmpty(db);
  } catch {
    return false;
  } finally {
    db?.close();
  }
}

const isEmptyOrMissing = (folder: string): boolean => !existsSync(folder) || readdirSync(folder).length === 0;

function removeDatabase(file: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${ending}`, { force: true });
}

function makeDatabase(folder: string, info: CaseInfo, clock: Clock): void {
  const making = path.join(folder, MAKING);
  removeDatabase(making);
  const db = connect(making, false, folder);
  try {
    db.transaction(() => {
      migrate(db);
      enterCase({ folder, db, clock, writable: true }, info);
    });
  } finally {
    // Closing brings the log into the file.
    db.close();
  }
  renameSync(making, path.join(folder, DATABASE));
}

function enterCase(opened: WritableCase, { title, reference, demonstration }: CaseInfo): void {
  const created = { id: 1, title, reference, created_at: opened.clock(), demonstration: demonstration ? 1 : 0 };
  opened.db.run(query.insertInto('case_info').values(created));
  const details = { reference, demonstration, createdAt: created.created_at };
  appendAudit(opened, { who: '', action: 'case.created', subject: title, details });
}

function makeFolders(folder: string): void {
  try {
    for (const name of ['', 'blobs', 'reports']) mkdirSync(path.join(folder, name), { recursive: true });
    readdirSync(folder);
  } catch (cause) {
    throw writeRefused(cause, folder);
  }
}

/**
 * Opens a case for writing. Throws CASE_NOT_FOUND, CASE_IN_USE, CASE_READ_ONLY, CASE_NEWER,
 * CASE_DAMAGED; a damaged file is left as it is, and one that cannot be written, or that another
 * program has changed, can still be looked at (open-read-only.ts).
 */
export function openCase(folder: string, clock: Clock = systemClock): WritableCase {
  if (!isCaseFolder(folder)) throw new RecceError('CASE_NOT_FOUND', folder, `it has no ${DATABASE}.`);
  checkWritable(folder);
  const lock = takeLock(folder);
  let db: CaseDatabase | undefined;
  try {
    db = connect(path.join(folder, DATABASE), false, folder);
    checkVersion(folder, db);
    expectLayout(folder, db);
    expectTracks(folder, db);
    const why = whyIndexesAltered(db);
    if (why !== undefined) throw new RecceError('CASE_READ_ONLY', folder, why);
    keepBeforeMigrating(folder, db);
    migrate(db);
    endings.set(db, () => lock.close());
    return { folder, db, clock, writable: true };
  } catch (error) {
    db?.close();
    lock.close();
    throw error;
  }
}

/**
 * SQLite's words for a disk that cannot be written differ with what it tries first; the system's do
 * not. Throws CASE_READ_ONLY.
 */
export function checkWritable(folder: string): void {
  try {
    for (const place of [folder, path.join(folder, DATABASE)].filter(existsSync)) accessSync(place, constants.W_OK);
  } catch (cause) {
    const detail = `it cannot be written (${(cause as Error).message}). Copy the case to a disk that can.`;
    throw new RecceError('CASE_READ_ONLY', folder, detail, { cause });
  }
}

/** Opens a case for reading only, also while another process writes. */
export function openCaseForReading(folder: string, clock: Clock = systemClock): ReadableCase {
  if (!isCaseFolder(folder)) throw new RecceError('CASE_NOT_FOUND', folder, `it has no ${DATABASE}.`);
  const db = connect(path.join(folder, DATABASE), true, folder);
  try {
    checkVersion(folder, db);
  } catch (error) {
    db.close();
    throw error;
  }
  return { folder, db, clock };
}

export function closeCase(opened: ReadableCase): void {
  opened.db.close();
  endings.get(opened.db)?.();
}

/**
 * Opens a copy of the case's database that is of no other use, brought to this workstation's
 * layout, for looking at the case in `folder`; nothing can be written through it. One that another
 * program has changed is shown as it is, if its version is this one. `ended` is called once it is
 * closed. Throws CASE_NEWER, CASE_DAMAGED, CASE_READ_ONLY.
 */
export function openCopyForViewing(folder: string, copy: string, clock: Clock, ended: () => void): ReadableCase {
  const file = path.join(copy, DATABASE);
  let altered: string | undefined;
  const writing = connect(file, false, folder);
  try {
    checkVersion(folder, writing);
    altered = whyAltered(writing);
    if (altered !== undefined && versionOf(writing) < MIGRATIONS.length) expectLayout(folder, writing);
    if (altered === undefined) {
      expectTracks(folder, writing);
      altered = whyIndexesAltered(writing);
      migrate(writing);
      requeueRunning({ db: writing });
    }
  } finally {
    writing.close();
  }
  const db = connect(file, true, folder);
  endings.set(db, ended);
  return { folder, db, clock, ...(altered === undefined ? {} : { readOnlyBecause: altered }) };
}

/**
 * A title that was made here is no longer; one from elsewhere may be, and is shown at every start.
 */
export const LONGEST_TITLE = 300;

/** In place of a time that is none; verify names the row. */
const NO_INSTANT = '1970-01-01T00:00:00.000Z';

/** What the log says of the case whose own row is gone: verify names that. */
function asMade(opened: ReadableCase) {
  const created = firstEntryOf(opened, 'case.created');
  const { reference, demonstration } = created?.details ?? {};
  return {
    title: created?.subject ?? 'without a title',
    reference: typeof reference === 'string' ? reference : '',
    created_at: created?.at ?? NO_INSTANT,
    demonstration: demonstration === true ? 1 : 0,
    reason_rule: null,
  };
}

/** The contract's Case of an open handle. */
export function readCase(opened: ReadableCase): Case {
  const { db, folder } = opened;
  const info = db.first(query.selectFrom('case_info').selectAll()) ?? asMade(opened);
  const count = (table: 'evidence' | 'face' | 'verdict' | 'superseded_verdict'): number =>
    Number(db.first(query.selectFrom(table).select(({ fn }) => fn.countAll().as('n')))!.n);
  return {
    folder,
    title: info.title.length > LONGEST_TITLE ? `${info.title.slice(0, LONGEST_TITLE)}…` : info.title,
    reference: info.reference,
    createdAt: instantSchema.safeParse(info.created_at).success ? info.created_at : NO_INSTANT,
    schemaVersion: versionOf(db),
    demonstration: info.demonstration === 1,
    // A case of an older version that is only read has no such column.
    reasonRule: info.reason_rule === undefined ? 'whenOverriding' : readReasonRule(opened),
    writable: isWritable(opened),
    ...(opened.warnings && opened.warnings.length > 0 ? { warnings: [...opened.warnings] } : {}),
    ...(opened.readOnlyBecause === undefined ? {} : { readOnlyBecause: opened.readOnlyBecause }),
    counts: {
      evidence: count('evidence'),
      faces: count('face'),
      verdicts: count('verdict') - count('superseded_verdict'),
      opinions: countStanding(opened),
    },
  };
}
