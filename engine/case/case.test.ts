// The case database on real SQLite files: append-only records, the audit chain, locks, versions,
// damage, crashes, blind mode.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { FindingFilter } from '../../contract/finding.ts';
import { canonicalJson } from '../files/canonical-json.ts';
import { killAtExit } from '../process/testing/kill-at-exit.ts';
import type { WritableCase } from './db/case-handle.ts';
import { MIGRATIONS } from './db/migrations.ts';
import { hidesFrom, queryFindings } from './grid/finding.ts';
import { countFindings } from './grid/finding-counts.ts';
import { readFacets } from './grid/finding-facets.ts';
import { appendAudit, listAudit, walkAudit } from './log/audit.ts';
import { closeCase, createCase, openCase, openCaseForReading, readCase } from './open-case.ts';
import { addEvidence, allEvidence, equalFilesOf, listEvidence } from './rows/evidence.ts';
import { addExaminer } from './rows/examiner.ts';
import { giveOpinion, opinionsOf } from './rows/opinion.ts';
import { allVerdicts } from './rows/verdict.ts';
import { addFile, testModel, testParameters } from './testing/case-material.ts';

const newFolder = () => path.join(mkdtempSync(path.join(os.tmpdir(), 'recce-case-')), 'case');
const make = (folder = newFolder()): WritableCase =>
  createCase(folder, { title: 'T', reference: 'R', demonstration: false });
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof RecceError ? error.code : String(error);
  }
  return 'nothing was thrown';
};

test('canonical JSON sorts keys at every depth and drops what is undefined', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
});

describe('opening', () => {
  test('a case is in use by one writer, free for readers, and free again when closed', () => {
    const opened = make();
    expect(codeOf(() => openCase(opened.folder))).toBe('CASE_IN_USE');
    const reading = openCaseForReading(opened.folder);
    expect(readCase(reading)).toMatchObject({ title: 'T', writable: false });
    closeCase(reading);
    closeCase(opened);
    closeCase(openCase(opened.folder));
  });

  test('no case, an existing case, a newer case and a damaged one each have their error and stay as they are', () => {
    const opened = make();
    closeCase(opened);
    const file = path.join(opened.folder, 'case.sqlite');
    expect(codeOf(() => openCase(newFolder()))).toBe('CASE_NOT_FOUND');
    expect(codeOf(() => make(opened.folder))).toBe('CASE_EXISTS');
    const raw = new Database(file);
    raw.pragma('user_version = 999');
    raw.close();
    const newer = readFileSync(file);
    expect(codeOf(() => openCase(opened.folder))).toBe('CASE_NEWER');
    expect(codeOf(() => make(opened.folder))).toBe('CASE_EXISTS');
    expect(readFileSync(file).equals(newer)).toBe(true);
    expect(existsSync(path.join(opened.folder, 'backups'))).toBe(false);
    writeFileSync(file, Buffer.from('this is no database, but it is all there is left of it'.repeat(40)));
    const before = readFileSync(file);
    expect(codeOf(() => openCase(opened.folder))).toBe('CASE_DAMAGED');
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('a case whose making was never finished', () => {
  const halfMade = (fill: (db: Database.Database) => void): string => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const db = new Database(path.join(folder, 'case.sqlite'));
    fill(db);
    db.close();
    return folder;
  };

  test.each([
    ['an empty file', () => {}],
    ['a log without tables', (db: Database.Database) => db.pragma('journal_mode = WAL')],
    [
      'tables without a row',
      (db: Database.Database) => {
        for (const step of MIGRATIONS) db.exec(step);
        db.pragma(`user_version = ${MIGRATIONS.length}`);
      },
    ],
  ])('is said to be empty, and is made again: %s', (_, fill) => {
    const folder = halfMade(fill);
    expect(() => openCase(folder)).toThrow(/its making was interrupted and nothing is in it/);
    const opened = make(folder);
    expect(readCase(opened)).toMatchObject({ title: 'T' });
    expect(walkAudit(opened)).toEqual({ checked: 1 });
    closeCase(opened);
    expect(codeOf(() => make(folder))).toBe('CASE_EXISTS');
  });

  test('is not made over where pictures or backups lie beside it', () => {
    for (const name of ['blobs', 'backups']) {
      const folder = halfMade(() => {});
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, 'something'), '');
      expect(codeOf(() => make(folder))).toBe('CASE_EXISTS');
    }
  });

  test('leaves nothing under the name of a case when it is interrupted before the end', () => {
    const folder = newFolder();
    const clock = () => {
      throw new RecceError('DISK_FULL', folder, 'in the middle of it');
    };
    expect(codeOf(() => createCase(folder, { title: 'T', reference: '', demonstration: false }, clock))).toBe(
      'DISK_FULL',
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('case.sqlite'))).toEqual([]);
    closeCase(make(folder));
  });
});

