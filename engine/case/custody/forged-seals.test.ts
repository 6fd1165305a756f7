// Entries with right hashes that take rows to come out of the seals, and texts that two readers take
// for two things: whoever can write the folder makes them once, and changes rows later by SQL alone.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { EvidenceId, JobId, Sha256, VerdictId } from '../../../contract/brand.ts';
import { type RerunRow, rerunResultSchema } from '../../../contract/rerun.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { readFacets } from '../grid/finding-facets.ts';
import { modelShown } from '../grid/model-shown.ts';
import { appendAudit } from '../log/audit.ts';
import { HELD } from '../log/held-tables.ts';
import { allSteps } from '../log/segment.ts';
import { closeCase, createCase } from '../open-case.ts';
import { readRerun } from '../rows/rerun.ts';
import { addRowOfJob, saidOfJob } from '../rows/rows-of-job.ts';
import { addFile, testModel } from '../testing/case-material.ts';
import { addFilm, scanFilm } from '../testing/film-material.ts';
import { tamperWith } from '../testing/tamper.ts';
import { checkRecord } from './record-check.ts';
import { appendSeal, enterScanBegin } from './seal.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-forged-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as Sha256;
const SAMPLING = { kind: 'everyFrame' } as const;
const NOTHING = { kind: 'toolError', message: 'none' } as const;
let opened: WritableCase;
let made = 0;
let job = 0;

/** What an honest workstation does: a scan that begins, adds, and seals what it added. */
async function scan(work: () => void): Promise<void> {
  const details = { jobId: ++job, minimumFacePx: 1, modelId: testModel.id };
  enterScanBegin(opened, { who: '', action: 'scan.started', subject: 's', details });
  work();
  await appendSeal(opened, { who: '', action: 'scan.finished', subject: 's', details: { jobId: job } });
}

/** All that is wrong; fixtures have cards and smallest faces of their own. */
const problems = () =>
  allSteps(checkRecord(opened)).problems.filter(({ subject }) => !/^set of parameters/.test(subject));
const subjects = (): string[] => problems().map(({ kind, subject }) => `${kind}: ${subject}`);
const forge = (details: Record<string, unknown>, action = 'scan.ended'): number =>
  appendAudit(opened, { who: '', action, subject: 'photographs', details: { jobId: job, ...details } }).seq;

beforeEach(async () => {
  job = 0;
  opened = createCase(path.join(root, String(made++)), { title: 'F', reference: '', demonstration: false });
  await scan(() => addFile(opened, 'a.jpg', [0.9, 0.2]));
  return () => closeCase(opened);
});

const plantVerdict = (id = 'NULL'): void =>
  tamperWith(
    opened.db.raw,
    `INSERT INTO verdict (id, evidence_id, face_id, model_id, pipeline_version, parameters_id, made_at, kind, score, leaning, outcome, relative_path)
      SELECT ${id}, evidence_id, face_id, model_id, pipeline_version + 100, parameters_id, made_at, kind, 0.01, 'towardsGenuine', outcome, relative_path
      FROM verdict WHERE id = 1`,
  );

test('a case as a scan leaves it has nothing wrong', () => {
  expect(subjects()).toEqual([]);
});

