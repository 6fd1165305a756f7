// A case folder that somebody with a database tool has put things into: triggers that act on what
// is written, guards without a body. Older cases, which are laid out differently for a good reason,
// still open.
import { cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { RecceError } from '../../contract/errors.ts';
import { backupAnchors } from '../case/custody/anchors.ts';
import { headOfBackup } from '../case/custody/backup.ts';
import { recordProblems } from '../case/custody/record-check.ts';
import { MIGRATIONS } from '../case/db/migrations.ts';
import { findSchemaProblem } from '../case/db/schema-check.ts';
import { closeCase, createCase, openCase, readCase } from '../case/open-case.ts';
import { openCaseOrReadOnly } from '../case/open-read-only.ts';
import { allVerdictIds } from '../case/rows/verdict.ts';
import { addFile } from '../case/testing/case-material.ts';
import { checkIntegrity, expectWholeDatabase } from '../custody/check-integrity.ts';
import { withSeal } from './with-seal.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-altered-'));
let n = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const fileOf = (folder: string): string => path.join(folder, 'case.sqlite');

/** A closed case with one scored face. */
function madeCase(): string {
  const folder = path.join(root, `case ${n++}`);
  const opened = createCase(folder, { title: 'A', reference: '', demonstration: false });
  addFile(opened, 'one.jpg', [0.9]);
  closeCase(opened);
  return folder;
}

function tamper(folder: string, sql: string): void {
  const db = new Database(fileOf(folder));
  db.pragma('foreign_keys = OFF');
  db.unsafeMode();
  db.exec(sql);
  db.close();
}

test('an index that was made short of a row, its text put back, is found at opening: the case is only looked at, and no report is written', async () => {
  const folder = madeCase();
  const db = new Database(fileOf(folder));
  db.unsafeMode();
  const [index] = db
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'verdict' AND sql IS NOT NULL")
    .all() as { name: string; sql: string }[];
  db.exec(`DROP INDEX ${index!.name}; ${index!.sql} WHERE id <> 1`);
  db.pragma('writable_schema = ON');
  db.prepare('UPDATE sqlite_master SET sql = ? WHERE name = ?').run(index!.sql, index!.name);
  db.close();
  expect(() => openCase(folder)).toThrow(expect.objectContaining({ code: 'CASE_READ_ONLY' }));
  const opened = openCaseOrReadOnly(folder, path.join(root, 'viewing'));
  expect(readCase(opened).readOnlyBecause).toMatch(/lists would leave rows out/);
  // Made again out of the table, whatever its indexes lack.
  expect(allVerdictIds(opened)).toEqual([1]);
  await expect(expectWholeDatabase(opened)).rejects.toThrow(/does not agree with itself/);
  closeCase(opened);
});

test('the engine answers others while a database is looked through as a whole', async () => {
  const opened = openCase(madeCase());
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  });
  // What is written meanwhile keeps nobody waiting either.
  const checking = checkIntegrity(opened, 1);
  addFile(opened, 'two.jpg', [0.9]);
  expect(await checking).toBe('ok');
  clearInterval(counting);
  expect(turns).toBeGreaterThan(0);
  closeCase(opened);
});

test('a query in the place of a table is not asked: neither in a database nor in a backup of it', async () => {
  const folder = madeCase();
  tamper(folder, 'ALTER TABLE evidence RENAME TO kept; CREATE VIEW Evidence AS SELECT * FROM kept');
  const look = () => openCaseOrReadOnly(folder, path.join(root, 'viewing'));
  expect(look).toThrow(expect.objectContaining({ code: 'CASE_DAMAGED', detail: expect.stringContaining('Evidence') }));
  tamper(folder, 'DROP VIEW Evidence; ALTER TABLE kept RENAME TO evidence');
  const backup = path.join(folder, 'backups', 'case-000000999.sqlite');
  mkdirSync(path.dirname(backup), { recursive: true });
  const db = new Database(backup);
  db.exec(`CREATE VIEW audit AS SELECT 999 AS seq, '2026' AS at, '${'f'.repeat(64)}' AS hash`);
  db.close();
  expect(headOfBackup(backup)).toBeUndefined();
  expect(backupAnchors(folder)).toEqual([]);
});

test('a database that another case has under a name of its own is not opened for writing', () => {
  const [folder, other] = [madeCase(), madeCase()];
  for (const name of ['case.sqlite', 'lock.sqlite']) {
    rmSync(path.join(folder, name), { force: true });
    linkSync(path.join(other, name), path.join(folder, name));
    expect(() => openCase(folder)).toThrow(expect.objectContaining({ code: 'CASE_DAMAGED' }));
    rmSync(path.join(folder, name));
    cpSync(path.join(other, name), path.join(folder, name));
  }
  closeCase(openCase(folder));
});