test('videos are listed by themselves, however many photographs come before them', () => {
  const opened = make();
  const take = (relativePath: string, mediaType: string) =>
    addEvidence(opened, {
      ...{ relativePath, mediaType, path: `/nowhere/${relativePath}` },
      ...{ sizeBytes: 1, modifiedAt: null, sha256: null },
    });
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) take(name, 'image/jpeg');
  for (const name of ['z.mp4', 'y.mp4']) take(name, 'video/mp4');
  const { total, rows } = listEvidence(opened, { offset: 0, limit: 2, videosOnly: true });
  expect([total, ...rows.map((one) => one.relativePath)]).toEqual([2, 'y.mp4', 'z.mp4']);
  expect(listEvidence(opened, { offset: 0, limit: 2 }).total).toBe(5);
  closeCase(opened);
});

test('files of equal bytes name each other by the recorded hash; a file that was not read has no equal', () => {
  const opened = make();
  const withHash = (name: string, digit: string | null) =>
    addFile(opened, name, [], { path: `/nowhere/${name}`, sha256: (digit?.repeat(64) ?? null) as Sha256 });
  for (const [name, digit] of [
    ['a', '1'],
    ['b', '2'],
    ['c', '1'],
    ['d', null],
    ['e', null],
  ] as const)
    withHash(name, digit);
  for (let i = 0; i < 12; i++) withHash(`many-${i}`, '3');
  const named = allEvidence(opened).map((one) => equalFilesOf(opened, one));
  expect(named.slice(0, 5).map(({ files }) => files.map((one) => one.relativePath))).toEqual([
    ['c'],
    [],
    ['a'],
    [],
    [],
  ]);
  expect(named.slice(0, 5).map(({ total }) => total)).toEqual([1, 0, 1, 0, 0]);
  expect([named[5]!.total, named[5]!.files.length]).toEqual([11, 10]);
  closeCase(opened);
});

describe('the audit log', () => {
  test('the database refuses to change or delete entries and opinions', () => {
    const opened = make();
    addFile(opened, 'a.jpg', [0.5]);
    const examiner = addExaminer(opened, 'A');
    const [verdict] = allVerdicts(opened);
    giveOpinion(opened, examiner, { ...verdict!, conclusion: 'forged', note: '', blind: false });
    for (const sql of [
      "UPDATE audit SET who = 'x'",
      'DELETE FROM audit',
      "UPDATE opinion SET conclusion = 'genuine'",
      'DELETE FROM opinion',
    ])
      expect(() => opened.db.raw.exec(sql)).toThrow(/append-only/);
    closeCase(opened);
  });

  test('a changed, a missing and a forged entry are found at the right link', () => {
    const opened = make();
    for (let i = 0; i < 5; i++) appendAudit(opened, { who: 'A', action: 'test', subject: String(i), details: { i } });
    expect(walkAudit(opened)).toEqual({ checked: 6 });
    opened.db.raw.exec("DROP TRIGGER audit_is_append_only_update; UPDATE audit SET subject = 'other' WHERE seq = 4");
    expect(walkAudit(opened)).toMatchObject({ checked: 3, broken: { seq: 4 } });
    opened.db.raw.exec('DROP TRIGGER audit_is_append_only_delete; DELETE FROM audit WHERE seq = 3');
    expect(walkAudit(opened)).toMatchObject({ checked: 2, broken: { seq: 4, expected: 'entry 3' } });
    expect(listAudit(opened, { limit: 2 }).map((one) => one.seq)).toEqual([6, 5]);
    closeCase(opened);
  });
});

