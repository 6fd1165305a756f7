// Backups of the case database inside the case folder, made while it is open, a few kept; and the
// way back from a damaged database: it is set aside whole, never deleted, and the newest backup
// that is whole takes its place.
import { constants, copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { isNoFile } from '../../files/own-file.ts';
import type { CaseDatabase } from '../db/case-database.ts';
import { type Clock, systemClock, type WritableCase } from '../db/case-handle.ts';
import { connect, leaveLogging, takeLock } from '../db/connect.ts';
import { errorFromSystem } from '../db/database-error.ts';
import { findSchemaProblem } from '../db/schema-check.ts';
import { appendAudit, auditHead, auditLink } from '../log/audit.ts';
import { checkWritable, closeCase, openCase } from '../open-case.ts';

/** Backups kept. Each is a whole database; pictures are not in it and never change. */
const KEPT = 5;
const NAME = /^case-(\d{9})\.sqlite$/;

export const backupFolder = (folder: string): string => path.join(folder, 'backups');

/** Names of backups, the last first; none where their folder is none. */
const namesOfBackups = (folder: string): string[] =>
  isFolder(backupFolder(folder))
    ? readdirSync(backupFolder(folder))
        .filter((name) => NAME.test(name))
        .sort()
        .reverse()
    : [];
/**
 * A folder of the case's own: a link could lead to the backups of another case, among which this
 * one's would take the places of those.
 */
const isFolder = (place: string): boolean => lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Backups by name, the last first: the number in it should be that of the last audit entry inside.
 * What is no file is none.
 */
export const listBackups = (folder: string): { file: string; name: string; seq: number; sizeBytes: number }[] =>
  namesOfBackups(folder).flatMap((name) => {
    const file = path.join(backupFolder(folder), name);
    const known = lstatSync(file, { throwIfNoEntry: false });
    return known?.isFile() ? [{ file, name, seq: Number(NAME.exec(name)![1]), sizeBytes: known.size }] : [];
  });

/** What lies under the name of a backup, or of their folder, and is none. */
export const noBackups = (folder: string): string[] => {
  const there = lstatSync(backupFolder(folder), { throwIfNoEntry: false });
  if (there && !isFolder(backupFolder(folder))) return [path.basename(backupFolder(folder))];
  const names = namesOfBackups(folder).map((name) => path.join(path.basename(backupFolder(folder)), name));
  return names.filter((name) => isNoFile(path.join(folder, name)));
};

/**
 * The last entry inside a backup, whatever its name says; undefined for one that cannot be read.
 */
export function headOfBackup(file: string): { seq: number; hash: Sha256 } | undefined {
  let db: CaseDatabase | undefined;
  try {
    db = connect(file, true, file);
    const link = auditLink({ folder: '', db, clock: systemClock });
    return link && { seq: link.seq, hash: link.hash };
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}

/**
 * What a backup, or the way back from one, is called until it is whole; SQLite may keep a journal
 * beside it.
 */
const UNFINISHED = /^((case-\d{9}|before-version-\d+)\.sqlite\.tmp|case\.sqlite\.tmp)(-journal|-wal|-shm)?$/;
/** What SQLite leaves beside a backup that is read when the process is ended. */
const LEFT_BESIDE = /^case-\d{9}\.sqlite-(shm|wal)$/;

/** A log with content is not: somebody has written to the backup. */
const isLeftBeside = (folder: string, file: string): boolean =>
  path.dirname(file) === backupFolder(folder) &&
  LEFT_BESIDE.test(path.basename(file)) &&
  (file.endsWith('-shm') ? !hasContent(file.replace(/-shm$/, '-wal')) : !hasContent(file));
const hasContent = (file: string): boolean => existsSync(file) && lstatSync(file).size > 0;

/**
 * Removes the backups that a process which was ended left half-made. Called before any is made.
 * Gives their names and sizes.
 */
export function sweepBackups({ folder }: WritableCase): { name: string; sizeBytes: number }[] {
  const files = [folder, backupFolder(folder)]
    .filter(isFolder)
    .flatMap((place) => readdirSync(place).map((name) => path.join(place, name)))
    .filter((file) => UNFINISHED.test(path.basename(file)) || isLeftBeside(folder, file))
    .filter((file) => lstatSync(file).isFile());
  return files.map((file) => {
    const { size } = lstatSync(file);
    rmSync(file);
    return { name: path.relative(folder, file), sizeBytes: size };
  });
}

/**
 * Makes a backup unless nothing has happened since the last one; the oldest beyond five goes.
 * Copies page by page between other work, so that a large case stays usable. Returns the file, or
 * undefined when none was needed.
 */
export async function backUpCase(opened: WritableCase): Promise<string | undefined> {
  const { folder, db } = opened;
  const seq = auditHead(opened)?.seq ?? 0;
  if (listBackups(folder)[0]?.seq === seq) return undefined;
  const file = path.join(backupFolder(folder), `case-${String(seq).padStart(9, '0')}.sqlite`);
  const temporary = `${file}.tmp`;
  try {
    mkdirSync(backupFolder(folder), { recursive: true });
    if (!isFolder(backupFolder(folder)))
      throw new RecceError('WRITE_FAILED', backupFolder(folder), 'it is a link, and is not followed.');
    removeTemporary(temporary);
    await db.raw.backup(temporary, { progress: () => 512 });
    leaveLogging(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  for (const old of listBackups(folder).slice(KEPT)) await rm(old.file, { force: true });
  return file;
}

/**
 * Whatever lies where a database is about to be made, and beside it: a link there would have it
 * written where it leads.
 */
function removeTemporary(file: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${ending}`, { force: true });
}

/** The files SQLite keeps for one database: they belong together. */
const SET = ['case.sqlite', 'case.sqlite-wal', 'case.sqlite-shm', 'case.sqlite-journal'];

/**
 * Sets the database's files aside as they are, puts the newest whole backup in their place, and
 * opens it. Throws CASE_NOT_FOUND, CASE_IN_USE, CASE_READ_ONLY, DISK_FULL, and CASE_DAMAGED when no
 * backup is whole: then nothing was moved.
 */
export function restoreCase(
  folder: string,
  clock: Clock = systemClock,
): { opened: WritableCase; setAside: string; backup: number } {
  if (!existsSync(folder)) throw new RecceError('CASE_NOT_FOUND', folder, 'there is no such folder.');
  checkWritable(folder);
  const { setAside, backup } = putBackupInPlace(folder, clock);
  const opened = openCase(folder, clock);
  try {
    appendAudit(opened, {
      who: '',
      action: 'case.restored',
      subject: path.basename(backup.file),
      details: { lastEntry: backup.seq, setAside: path.basename(setAside) },
    });
  } catch (error) {
    closeCase(opened);
    throw error;
  }
  return { opened, setAside, backup: backup.seq };
}

/** By the last entry inside: a name can say anything. */
function newestWhole(folder: string): { file: string; seq: number } | undefined {
  const whole = listBackups(folder).filter((one) => findSchemaProblem(one.file) === undefined);
  const known = whole.map(({ file }) => ({ file, seq: headOfBackup(file)?.seq ?? 0 }));
  return known.sort((a, b) => b.seq - a.seq)[0];
}

/** Under the lock. The copy is made first: where the disk is full, nothing was moved. */
function putBackupInPlace(folder: string, clock: Clock): { setAside: string; backup: { file: string; seq: number } } {
  const lock = takeLock(folder);
  const temporary = path.join(folder, 'case.sqlite.tmp');
  try {
    const backup = newestWhole(folder);
    if (!backup) throw new RecceError('CASE_DAMAGED', folder, 'it has no backup that is whole. Nothing was changed.');
    removeTemporary(temporary);
    copyFileSync(backup.file, temporary, constants.COPYFILE_EXCL);
    const setAside = path.join(folder, `damaged-${clock().replaceAll(/[:.]/g, '-')}`);
    mkdirSync(setAside);
    for (const name of SET)
      if (existsSync(path.join(folder, name))) renameSync(path.join(folder, name), path.join(setAside, name));
    renameSync(temporary, path.join(folder, 'case.sqlite'));
    return { setAside, backup };
  } catch (error) {
    rmSync(temporary, { force: true });
    throw errorFromSystem(error, folder);
  } finally {
    lock.close();
  }
}