describe('an entry whose seals are none', () => {
  const whole = (table: 'verdict' | 'face', change: object) => ({
    [table]: { from: 2, to: 3, rows: 1, columns: HELD[table].columns, sha256: EMPTY, ...change },
  });
  test.each([
    ['a bound that is no number', whole('verdict', { from: 'x', to: 1_000_000_000, rows: 0 })],
    ['a bound beyond all rows', whole('verdict', { to: 1_000_000_000 })],
    ['a bound below none', whole('verdict', { from: -1 })],
    ['no rows', whole('verdict', { from: 2, to: 2, rows: 0 })],
    ['columns that there are not', whole('verdict', { columns: ['gone'] })],
    ['fewer columns', whole('verdict', { columns: ['id'] })],
    ['no columns', whole('face', { columns: [] })],
    ['a table that is none', { nothing: { from: 2, to: 3, rows: 1, columns: [], sha256: EMPTY } }],
  ])('is named for %s, and hides no row that comes later', async (_, sealed) => {
    const seq = forge({ sealed });
    expect(subjects()).toContainEqual(expect.stringContaining(`audit entry ${seq}`));
    plantVerdict();
    expect(subjects()).toContainEqual(expect.stringMatching(/verdicts? 3/));
    await scan(() => addFile(opened, 'b.jpg', [0.4]));
    const named = subjects();
    expect(named).toContainEqual(expect.stringContaining(`audit entry ${seq}`));
    // What the honest scan added is sealed behind it, whatever the entry said.
    tamperWith(opened.db.raw, 'UPDATE verdict SET score = 0.01 WHERE id = (SELECT max(id) FROM verdict)');
    expect(subjects().length).toBeGreaterThan(named.length);
  });

  test('places of evidence and examinations that come later under one are named', () => {
    const none = { from: 'x', to: 1_000_000_000, rows: 0, sha256: EMPTY };
    const seq = forge(
      {
        sealed: {
          provenance: { ...none, columns: HELD.provenance.columns },
          relocation: { ...none, columns: HELD.relocation.columns },
        },
      },
      'evidence.examined',
    );
    tamperWith(
      opened.db.raw,
      `INSERT INTO relocation (evidence_id, path, modified_at, at) VALUES (1, '/elsewhere.jpg', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
       INSERT INTO provenance (evidence_id, examined_at, app_version, json) VALUES (1, '2026-01-01T00:00:00.000Z', '0', '{}')`,
    );
    const named = subjects();
    for (const words of [`audit entry ${seq}`, 'place of evidence 1', 'examination of structure and credentials 1'])
      expect(named).toContainEqual(expect.stringContaining(words));
  });

  test.each([
    ['rows', { before: { verdict: 'x', face: 2, evidence: 1, parameters: 1 } }],
    ['rows before those that are sealed', { before: { verdict: 0, face: 2, evidence: 1, parameters: 1 } }],
    ['nothing', {}],
  ])('a beginning that says %s of where its rows begin is named', (_, details) => {
    forge({ jobId: 99, ...details }, 'scan.started');
    forge({ jobId: 99, sealed: {} });
    expect(problems()).toContainEqual(
      expect.objectContaining({ kind: 'rowsUnaccounted', subject: expect.stringMatching(/^a beginning/) }),
    );
  });

  test('an end without seals, or with seals of states that are none, is named', () => {
    forge({ jobId: 98, upToVerdict: 'x' });
    forge({ jobId: 98, sealed: {}, settled: { ids: 'x', sha256: EMPTY } });
    const named = subjects().join();
    expect(named).toContain('the end of a scan');
    expect(named).toContain('states of files, as audit entry');
  });

  test('a seal over the state of a file that came later, or over rows that did, is named once a scan has begun', async () => {
    forge({ sealed: {}, settled: { ids: '2', sha256: EMPTY } });
    await scan(() => addFile(opened, 'b.jpg', [0.4]));
    expect(subjects()).toContainEqual(expect.stringContaining('files up to 2'));
  });
});

describe('films that an entry takes out of the seals', () => {
  const columns = {
    video_scan: HELD.video_scan.columns,
    video_frame: HELD.video_frame.columns,
    track: HELD.track.columns,
    track_face: HELD.track_face.columns,
  };
  const films = (change: object) => ({
    sealed: {},
    videos: { finished: '1-1000000', sha256: EMPTY, unfinished: [], columns, ...change },
  });
  const gone = { video_scan: ['gone'], video_frame: ['gone'], track: ['gone'], track_face: ['gone'] };
  const scanAFilm = (name = 'film.mp4'): Promise<void> =>
    scan(() => {
      const film: EvidenceId = addFilm(opened, name);
      scanFilm(opened, film, [0, 1, 2, 3], { sampling: SAMPLING, outcome: NOTHING });
    });

  test.each([
    ['columns that there are not', films({ columns: gone })],
    ['all films to come', films({})],
    ['a hash that is none', films({ sha256: 'x' })],
    ['what is no list of films', films({ finished: '5-1' })],
  ])('are sealed all the same, and the entry is named: %s', async (_, details) => {
    const seq = forge(details);
    expect(subjects()).toContainEqual(expect.stringContaining(`audit entry ${seq}`));
    await scanAFilm();
    expect(subjects()).toContainEqual(expect.stringContaining(`audit entry ${seq}`));
    const before = subjects();
    tamperWith(
      opened.db.raw,
      'DELETE FROM track_face; DELETE FROM track; UPDATE video_frame SET time_ms = time_ms + 3600000, faces = 0 WHERE frame_index > 0',
    );
    const sealedBy = opened.db.raw.prepare('SELECT max(seq) FROM audit').pluck().get();
    expect(before).not.toContainEqual(expect.stringContaining(`films sealed by audit entry ${sealedBy}`));
    expect(subjects()).toContainEqual(`videoChanged: frames and tracks of films sealed by audit entry ${sealedBy}`);
  });

  test('one that is named before it was there is named, even where the hash fits what it becomes later', async () => {
    const seq = forge(films({ finished: '1' }));
    await scanAFilm();
    expect(subjects()).toContainEqual(expect.stringContaining(`films up to 1, as audit entry ${seq} has it`));
  });

  test('one that two entries seal is named', async () => {
    await scanAFilm();
    expect(subjects()).toEqual([]);
    const seq = forge(films({ finished: '1' }));
    expect(problems()).toContainEqual(
      expect.objectContaining({
        kind: 'videoChanged',
        subject: expect.stringContaining(`${seq}`),
        found: 'film scan 1',
      }),
    );
  });

  test('none of it is said of films that honest scans left finished or in the middle', async () => {
    await scanAFilm();
    await scanAFilm('second.mp4');
    expect(subjects().filter((one) => one.includes('audit entry'))).toEqual([]);
  });
});