describe('findings', () => {
  const filled = () => {
    const opened = make();
    addFile(opened, 'b.jpg', [0.9, 0.2]);
    addFile(opened, 'a.jpg', [0.6]);
    addFile(opened, 'c.txt', []);
    return opened;
  };
  const nobody = { examinerId: null, blind: false };
  const drop = (filter: FindingFilter, key: keyof FindingFilter): FindingFilter => ({ ...filter, [key]: undefined });
  const positive = <K extends string>(counts: Partial<Record<K, number>>) =>
    Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));
  const ask = (
    opened: WritableCase,
    viewer: Parameters<typeof queryFindings>[1],
    request: Partial<Parameters<typeof queryFindings>[2]> = {},
  ) =>
    queryFindings(opened, viewer, {
      filter: {},
      sort: { by: 'score', direction: 'descending' },
      offset: 0,
      limit: 10,
      ...request,
    });

  test('they are sorted by score with scoreless rows last, either way', () => {
    const opened = filled();
    expect(ask(opened, nobody).rows.map((row) => row.score)).toEqual([0.9, 0.6, 0.2, null]);
    expect(ask(opened, nobody, { sort: { by: 'score', direction: 'ascending' } }).rows.map((row) => row.score)).toEqual(
      [0.2, 0.6, 0.9, null],
    );
    expect(ask(opened, nobody, { offset: 1, limit: 1 }).rows.map((row) => row.score)).toEqual([0.6]);
    closeCase(opened);
  });

  test('every filter narrows, and the counts agree with the rows', () => {
    const opened = filled();
    const total = (filter: Parameters<typeof countFindings>[2]) => {
      expect(ask(opened, nobody, { filter }).total).toBe(countFindings(opened, nobody, filter).total);
      return countFindings(opened, nobody, filter).total;
    };
    expect(total({})).toBe(4);
    expect(total({ kinds: ['noFace'] })).toBe(1);
    expect(total({ scoreMin: 0.5 })).toBe(2);
    expect(total({ pathContains: 'B.J' })).toBe(2);
    expect(total({ leanings: ['towardsForged'] })).toBe(1);
    expect(total({ ownConclusions: ['none'] })).toBe(4);
    expect(total({ sizePxMin: 1e6 })).toBe(0);
    closeCase(opened);
  });

  test('a facet counts what each of its choices would give, with every other restriction kept', () => {
    const opened = filled();
    const { id } = addExaminer(opened, 'E');
    const [first] = ask(opened, nobody).rows;
    giveOpinion(opened, { id, name: 'E' }, { ...first!, conclusion: 'forged', note: '', blind: false });
    const filters: FindingFilter[] = [
      {},
      { kinds: ['scored'] },
      { leanings: ['towardsForged'], ownConclusions: ['none'] },
      { scoreMin: 0.2, scoreMax: 0.95, kinds: ['scored', 'noFace'] },
      { ownConclusions: ['forged'], pathContains: 'a' },
    ];
    for (const viewer of [
      { examinerId: id, blind: false },
      { examinerId: id, blind: true },
    ])
      for (const filter of filters) {
        const facets = readFacets(opened, viewer, filter);
        expect(facets.total).toBe(ask(opened, viewer, { filter }).total);
        expect(positive(facets.byKind)).toEqual(countFindings(opened, viewer, drop(filter, 'kinds')).byKind);
        expect(positive(facets.byOwnConclusion)).toEqual(
          countFindings(opened, viewer, drop(filter, 'ownConclusions')).byOwnConclusion,
        );
        expect(positive(facets.byLeaning)).toEqual(countFindings(opened, viewer, drop(filter, 'leanings')).byLeaning);
        expect(facets.scoreBins.reduce((sum, n) => sum + n, 0)).toBe(
          ask(opened, viewer, { filter: drop(drop(filter, 'scoreMin'), 'scoreMax'), limit: 1000 }).rows.filter(
            ({ score }) => score !== null,
          ).length,
        );
      }
    closeCase(opened);
  });

  test('blind mode tells nothing of a score before the examiner’s own opinion: rows, order, filters, counts, others’ opinions', () => {
    const opened = filled();
    const [first, second] = [addExaminer(opened, 'First'), addExaminer(opened, 'Second')];
    const [verdict] = allVerdicts(opened);
    giveOpinion(opened, first, { ...verdict!, conclusion: 'forged', note: 'n', blind: true });
    const viewer = { examinerId: second.id, blind: true };
    const rows = ask(opened, viewer).rows;
    expect(rows.map((row) => row.score)).toEqual([null, null, null, null]);
    expect(rows.map((row) => row.relativePath)).toEqual(['a.jpg', 'b.jpg', 'b.jpg', 'c.txt']);
    expect(rows.flatMap((row) => row.conclusions)).toEqual([]);
    expect(ask(opened, viewer, { filter: { scoreMin: 0.5 } }).total).toBe(0);
    expect(ask(opened, viewer, { filter: { leanings: ['towardsForged'] } }).total).toBe(0);
    expect(countFindings(opened, viewer, {}).byLeaning).toEqual({});
    expect(hidesFrom(opened, viewer, verdict!.evidenceId, verdict!.faceId)).toBe(true);
    giveOpinion(opened, second, { ...verdict!, conclusion: 'genuine', note: '', blind: true });
    expect(hidesFrom(opened, viewer, verdict!.evidenceId, verdict!.faceId)).toBe(false);
    const shown = ask(opened, viewer).rows.find((row) => row.faceId === verdict!.faceId)!;
    expect([shown.score, shown.ownConclusion, shown.conclusions.toSorted()]).toEqual([
      0.9,
      'genuine',
      ['forged', 'genuine'],
    ]);
    giveOpinion(opened, second, {
      ...verdict!,
      conclusion: 'withdrawn',
      note: 'Given on the wrong face.',
      blind: false,
    });
    expect(hidesFrom(opened, viewer, verdict!.evidenceId, verdict!.faceId)).toBe(true);
    expect(opinionsOf(opened, verdict!).map((one) => one.conclusion)).toEqual(['forged', 'genuine', 'withdrawn']);
    closeCase(opened);
  });
});

