// What a case from elsewhere costs to be checked: work that grows with its rows, not with their
// square, and memory that does not grow with what its log unfolds to. Work is counted, not timed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hashOfValue } from '../../files/canonical-json.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { newDatabase } from '../db/case-layout.ts';
import { connectInMemory } from '../db/connect.ts';
import { MIGRATIONS } from '../db/migrations.ts';
import { appendAudit, auditEntriesOf, walkAudit } from '../log/audit.ts';
import { allSteps, runYielding } from '../log/segment.ts';
import { closeCase, createCase, openCase } from '../open-case.ts';
import { addFile, testModel } from '../testing/case-material.ts';
import { writeOlderCase } from '../testing/older-case.ts';
import { tamperWith } from '../testing/tamper.ts';
import { derivedProblems } from './derived-check.ts';
import { recordProblems } from './record-check.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-work-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

function newCase(): WritableCase {
  const opened = createCase(path.join(root, String(made++)), { title: 'W', reference: '', demonstration: false });
  addFile(opened, 'a.jpg', [0.5]);
  return opened;
}

const METHODS = [
  'filter',
  'find',
  'findLast',
  'findIndex',
  'findLastIndex',
  'some',
  'every',
  'map',
  'flatMap',
] as const;

/** How often work reads JSON, or looks at a member of a list. */
function stepsOf(work: () => unknown): number {
  let count = 0;
  const undo: (() => void)[] = [];
  const replace = (owner: object, name: string, by: (own: (...given: unknown[]) => unknown) => unknown): void => {
    const own = Reflect.get(owner, name) as (...given: unknown[]) => unknown;
    Reflect.set(owner, name, by(own));
    undo.push(() => Reflect.set(owner, name, own));
  };
  replace(JSON, 'parse', (own) => (...given: unknown[]): unknown => {
    count += 1;
    return own(...given);
  });
  for (const name of METHODS)
    replace(Array.prototype, name, (own) => {
      return function counted(this: unknown, callback: (...given: unknown[]) => unknown, ...rest: unknown[]) {
        const each = (...given: unknown[]): unknown => {
          count += 1;
          return callback(...given);
        };
        return own.call(this, each, ...rest);
      };
    });
  try {
    work();
  } finally {
    for (const one of undo) one();
  }
  return count;
}

const hash = (n: number): string => hashOfValue(n);
const instant = '2026-01-01T00:00:00.000Z';

/** Rows of one rerun, and an entry for every one of them that holds those so far. */
function plantReruns(opened: WritableCase, n: number): void {
  const rows = Array.from({ length: n }, (_, i) => ({ verdictId: i + 1, result: 'identical' }));
  opened.db.transaction(() => {
    for (let i = 1; i <= n; i++)
      appendAudit(opened, {
        ...{ who: '', action: 'rerun.ended', subject: 'all' },
        details: { jobId: 7, counts: { identical: i }, verdicts: `1-${i}`, rowsSha256: hashOfValue(rows.slice(0, i)) },
      });
  });
  const values = rows.map((row) => `(7, ${row.verdictId}, 'identical', '${JSON.stringify(row)}')`);
  tamperWith(opened.db.raw, `INSERT INTO rerun (job_id, verdict_id, result, json) VALUES ${values.join(', ')}`);
}

/** One model that had a card after the other, by the log. */
const plantModels = (opened: WritableCase, n: number): void =>
  opened.db.transaction(() => {
    for (let i = 1; i <= n; i++)
      appendAudit(opened, {
        ...{ who: '', action: 'model.kept', subject: 'test' },
        details: { modelId: testModel.id, cardSha256: hash(i), replaces: hash(i - 1), operatingPoints: null },
      });
  });

const plantExaminers = (opened: WritableCase, n: number): void => {
  opened.db.transaction(() => {
    for (let i = 1; i <= n; i++)
      appendAudit(opened, { who: '', action: 'examiner.added', subject: `Reader ${i}`, details: {} });
  });
  const at = new Date().toISOString();
  const values = Array.from({ length: n }, (_, i) => `('Reader ${i + 1}', '${at}')`);
  tamperWith(opened.db.raw, `INSERT INTO examiner (name, added_at) VALUES ${values.join(', ')}`);
};