describe('a text that one reader takes for another thing than the next', () => {
  const other = 'b'.repeat(64) as Sha256;
  beforeEach(async () => {
    await scan(() => addFile(opened, 'c.jpg', [0.5], { modelId: other }));
    expect(subjects()).toEqual([]);
  });
  const doubled = (table: string, words: string): void =>
    tamperWith(opened.db.raw, `UPDATE ${table} SET json = '{${words},' || substr(json, 2)`);

  test.each([
    ['a card whose name stands twice', 'model', '"name":"Other model"'],
    ['a card with two records, one of them none', 'model', '"validation":{}'],
    ['a number that JSON does not know', 'model', '"validation":1e400'],
    ['an earlier card whose name stands twice', 'model_card', '"name":"Other model"'],
  ])('%s is named', (_, table, words) => {
    const [shown, names] = [modelShown(opened), facetNames()];
    doubled(table, words);
    expect(subjects()).toContainEqual(expect.stringMatching(/^modelChanged/));
    // And nothing that is shown depends on which of them is read.
    expect([modelShown(opened), facetNames()]).toEqual([shown, names]);
  });

  const facetNames = () =>
    readFacets(opened, { examinerId: null, blind: false }, {}).byModel.map(({ name, modelId }) => [modelId, name]);

  test('a set of parameters is held by its text', () => {
    tamperWith(opened.db.raw, `UPDATE parameters SET json = '{"modelId":"x",' || substr(json, 2)`);
    expect(allSteps(checkRecord(opened)).problems).toContainEqual(
      expect.objectContaining({ subject: 'set of parameters 1', expected: 'JSON as the workstation writes it' }),
    );
  });

  test('a result of a rerun whose text says two things is named', () => {
    const id = startRerun('queued');
    const row = rerunRow(1);
    expect(addRowOfJob(opened, 'rerun', id, row)).toBe(true);
    appendAudit(opened, {
      who: '',
      action: 'rerun.finished',
      subject: 'r',
      details: saidOfJob(opened, 'rerun', id, rerunResultSchema.options),
    });
    expect(subjects()).toEqual([]);
    tamperWith(opened.db.raw, `UPDATE rerun SET json = '{"result":"different",' || substr(json, 2)`);
    expect(subjects()).toEqual([expect.stringMatching(/^rerunChanged: rerun of verdict 1/)]);
  });
});

/** A job of a rerun in the database; `logged` false: that nobody started. */
function startRerun(state: string, logged = true, id = 41) {
  opened.db.raw.exec(
    `INSERT INTO job (id, kind, state, input, progress, created_at) VALUES (${id}, 'rerun', '${state}', '{}', '{}', '2026-01-01T00:00:00.000Z')`,
  );
  if (logged)
    appendAudit(opened, { who: '', action: 'rerun.started', subject: 'r', details: { jobId: id, verdicts: 1 } });
  return id as JobId;
}

const rerunRow = (verdictId: number, result: RerunRow['result'] = 'identical'): RerunRow => ({
  ...{ verdictId: verdictId as VerdictId, relativePath: 'a.jpg', face: 1, result, basis: 'evidence' },
  ...{ reason: null, environment: [], quantities: [] },
});

describe('results of a rerun that nobody began', () => {
  test('are named whatever row of a job there is, and are not shown as the latest', () => {
    const true_ = startRerun('done');
    addRowOfJob(opened, 'rerun', true_, rerunRow(1, 'different'));
    appendAudit(opened, {
      who: '',
      action: 'rerun.finished',
      subject: 'r',
      details: saidOfJob(opened, 'rerun', true_, rerunResultSchema.options),
    });
    addRowOfJob(opened, 'rerun', startRerun('paused', false, 900), rerunRow(1));
    expect(subjects()).toEqual(['rerunChanged: rerun of job 900']);
    expect(readRerun(opened)).toMatchObject({ jobId: true_, rows: [{ result: 'different' }] });
  });

  test('of one that is on its way it is said that nothing holds them yet', () => {
    addRowOfJob(opened, 'rerun', startRerun('running'), rerunRow(1));
    expect(subjects()).toEqual([]);
    expect(allSteps(checkRecord(opened)).remarks).toContainEqual(
      expect.stringMatching(/A rerun is on its way \(job 41\)/),
    );
  });
});