test('a filter by the viewer’s own opinion finds what it says, whoever else has one and whatever was withdrawn', () => {
  const opened = make();
  addFile(opened, 'a.jpg', [0.1, 0.2, 0.3, 0.4]);
  addFile(opened, 'b.txt', []);
  const [me, other] = [addExaminer(opened, 'Me'), addExaminer(opened, 'Other')];
  const all = allVerdicts(opened);
  const give = (who: typeof me, i: number, conclusion: 'forged' | 'genuine' | 'withdrawn') =>
    giveOpinion(opened, who, { ...all[i]!, conclusion, note: '', blind: false });
  give(me, 0, 'forged');
  give(me, 1, 'genuine');
  give(me, 2, 'forged');
  give(me, 2, 'withdrawn');
  give(other, 3, 'forged');
  expect(() => give(me, 4, 'genuine')).toThrow('No face was found in this file');
  const ids = (ownConclusions: ('none' | 'forged' | 'genuine')[], examinerId: typeof me.id | null = me.id) =>
    queryFindings(
      opened,
      { examinerId, blind: false },
      { filter: { ownConclusions }, sort: { by: 'added', direction: 'ascending' }, offset: 0, limit: 10 },
    ).rows.map((row) => row.verdictId);
  expect(ids(['forged'])).toEqual([1]);
  expect(ids(['genuine'])).toEqual([2]);
  expect(ids(['none'])).toEqual([3, 4, 5]);
  expect(ids(['none', 'genuine'])).toEqual([2, 3, 4, 5]);
  expect(ids(['none'], null)).toEqual([1, 2, 3, 4, 5]);
  expect(ids(['forged'], null)).toEqual([]);
  closeCase(opened);
});

test('verdicts written twice are there once, and keep their first content', () => {
  const opened = make();
  addFile(opened, 'a.jpg', [0.5, 0.6]);
  const before = allVerdicts(opened);
  addFile(opened, 'a.jpg', [0.9, 0.1]);
  expect(allVerdicts(opened)).toEqual(before);
  expect(before).toHaveLength(2);
  closeCase(opened);
});

test('a process killed while it writes loses no committed file and leaves none half written', async () => {
  const folder = newFolder();
  closeCase(make(folder));
  const writer = path.join(import.meta.dirname, 'testing', 'write-until-killed.ts');
  for (const delay of [60, 150, 300]) {
    const child = killAtExit(spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] }));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const opened = openCase(folder);
    expect(opened.db.raw.pragma('integrity_check', { simple: true })).toBe('ok');
    const announced = said.trim().split('\n').filter(Boolean);
    const there = new Set(allEvidence(opened).map((one) => one.relativePath));
    expect(announced.filter((name) => !there.has(name))).toEqual([]);
    const perFile = new Map<number, number>();
    for (const one of allVerdicts(opened)) perFile.set(one.evidenceId, (perFile.get(one.evidenceId) ?? 0) + 1);
    expect([...perFile.values()].every((count) => count === 2)).toBe(true);
    expect(walkAudit(opened).broken).toBeUndefined();
    closeCase(opened);
  }
});

test('ten thousand findings are sorted and paged by the database, deep pages too', () => {
  const opened = make();
  opened.db.transaction(() => {
    for (let i = 0; i < 2000; i++)
      addFile(
        opened,
        `f${String(i).padStart(6, '0')}.jpg`,
        Array.from({ length: 5 }, (_, k) => (((i * 5 + k) * 7919) % 10007) / 10007),
      );
  });
  const viewer = { examinerId: null, blind: false };
  const seen: number[] = [];
  for (const offset of [0, 5000, 9999]) {
    const page = queryFindings(opened, viewer, {
      filter: {},
      sort: { by: 'score', direction: 'descending' },
      offset,
      limit: 1,
    });
    expect(page.total).toBe(10_000);
    seen.push(page.rows[0]!.score!);
  }
  expect(seen).toEqual(seen.toSorted((a, b) => b - a));
  closeCase(opened);
});

test('a model and parameters used in tests fit their schemas', () => {
  expect(testModel.passport.sha256).toBe(testParameters.modelId satisfies Sha256);
});