test.each([
  ['entries of one rerun', plantReruns],
  ['cards of one model', plantModels],
  ['examiners', plantExaminers],
])('twice as many %s are about twice the work', (_, plant) => {
  const [few, many] = [300, 600].map((n) => {
    const opened = newCase();
    plant(opened, n);
    const steps = stepsOf(() => recordProblems(opened));
    closeCase(opened);
    return steps;
  });
  expect(many! / few!).toBeLessThan(2.5);
});

test('of many entries on one rerun the one that says another thing is still named, and so is a changed row', () => {
  const opened = newCase();
  plantReruns(opened, 100);
  const named = () =>
    recordProblems(opened).filter(({ kind, subject }) => kind === 'rerunChanged' && !/^verdict/.test(subject));
  expect(named().map(({ subject }) => subject)).toEqual([]);
  const { seq } = appendAudit(opened, {
    ...{ who: '', action: 'rerun.ended', subject: 'all' },
    details: { jobId: 7, counts: { identical: 101 }, verdicts: '1-50', rowsSha256: hash(0) },
  });
  expect(named()).toContainEqual(expect.objectContaining({ subject: expect.stringContaining(`audit entry ${seq}`) }));
  tamperWith(
    opened.db.raw,
    `UPDATE rerun SET json = '{"verdictId":60,"result":"identical","reason":"none"}' WHERE verdict_id = 60`,
  );
  // Every entry that holds row 60 names it; those before it do not.
  expect(named().filter(({ subject }) => subject.includes('up to then'))).toHaveLength(41 + 1);
  // Rows that were not made in the order of their numbers are held as well, and not without end.
  opened.db.transaction(() => {
    for (let i = 0; i < 100; i++)
      appendAudit(opened, {
        ...{ who: '', action: 'rerun.ended', subject: 'all' },
        details: {
          jobId: 7,
          counts: { identical: 102 + i },
          verdicts: '2,4',
          rowsSha256: hashOfValue([2, 4].map((verdictId) => ({ verdictId, result: 'identical' }))),
        },
      });
  });
  const beyond = named().filter(({ found }) => found.includes('such entries'));
  expect(beyond).toHaveLength(1);
  closeCase(opened);
});

test('a log that unfolds to more than there is memory for is gone through entry by entry, and the entry is named', () => {
  const opened = newCase();
  const actions = [
    'opinion.given',
    'rerun.ended',
    'scan.finished',
    'record.sealed',
    'evidence.changed',
    'examiner.added',
    'job.failed',
  ];
  const last = (): number => opened.db.raw.prepare('SELECT max(seq) FROM audit').pluck().get() as number;
  const before = last();
  const plant = (action: string, bytes: number): void => {
    const text = `replace(hex(zeroblob(${bytes / 2})), '0', 'a')`;
    tamperWith(
      opened.db.raw,
      `INSERT INTO audit SELECT max(seq) + 1, '${instant}', '', '${action}', '', '{"jobId":1,"x":"' || ${text} || '"}',
        'p', hex(randomblob(32)) FROM audit`,
    );
  };
  for (let round = 0; round < 4; round++) for (const action of actions) plant(action, 8_000_000);
  plant('scan.ended', 40_000_000);
  const tooLong = last();
  closeCase(opened);
  const child = path.join(import.meta.dirname, '../../testing/check-record.ts');
  const run = spawnSync(process.execPath, ['--max-old-space-size=160', child, opened.folder], { encoding: 'utf8' });
  expect(run.status, run.stderr.slice(-2000)).toBe(0);
  const said = JSON.parse(run.stdout);
  expect(said.broken).toMatchObject({ seq: before + 1 });
  expect(said.notShown).toContain(tooLong);
  expect(said.notShown.length).toBeGreaterThan(actions.length * 3);
});

