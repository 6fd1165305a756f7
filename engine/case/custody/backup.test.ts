// Backups and the way back: made when something happened, a few kept, damaged files set aside
// whole, an older case kept before it is changed, a clock set back said, and one writer across
// processes.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { killAtExit } from '../../process/testing/kill-at-exit.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { MIGRATIONS } from '../db/migrations.ts';
import { findSchemaProblem } from '../db/schema-check.ts';
import { appendAudit, auditHead, listAudit, walkAudit } from '../log/audit.ts';
import { closeCase, createCase, openCase, readCase } from '../open-case.ts';
import { addFile } from '../testing/case-material.ts';
import { backUpCase, headOfBackup, listBackups, restoreCase } from './backup.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-backup-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let number = 0;
const newCase = (clock?: () => string): WritableCase =>
  createCase(path.join(root, `case-${number++}`), { title: 'T', reference: '', demonstration: false }, clock);
const note = (opened: WritableCase, subject: string) =>
  appendAudit(opened, { who: '', action: 'test', subject, details: {} });

test('a backup is made when something happened, is a whole database, and the oldest beyond five goes', async () => {
  const opened = newCase();
  expect(await backUpCase(opened)).toBeDefined();
  expect(await backUpCase(opened)).toBeUndefined();
  for (let i = 0; i < 7; i++) {
    note(opened, String(i));
    await backUpCase(opened);
  }
  const backups = listBackups(opened.folder);
  expect(backups.map((one) => one.seq)).toEqual([8, 7, 6, 5, 4]);
  expect(backups.map((one) => findSchemaProblem(one.file))).toEqual(Array(5).fill(undefined));
  expect(readdirSync(path.join(opened.folder, 'backups')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  closeCase(opened);
});

test('a backup that is read stays as it is, with nothing beside it', async () => {
  const opened = newCase();
  const file = (await backUpCase(opened))!;
  const before = readFileSync(file);
  expect(headOfBackup(file)?.seq).toBe(auditHead(opened)!.seq);
  expect(findSchemaProblem(file)).toBeUndefined();
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  closeCase(opened);
});

test('a damaged database is set aside whole, and the newest whole backup takes its place', async () => {
  const opened = newCase();
  addFile(opened, 'a.jpg', [0.5, 0.6]);
  note(opened, 'before');
  await backUpCase(opened);
  addFile(opened, 'b.jpg', [0.7]);
  note(opened, 'after');
  await backUpCase(opened);
  const { folder } = opened;
  closeCase(opened);
  const database = path.join(folder, 'case.sqlite');
  const damaged = readFileSync(database);
  damaged.fill(0xaa, 0, 20_000);
  writeFileSync(database, damaged);
  writeFileSync(`${database}-wal`, 'a log that belongs to it');
  const newest = listBackups(folder)[0]!.file;
  writeFileSync(newest, readFileSync(newest).fill(0xbb, 5000, 30_000));
  expect(() => openCase(folder)).toThrow(/recce restore/);
  const { opened: restored, setAside, backup } = restoreCase(folder);
  expect(readFileSync(path.join(setAside, 'case.sqlite')).equals(damaged)).toBe(true);
  expect(readFileSync(path.join(setAside, 'case.sqlite-wal'), 'utf8')).toBe('a log that belongs to it');
  expect(readCase(restored).counts).toMatchObject({ evidence: 1, verdicts: 2 });
  expect(auditHead(restored)).toMatchObject({ action: 'case.restored', details: { lastEntry: backup } });
  expect(walkAudit(restored).broken).toBeUndefined();
  closeCase(restored);
});

test('a case whose database is gone altogether comes back from its backup; a folder that is not there is said', async () => {
  const opened = newCase();
  await backUpCase(opened);
  const { folder } = opened;
  closeCase(opened);
  rmSync(path.join(folder, 'case.sqlite'));
  const again = () => createCase(folder, { title: 'Another', reference: '', demonstration: false });
  expect(again).toThrow(/its database is missing.*recce restore/);
  const { opened: restored } = restoreCase(folder);
  expect(readCase(restored)).toMatchObject({ title: 'T' });
  closeCase(restored);
  expect(() => restoreCase(path.join(root, 'nowhere'))).toThrow(/There is no case in this folder/);
});

test('without a whole backup nothing is moved', () => {
  const opened = newCase();
  const { folder } = opened;
  closeCase(opened);
  writeFileSync(path.join(folder, 'case.sqlite'), 'damaged');
  expect(() => restoreCase(folder)).toThrow(/no backup that is whole/);
  expect(readFileSync(path.join(folder, 'case.sqlite'), 'utf8')).toBe('damaged');
});

test('a case whose backups cannot be listed is let go again: it can be opened', () => {
  const opened = newCase();
  const { folder } = opened;
  closeCase(opened);
  writeFileSync(path.join(folder, 'backups'), 'no folder');
  expect(() => restoreCase(folder)).toThrow(/no backup that is whole/);
  closeCase(openCase(folder));
});

test('a link in the place of one of a case’s own files is refused before anything is written through it', () => {
  const opened = newCase();
  const { folder } = opened;
  closeCase(opened);
  const photograph = path.join(root, 'photograph.jpg');
  writeFileSync(photograph, 'a photograph');
  for (const name of ['case.sqlite.tmp', 'lock.sqlite-journal', 'case.sqlite-wal']) {
    symlinkSync(photograph, path.join(folder, name));
    expect(() => openCase(folder), name).toThrow(`its ${name} is a link`);
    expect(() => restoreCase(folder), name).toThrow(`its ${name} is a link`);
    rmSync(path.join(folder, name));
  }
  const other = newCase();
  closeCase(other);
  for (const name of ['backups', 'case.sqlite']) {
    rmSync(path.join(folder, name), { recursive: true, force: true });
    symlinkSync(path.join(other.folder, name), path.join(folder, name));
    expect(() => openCase(folder), name).toThrow(`its ${name} is a link`);
    rmSync(path.join(folder, name));
  }
  expect(readFileSync(photograph, 'utf8')).toBe('a photograph');
});

test('a backup is written through no link, and what is no file is no backup', async () => {
  const opened = newCase();
  const { folder } = opened;
  const photograph = path.join(root, 'another.jpg');
  writeFileSync(photograph, 'another');
  mkdirSync(path.join(folder, 'backups'), { recursive: true });
  for (let seq = 1; seq < 6; seq++)
    symlinkSync(photograph, path.join(folder, 'backups', `case-${String(seq).padStart(9, '0')}.sqlite.tmp`));
  symlinkSync(photograph, path.join(folder, 'backups', 'case-000000999.sqlite'));
  note(opened, 'something happened');
  const made = await backUpCase(opened);
  expect(readFileSync(photograph, 'utf8')).toBe('another');
  expect(listBackups(folder).map((one) => one.file)).toEqual([made]);
  closeCase(opened);
});

test('a case of every older version is kept as it was before it is changed, and opens', () => {
  for (let version = 1; version < MIGRATIONS.length; version++) {
    const folder = path.join(root, `version-${version}`);
    mkdirSync(folder);
    const db = new Database(path.join(folder, 'case.sqlite'));
    for (const step of MIGRATIONS.slice(0, version)) db.exec(step);
    db.exec(
      "INSERT INTO case_info (id, title, reference, created_at, demonstration) VALUES (1, 'Old', '', '2026-01-01T00:00:00.000Z', 0)",
    );
    db.pragma(`user_version = ${version}`);
    db.close();
    const opened = openCase(folder);
    expect(readCase(opened)).toMatchObject({ title: 'Old', schemaVersion: MIGRATIONS.length });
    closeCase(opened);
    const kept = new Database(path.join(folder, 'backups', `before-version-${version + 1}.sqlite`), { readonly: true });
    expect(kept.pragma('user_version', { simple: true })).toBe(version);
    kept.close();
  }
});

test('a clock set back is said in the log, and the chain stands', () => {
  const times = ['2026-05-01T12:00:00.000Z', '2026-05-01T12:00:01.000Z', '2020-01-01T00:00:00.000Z'];
  const opened = newCase(() => (times.length > 1 ? times.shift()! : times[0]!));
  note(opened, 'later by number, earlier by clock');
  const [last] = listAudit(opened, { limit: 1 });
  expect(last).toMatchObject({
    at: '2020-01-01T00:00:00.000Z',
    details: { clockBehind: expect.stringMatching(/^2026/) },
  });
  expect(walkAudit(opened)).toEqual({ checked: 2 });
  closeCase(opened);
});

test('another process that has the case open for writing is told apart from a damaged one, and its end frees it', async () => {
  const opened = newCase();
  const { folder } = opened;
  closeCase(opened);
  const writer = path.join(import.meta.dirname, '../testing/write-until-killed.ts');
  const child = killAtExit(spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] }));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(() => openCase(folder)).toThrow(/Another process has this case open/);
  expect(() => restoreCase(folder)).toThrow(/Another process has this case open/);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  closeCase(openCase(folder));
  expect(existsSync(path.join(folder, 'case.sqlite'))).toBe(true);
});

