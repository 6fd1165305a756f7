// Exhibits: two files of one name are told apart wherever a file is named, in cases of older
// versions as well.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha256 } from '../../../contract/brand.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { MIGRATIONS } from '../db/migrations.ts';
import { listAudit } from '../log/audit.ts';
import { closeCase, createCase, openCase } from '../open-case.ts';
import { allEvidence, equalFilesOf } from '../rows/evidence.ts';
import { addExaminer } from '../rows/examiner.ts';
import { listExhibits } from '../rows/exhibit.ts';
import { giveOpinion } from '../rows/opinion.ts';
import { allVerdicts } from '../rows/verdict.ts';
import { addFile } from '../testing/case-material.ts';
import { readAgreement } from './agreement.ts';
import { queryFindings } from './finding.ts';
import { readFacets } from './finding-facets.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-exhibit-folders-'));
const hash = (digit: string) => digit.repeat(64) as Sha256;
const everyone = { examinerId: null, blind: false };
const sort = { by: 'path', direction: 'ascending' } as const;
let opened: WritableCase;

beforeAll(() => {
  opened = createCase(path.join(root, 'case'), { title: 'T', reference: '', demonstration: false });
  addFile(opened, 'a.jpg', [0.9], { path: '/ev/one/a.jpg', sha256: hash('1') });
  addFile(opened, 'a.jpg', [0.1], { path: '/ev/two/a.jpg', sha256: hash('2') });
  addFile(opened, 'sub/b.jpg', [0.5, 0.6], { path: '/ev/one/sub/b.jpg', sha256: hash('1') });
  addFile(opened, 'c.jpg', [], { path: 'D:\\card\\One\\c.jpg', sha256: hash('3') });
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

const shown = (filter: object) =>
  queryFindings(opened, everyone, { filter, sort, offset: 0, limit: 100 }).rows.map((row) => row.shownPath);

test('each folder taken in is an exhibit with a number and a name of its own, and every file is named below it', () => {
  expect(listExhibits(opened)).toEqual([
    { exhibit: 1, name: 'one', folder: '/ev/one', files: 2 },
    { exhibit: 2, name: 'two', folder: '/ev/two', files: 1 },
    { exhibit: 3, name: 'One (2)', folder: 'D:\\card\\One', files: 1 },
  ]);
  expect(allEvidence(opened).map(({ exhibit, shownPath }) => [exhibit, shownPath])).toEqual([
    [1, 'one/a.jpg'],
    [2, 'two/a.jpg'],
    [1, 'one/sub/b.jpg'],
    [3, 'One (2)/c.jpg'],
  ]);
  expect(equalFilesOf(opened, allEvidence(opened)[0]!).files).toMatchObject([{ shownPath: 'one/sub/b.jpg' }]);
});

test('the grid names, filters and counts by exhibit', () => {
  expect(shown({ pathContains: 'a.jpg' })).toEqual(['one/a.jpg', 'two/a.jpg']);
  expect(shown({ pathContains: 'two' })).toEqual(['two/a.jpg']);
  expect(shown({ exhibits: [3, 2] })).toEqual(['two/a.jpg', 'One (2)/c.jpg']);
  expect(shown({ exhibits: [9] })).toEqual([]);
  const counts = (filter: object) => readFacets(opened, everyone, filter).byExhibit.map((one) => one.findings);
  expect(counts({})).toEqual([3, 1, 1]);
  expect(counts({ exhibits: [2] })).toEqual([3, 1, 1]);
  expect(counts({ kinds: ['scored'], scoreMin: 0.4 })).toEqual([3, 0, 0]);
  addFile(opened, 'd.jpg', [0.2], { path: '/ev/two/d.jpg', sha256: hash('4') });
  expect(counts({})).toEqual([3, 2, 1]);
});

test('the log and the examiners’ disagreements name the file below its exhibit', () => {
  const second = allVerdicts(opened).find((one) => one.evidenceId === allEvidence(opened)[1]!.id)!;
  const give = (name: string, conclusion: 'forged' | 'genuine') =>
    giveOpinion(opened, addExaminer(opened, name), { ...second, conclusion, note: 'a reason', blind: false });
  give('One', 'forged');
  give('Two', 'genuine');
  expect(listAudit(opened, { limit: 1 })[0]).toMatchObject({ subject: 'two/a.jpg, face 1' });
  expect(readAgreement(opened, everyone).disagreements).toMatchObject([{ shownPath: 'two/a.jpg' }]);
});

test('a case of an older version gets its exhibits when it is opened', () => {
  const folder = path.join(root, 'older');
  mkdirSync(folder);
  const raw = new Database(path.join(folder, 'case.sqlite'));
  for (const step of MIGRATIONS.slice(0, BEFORE_EXHIBITS)) raw.exec(step);
  raw.exec("INSERT INTO case_info VALUES (1, 'Old', '', '2026-01-01T00:00:00.000Z', 0, 'whenOverriding')");
  const add = raw.prepare(
    "INSERT INTO evidence (path, relative_path, media_type, size_bytes, added_at, state) VALUES (?, ?, 'image/jpeg', 1, '2026-01-01T00:00:00.000Z', '{}')",
  );
  add.run('/z/a.jpg', 'a.jpg');
  add.run('/a/a.jpg', 'a.jpg');
  raw.pragma(`user_version = ${BEFORE_EXHIBITS}`);
  raw.close();
  const older = openCase(folder);
  expect(listExhibits(older).map(({ exhibit, folder }) => [exhibit, folder])).toEqual([
    [1, '/z'],
    [2, '/a'],
  ]);
  closeCase(older);
});

/** The last version without exhibits. */
const BEFORE_EXHIBITS = MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE source'));