test('entries of which something is kept are refused together, by name, where they are more than any case has', () => {
  const opened = newCase();
  const plant = `INSERT INTO audit SELECT (SELECT max(seq) FROM audit) + value, '${instant}', '', 'record.wentBack', '',
    '{"x":"' || replace(hex(zeroblob(5000000)), '0', 'a') || '"}', 'p', hex(randomblob(32)) FROM json_each('[1,2,3,4,5,6,7]')`;
  tamperWith(opened.db.raw, plant);
  const seq = opened.db.raw.prepare('SELECT max(seq) FROM audit').pluck().get() as number;
  expect(() => auditEntriesOf(opened, 'record.wentBack')).toThrow(new RegExp(`not read on at entry ${seq}`));
  expect(auditEntriesOf(opened, 'case.created')).toHaveLength(1);
  closeCase(opened);
});

test('an entry as long as the log is is not read, and the chain ends before it', () => {
  const opened = newCase();
  const whole = walkAudit(opened);
  expect(whole.broken).toBeUndefined();
  tamperWith(
    opened.db.raw,
    `INSERT INTO audit SELECT max(seq) + 1, '${instant}', '', 'x', '', '{"x":"' || replace(hex(zeroblob(17000000)), '0', 'a') || '"}', 'p', 'h' FROM audit`,
  );
  expect(walkAudit(opened)).toEqual({
    checked: whole.checked,
    broken: { seq: whole.checked + 1, expected: expect.stringContaining('longer than any'), found: 'h' },
  });
  closeCase(opened);
});

/** Tracks of one scan, all of the one face, from number 1 on; each says the same of it where asked. */
const tracksOfOneFace = (n: number, opinions: 0 | 1): string => `
  INSERT INTO video_scan (id, evidence_id, model_id, pipeline_version, sampling, finished, minimum_face_px)
    SELECT 1, evidence_id, model_id, 1, '{}', 0, 1 FROM verdict LIMIT 1;
  WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ${n})
    INSERT INTO track (id, video_scan_id, track_index) SELECT n, 1, n FROM i;
  INSERT INTO track_face SELECT id, (SELECT min(id) FROM face), 1 FROM track;
  UPDATE video_scan SET finished = 1;
  INSERT INTO examiner VALUES (1, 'Anna', '${instant}', NULL);
  INSERT INTO opinion (evidence_id, face_id, examiner_id, conclusion, note, blind, given_at, track_id)
    SELECT 1, NULL, 1, 'forged', '', 0, '${instant}', id FROM track WHERE ${opinions} = 1`;

test.each([
  ['tracks', 0, 4000],
  ['opinions on tracks', 1, 400],
] as const)(
  'of very many %s of one face it is told which are one and what stands, in steps between which it can be ended',
  { timeout: 60_000 },
  async (_, opinions, n) => {
    const opened = newCase();
    tamperWith(opened.db.raw, tracksOfOneFace(n, opinions));
    const same = opened.db.raw.prepare('SELECT count(*), min(first_id), max(first_id) FROM same_track').raw().get();
    expect(same).toEqual([n - 1, 1, 1]);
    let steps = 0;
    const counted = derivedProblems(opened);
    for (let step = counted.next(); ; step = counted.next()) {
      if (step.done) expect(step.value).toEqual([]);
      if (step.done) break;
      steps += 1;
    }
    expect(steps).toBeGreaterThanOrEqual(2);
    const ended = AbortSignal.abort(new Error('ended by whoever asked'));
    await expect(runYielding(derivedProblems(opened), ended)).rejects.toThrow('ended by whoever asked');
    tamperWith(opened.db.raw, `UPDATE same_track SET first_id = 2 WHERE track_id = ${n}`);
    expect([...(await runYielding(derivedProblems(opened)))].map(({ subject }) => subject)).toEqual([
      'tracks with the same faces',
    ]);
    closeCase(opened);
  },
);