/** Turns a forged face over while it is written. */
const TURNED_OVER = `CREATE TRIGGER evil BEFORE INSERT ON verdict WHEN NEW.kind = 'scored' AND NEW.leaning = 'towardsForged' BEGIN
  INSERT INTO verdict (evidence_id, face_id, model_id, pipeline_version, parameters_id, made_at, kind, score, leaning, relative_path, outcome)
  VALUES (NEW.evidence_id, NEW.face_id, NEW.model_id, NEW.pipeline_version, NEW.parameters_id, NEW.made_at, 'scored', 0.01,
    'towardsGenuine', NEW.relative_path, json_set(NEW.outcome, '$.score', 0.01));
  SELECT RAISE(IGNORE); END;`;
const EMPTIED = `DROP TRIGGER verdict_is_append_only_update;
  CREATE TRIGGER verdict_is_append_only_update BEFORE UPDATE ON verdict BEGIN SELECT 1; END;`;

test.each([
  ['a trigger that turns verdicts over', TURNED_OVER, 'trigger evil'],
  ['a guard without its body', EMPTIED, 'trigger verdict_is_append_only_update'],
  ['a view', 'CREATE VIEW shown AS SELECT * FROM verdict;', 'view shown'],
  [
    'an index on another table under a name of ours',
    'DROP INDEX evidence_by_name; CREATE INDEX evidence_by_name ON face (box);',
    'index evidence_by_name',
  ],
])('a case with %s is not written, can be looked at, and verify names what it is', (_, sql, subject) => {
  const folder = madeCase();
  tamper(folder, sql);
  const before = readFileSync(fileOf(folder));
  expect(() => openCase(folder)).toThrow(/changed by another program/);
  const opened = openCaseOrReadOnly(folder, path.join(root, 'viewing'));
  expect(readCase(opened)).toMatchObject({ writable: false, readOnlyBecause: expect.stringContaining(subject) });
  expect(recordProblems(opened)).toContainEqual(expect.objectContaining({ subject, kind: 'layoutChanged' }));
  closeCase(opened);
  expect(readFileSync(fileOf(folder)).equals(before)).toBe(true);
});

test('a guard that is missing keeps the case from being written as well', () => {
  const folder = madeCase();
  tamper(folder, 'DROP TRIGGER audit_is_append_only_delete;');
  expect(() => openCase(folder)).toThrow(RecceError);
  const opened = openCaseOrReadOnly(folder, path.join(root, 'viewing'));
  expect(recordProblems(opened).map((one) => one.kind)).toContain('guardMissing');
  closeCase(opened);
});

test('definitions in a case cannot call what reaches beyond the database', () => {
  const opened = createCase(path.join(root, `case ${n++}`), { title: 'A', reference: '', demonstration: false });
  expect(opened.db.raw.pragma('trusted_schema', { simple: true })).toBe(0);
  closeCase(opened);
});

test('a case of each earlier version opens, is brought up to date, and is then laid out as a new one', () => {
  for (let version = 1; version < MIGRATIONS.length; version++) {
    const folder = path.join(root, `version ${version}`);
    mkdirSync(folder);
    const db = new Database(fileOf(folder));
    for (const step of MIGRATIONS.slice(0, version)) db.exec(step);
    db.exec(`INSERT INTO case_info (id, title, reference, created_at, demonstration) VALUES (1, 'Old', '', '2020', 0)`);
    db.exec('ANALYZE');
    db.pragma(`user_version = ${version}`);
    db.close();
    const opened = openCase(folder);
    expect(readCase(opened)).toMatchObject({ title: 'Old', schemaVersion: MIGRATIONS.length, writable: true });
    closeCase(opened);
    expect(findSchemaProblem(fileOf(folder))).toBeUndefined();
    closeCase(openCase(folder));
  }
});

test('an earlier version with a trigger of its own is not brought up to date', () => {
  const folder = path.join(root, 'old and altered');
  mkdirSync(folder);
  const db = new Database(fileOf(folder));
  for (const step of MIGRATIONS.slice(0, 4)) db.exec(step);
  db.exec(`INSERT INTO case_info VALUES (1, 'Old', '', '2020', 0); ${TURNED_OVER}`);
  db.pragma('user_version = 4');
  db.close();
  expect(() => openCaseOrReadOnly(folder, path.join(root, 'viewing'))).toThrow(/trigger evil is not of ours/);
  expect(existsSync(path.join(folder, 'backups'))).toBe(false);
});

test('a trigger that is put in while the case is open keeps a scan from beginning', async () => {
  const folder = madeCase();
  const opened = openCase(folder);
  tamper(folder, TURNED_OVER);
  const scan = withSeal(opened, { who: '', paths: [], details: { jobId: 1 } }, async () => {
    addFile(opened, 'two.jpg', [0.9]);
    return {};
  });
  await expect(scan).rejects.toThrow(/trigger evil is not of ours/);
  expect(readCase(opened).counts.verdicts).toBe(1);
  closeCase(opened);
});