test('no backup, and no way back, is written where a link leads', { tags: ['posix'] }, async () => {
  const opened = newCase();
  const { folder } = opened;
  const other = path.join(root, 'photograph');
  writeFileSync(other, 'of another case');
  mkdirSync(path.join(folder, 'backups'));
  for (const ending of ['', '-journal', '-wal'])
    symlinkSync(other, path.join(folder, 'backups', `case-000000001.sqlite.tmp${ending}`));
  expect(await backUpCase(opened)).toBeDefined();
  expect(readFileSync(other, 'utf8')).toBe('of another case');
  closeCase(opened);
  symlinkSync(other, path.join(folder, 'case.sqlite.tmp-journal'));
  closeCase(restoreCase(folder).opened);
  expect(readFileSync(other, 'utf8')).toBe('of another case');
});

test('backups of another case, to which a link leads, stay as they are', { tags: ['posix'] }, async () => {
  const other = newCase();
  for (let i = 0; i < 5; i++) {
    note(other, String(i));
    await backUpCase(other);
  }
  const theirs = path.join(other.folder, 'backups');
  const before = readdirSync(theirs);
  expect(before).toHaveLength(5);
  const opened = newCase();
  symlinkSync(theirs, path.join(opened.folder, 'backups'));
  note(opened, 'mine');
  await expect(backUpCase(opened)).rejects.toThrow(/a link/);
  expect(readdirSync(theirs)).toEqual(before);
  expect(listBackups(opened.folder)).toEqual([]);
  for (const one of [opened, other]) closeCase(one);
});