test('a case made before in which very many tracks share a face is not compared with itself without end when it is opened', () => {
  const opened = newCase();
  const { folder } = opened;
  tamperWith(opened.db.raw, tracksOfOneFace(300, 0));
  closeCase(opened);
  const older = `${folder}-older`;
  writeOlderCase(
    folder,
    older,
    MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE same_track')),
  );
  expect(() => openCase(older)).toThrow(/its face 1 is in 300 tracks of 1 scans of its film/);
});

test('which tracks are one and what stands come out as the triggers of earlier versions made them', () => {
  const before = connectInMemory();
  for (const step of MIGRATIONS.slice(0, MIGRATIONS.findIndex((one) => one.includes('CREATE TABLE same_track')) + 1))
    before.raw.exec(step);
  const opened = newCase();
  const versions = [before, newDatabase(), opened.db];
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const statements = [
    'PRAGMA foreign_keys = OFF',
    `INSERT INTO examiner (id, name, added_at) VALUES (1, 'Anna', '${instant}'), (2, 'Ben', '${instant}'), (3, 'anna', '${instant}')`,
    'INSERT INTO same_person VALUES (3, 1)',
  ];
  let track = 0;
  for (let film = 1; film <= 6; film++) {
    const file = 1 + (film % 2);
    statements.push(
      `INSERT INTO video_scan (id, evidence_id, model_id, pipeline_version, sampling, finished) VALUES (${film}, ${file}, 'm', ${film}, '', 0)`,
    );
    for (let i = 0; i < 8; i++) {
      track += 1;
      statements.push(`INSERT INTO track VALUES (${track}, ${film}, ${i})`);
      const faces = new Set(Array.from({ length: 1 + random(3) }, () => file * 10 + random(4)));
      for (const face of faces) statements.push(`INSERT INTO track_face VALUES (${track}, ${face}, 0)`);
    }
    statements.push(`UPDATE video_scan SET finished = 1 WHERE id = ${film}`);
  }
  for (let i = 0; i < 400; i++) {
    const conclusion = ['genuine', 'forged', 'withdrawn', 'note'][random(4)];
    const on = 1 + random(track);
    const file = 1 + (Math.ceil(on / 8) % 2);
    const subject = random(3) === 0 ? `${[file * 10 + random(4), 'NULL'][random(2)]}, NULL` : `NULL, ${on}`;
    statements.push(
      `INSERT INTO opinion (evidence_id, examiner_id, conclusion, note, blind, given_at, face_id, track_id)
         VALUES (${file}, ${1 + random(3)}, '${conclusion}', '', 0, '', ${subject})`,
    );
  }
  for (const db of versions) for (const sql of statements) db.raw.exec(sql);
  const tables = versions.map((db) =>
    ['same_track ORDER BY 1', 'current_opinion ORDER BY 1, 2, 3'].map((table) =>
      db.raw.prepare(`SELECT * FROM ${table}`).raw().all(),
    ),
  );
  expect(tables[0]![0]!.length).toBeGreaterThan(5);
  expect(tables[0]![1]!.length).toBeGreaterThanOrEqual(20);
  expect(tables[1]).toEqual(tables[0]);
  expect(tables[2]).toEqual(tables[0]);
  const named = (): string[] =>
    allSteps(derivedProblems(opened))
      .map(({ subject }) => subject)
      .filter((subject) => /tracks|standing|names/.test(subject));
  expect(named()).toEqual([]);
  for (const sql of [
    `UPDATE current_opinion SET conclusion = 'x' WHERE evidence_id = 1 AND face_id > 0`,
    'DELETE FROM current_opinion WHERE face_id = (SELECT max(face_id) FROM current_opinion)',
    `INSERT INTO current_opinion SELECT evidence_id, 999, examiner_id, opinion_id, conclusion, track_id FROM current_opinion LIMIT 1`,
  ]) {
    opened.db.raw.exec(`BEGIN; ${sql}`);
    expect(named()).toEqual(['standing opinions']);
    opened.db.raw.exec('ROLLBACK');
  }
  closeCase(opened);
  before.close();
  versions[1]!.close();
});
