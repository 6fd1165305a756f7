// Attacks on the rows of a case by somebody with a database tool, who takes the guards off and puts
// them back: one change each, none of which touches the log. Each is found, and named by what was
// changed.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EvidenceId, JobId } from '../../contract/brand.ts';
import { rerunResultSchema } from '../../contract/rerun.ts';
import { checkRecord, recordProblems } from '../case/custody/record-check.ts';
import { enterScanBegin, expectFilmOfScan, readScanLedger, sealUnsealedRows } from '../case/custody/seal.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { appendAudit } from '../case/log/audit.ts';
import { HELD } from '../case/log/held-tables.ts';
import { allSteps } from '../case/log/segment.ts';
import { closeCase, createCase, openCase } from '../case/open-case.ts';
import { addAlteration } from '../case/rows/alteration.ts';
import { allEvidence, setEvidenceState } from '../case/rows/evidence.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { giveOpinion } from '../case/rows/opinion.ts';
import { keepProvenance } from '../case/rows/provenance.ts';
import { addRowOfJob, heldOfJob, saidOfJob } from '../case/rows/rows-of-job.ts';
import { STABILITY_RESULTS } from '../case/rows/stability.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addVideoFrame, beginVideoScan, finishVideoScan, lastFrameWritten, tracksOf } from '../case/rows/video-scan.ts';
import { addFile, addRefused, testModel, testParameters } from '../case/testing/case-material.ts';
import { tamperWith } from '../case/testing/tamper.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { finishVideo } from './scan-video.ts';
import { withSeal } from './with-seal.ts';

const COLUMNS_OF_FILMS = {
  video_scan: HELD.video_scan.columns,
  video_frame: HELD.video_frame.columns,
  track: HELD.track.columns,
  track_face: HELD.track_face.columns,
};

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-rows-'));
let opened: WritableCase;
let n = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => closeCase(opened));

const tamper = (sql: string): void => tamperWith(opened.db.raw, sql);
const kinds = (): string[] => [...new Set(recordProblems(opened).map((one) => one.kind))].sort();
const scan = (jobId: number, work: () => void): Promise<void> =>
  withSeal(opened, { who: 'A', paths: ['/media'], details: { jobId } }, async () => {
    work();
    return {};
  });

/** A film of two frames; its second face makes a track. */
function addFilm(finished: boolean): void {
  const [file] = allEvidence(opened);
  const sampling = { kind: 'everyFrame' } as const;
  const key = { evidenceId: file!.id, modelId: testModel.id, pipelineVersion: 1, sampling, minimumFacePx: 40 };
  const film = beginVideoScan(opened, key);
  for (const frameIndex of [0, 1])
    addVideoFrame(opened, film.id, { frameIndex, pts: frameIndex, timeMs: frameIndex, sceneChange: false, faces: 1 });
  const faceId = allVerdicts(opened)[0]!.faceId!;
  if (finished) finishVideoScan(opened, film.id, { ptsRuns: null, tracks: [{ faces: [{ faceId, isKey: true }] }] });
}

beforeEach(async () => {
  const folder = path.join(root, `case ${n++}`);
  opened = createCase(folder, { title: 'Rows', reference: 'R-1', demonstration: true });
  const examiner = addExaminer(opened, 'A');
  await scan(1, () => {
    addFile(opened, 'one.jpg', [0.9, 0.2]);
    addFilm(true);
  });
  const [verdict] = allVerdicts(opened);
  const [file] = allEvidence(opened);
  giveOpinion(opened, examiner, { ...verdict!, conclusion: 'forged', note: 'why', blind: false });
  addAlteration(opened, file!, { kind: 'missing', found: 'no such file', who: 'A' });
  const notExamined = { kind: 'notExamined', message: 'in a test' } as const;
  keepProvenance(opened, '0', 'one.jpg', [{ evidenceId: file!.id, found: notExamined }]);
  tamper(
    `INSERT INTO job (id, kind, state, input, progress, created_at) VALUES (9, 'rerun', 'done', '{}', '{}', '2026'),
      (2, 'scan', 'running', '{}', '{}', '2026')`,
  );
  const row = { verdictId: verdict!.id, relativePath: 'one.jpg', face: 1, result: 'identical' as const };
  addRowOfJob(opened, 'rerun', 9 as JobId, { ...row, basis: null, reason: null, environment: [], quantities: [] });
  const details = { jobId: 9, ...heldOfJob(opened, 'rerun', 9 as JobId, rerunResultSchema.options) };
  appendAudit(opened, { who: 'A', action: 'rerun.finished', subject: 'all', details });
  tamper(
    `INSERT INTO job (id, kind, state, input, progress, created_at) VALUES (10, 'stability', 'done', '{}', '{}', '2026')`,
  );
  addRowOfJob(opened, 'stability', 10 as JobId, { verdictId: verdict!.id, result: 'made', altered: [] });
  const tried = saidOfJob(opened, 'stability', 10 as JobId, STABILITY_RESULTS);
  appendAudit(opened, { who: 'A', action: 'stability.finished', subject: 'all', details: tried });
});

test('a case that nobody has changed has no problem and no remark', () => {
  expect(allSteps(checkRecord(opened))).toEqual({ problems: [], remarks: [] });
});

describe('one change of a row is found', () => {
  test.each([
    ['the place of a face', `UPDATE face SET box = json_set(box, '$.x', 400) WHERE id = 1`, 'faceChanged'],
    ['a landmark', `UPDATE face SET landmarks = json_set(landmarks, '$[3].x', 7) WHERE id = 2`, 'faceChanged'],
    ['when a face was shown', 'UPDATE face SET time_ms = 5000, pts = 5000 WHERE id = 1', 'faceChanged'],
    ['how sharp a face is', `UPDATE face SET quality = json_set(quality, '$.sharpness', 99)`, 'faceChanged'],
    ['the size of a face in the grid', 'UPDATE verdict SET size_px = 999 WHERE id = 1', 'verdictChanged'],
    ['the sharpness in the grid', 'UPDATE verdict SET sharpness = 999 WHERE id = 1', 'verdictChanged'],
    ['a reason', `UPDATE verdict SET reason = 'no face found' WHERE id = 1`, 'verdictChanged'],
    ['when a verdict was made', `UPDATE verdict SET made_at = '2020-01-01T00:00:00.000Z'`, 'verdictChanged'],
    ['which pipeline', 'UPDATE verdict SET pipeline_version = 7 WHERE id = 1', 'verdictChanged'],
    ['a parameter', `UPDATE parameters SET json = json_set(json, '$.threads', 9)`, 'verdictChanged'],
    ['the size of a file', 'UPDATE evidence SET size_bytes = 7', 'evidenceChanged'],
    ['the state of a file', `UPDATE evidence SET state = '{"kind":"pending"}'`, 'evidenceChanged'],
    ['what a file is', `UPDATE evidence SET media_type = 'video/mp4'`, 'evidenceChanged'],
    ['the date of an opinion', `UPDATE opinion SET given_at = '2026-01-02T00:00:00.000Z'`, 'opinionChanged'],
    ['that an opinion was given blind', 'UPDATE opinion SET blind = 1', 'opinionChanged'],
    ['the name of an examiner', `UPDATE examiner SET name = 'B'`, 'examinerChanged'],
    ['since when somebody examines', `UPDATE examiner SET added_at = '2020-01-01T00:00:00.000Z'`, 'examinerChanged'],
    ['that a name was a mistake', `UPDATE examiner SET mistaken_at = '2026-01-01T00:00:00.000Z'`, 'examinerChanged'],
    ['which verdict stands', 'INSERT INTO superseded_verdict VALUES (1)', 'derivedChanged'],
    ['an examiner nobody entered', `INSERT INTO examiner (name, added_at) VALUES ('Z', '2026')`, 'examinerChanged'],
    ['that a file was found missing', 'DELETE FROM alteration', 'alterationChanged'],
    ['when a file was found missing', `UPDATE alteration SET noticed_at = '2020'`, 'alterationChanged'],
    ['content credentials', 'DELETE FROM provenance', 'provenanceChanged'],
    ['when they were examined', `UPDATE provenance SET examined_at = '2020'`, 'provenanceChanged'],
    ['a place of evidence', `INSERT INTO relocation VALUES (1, 1, '/other', '2026', '2026')`, 'rowsUnaccounted'],
    ['the time of a frame', 'UPDATE video_frame SET time_ms = 9000 WHERE frame_index = 1', 'videoChanged'],
    ['a frame less', 'DELETE FROM video_frame WHERE frame_index = 1', 'videoChanged'],
    ['how a film was sampled', `UPDATE video_scan SET sampling = '{}'`, 'videoChanged'],
    ['a track', 'UPDATE track SET track_index = 4', 'videoChanged'],
    ['whose face a track is', 'UPDATE track_face SET face_id = 2', 'videoChanged'],
    ['which face is the key', 'UPDATE track_face SET is_key = 0', 'videoChanged'],
    ['the title', `UPDATE case_info SET title = 'Another'`, 'caseChanged'],
    ['the reference', `UPDATE case_info SET reference = 'R-2'`, 'caseChanged'],
    ['when the case was made', `UPDATE case_info SET created_at = '2020-01-01T00:00:00.000Z'`, 'caseChanged'],
    ['that it is a demonstration', 'UPDATE case_info SET demonstration = 0', 'caseChanged'],
    ['the rule on reasons', `UPDATE case_info SET reason_rule = 'never'`, 'caseChanged'],
    ['a result of a rerun', `UPDATE rerun SET json = json_set(json, '$.reason', 'x')`, 'rerunChanged'],
    ['what the battery came to', `UPDATE stability SET json = json_set(json, '$.altered', 7)`, 'stabilityChanged'],
    ['whether it was made', `UPDATE stability SET result = 'notPossible'`, 'stabilityChanged'],
    ['the column of that result', `UPDATE rerun SET result = 'different'`, 'rerunChanged'],
    ['the standing opinion', `UPDATE current_opinion SET conclusion = 'genuine'`, 'derivedChanged'],
    ['who is one person', 'INSERT INTO same_person VALUES (1, 1)', 'derivedChanged'],
    ['which tracks have the same faces', 'INSERT INTO same_track VALUES (1, 1)', 'derivedChanged'],
    ['the folder of an exhibit', `UPDATE source SET root = '/elsewhere/'`, 'derivedChanged'],
    ['a verdict’s score in its column alone', 'UPDATE verdict SET score = 0.01 WHERE id = 1', 'derivedChanged'],
    ['a model that no entry knows', `INSERT INTO model SELECT 'x' || id, json FROM model`, 'modelChanged'],
    ['an earlier card of a model', 'DELETE FROM model_card', 'modelChanged'],
    ['whose card it is', `UPDATE model_card SET model_id = 'x'`, 'modelChanged'],
    ['a path in the grid', `UPDATE verdict SET relative_path = 'two.jpg' WHERE id = 1`, 'derivedChanged'],
  ])('%s', (_, sql, kind) => {
    tamper(sql);
    expect(kinds()).toContain(kind);
  });

  test.each([
    'face',
    'verdict',
    'evidence',
    'parameters',
    'provenance',
    'alteration',
    'opinion',
    'examiner',
    'rerun',
    'stability',
  ])('a row of %s that is gone', (table) => {
    tamper(`DELETE FROM ${table}`);
    expect(kinds().length).toBeGreaterThan(0);
  });
});

/**
 * As another program would add a verdict that leans to genuine: with a plain INSERT, which no guard
 * refuses.
 */
const PLANTED = `INSERT INTO verdict (evidence_id, face_id, model_id, pipeline_version, parameters_id, made_at, kind, score, leaning,
  crop_sha256, relative_path, outcome) SELECT evidence_id, face_id, model_id, pipeline_version + 100, parameters_id, made_at, 'scored',
  0.001, 'towardsGenuine', crop_sha256, relative_path, json_set(outcome, '$.score', 0.001, '$.leaning', 'towardsGenuine')
  FROM verdict WHERE id = 1`;
const UNACCOUNTED = [{ kind: 'rowsUnaccounted', subject: expect.stringContaining('verdict 3') }];

describe('a verdict that no scan made', () => {
  test('is named, and is not sealed when the case is opened', async () => {
    tamper(PLANTED);
    expect(recordProblems(opened)).toMatchObject(UNACCOUNTED);
    const { folder } = opened;
    closeCase(opened);
    opened = openCase(folder);
    await sealUnsealedRows(opened);
    expect(recordProblems(opened)).toMatchObject(UNACCOUNTED);
  });

  test('stays named after the next scan, which seals its own rows alone', async () => {
    tamper(PLANTED);
    enterScanBegin(opened, { who: 'A', action: 'scan.started', subject: '/more', details: { jobId: 2 } });
    await scan(2, () => addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never }));
    expect(recordProblems(opened)).toMatchObject(UNACCOUNTED);
    tamper('UPDATE verdict SET size_px = 1 WHERE id = 4');
    expect(kinds()).toEqual(['rowsUnaccounted', 'verdictChanged']);
  });

  test('is not taken for a leftover of a scan that was cancelled before it had begun', async () => {
    enterScanBegin(opened, { who: 'A', action: 'scan.started', subject: '/more', details: { jobId: 2 } });
    appendAudit(opened, { who: 'A', action: 'job.cancelled', subject: 'scan', details: { jobId: 2, reason: 'x' } });
    tamper(PLANTED);
    await sealUnsealedRows(opened);
    expect(readScanLedger(opened).open.size).toBe(0);
    expect(recordProblems(opened)).toMatchObject(UNACCOUNTED);
  });
});

describe('a row under a number that SQLite does not give', () => {
  test.each([
    ['verdict', { pipeline_version: '107 + $' }, 'verdict'],
    ['face', { face_index: '77 + $' }, 'face'],
    ['parameters', { sha256: "'f' || $" }, 'set of parameters'],
    ['evidence', { path: "'/x/one.jpg' || $" }, 'evidence row'],
    ['provenance', { evidence_id: '50 + $' }, 'examination of structure and credentials'],
    ['alteration', {}, 'finding of changed evidence'],
    ['opinion', {}, 'opinion'],
    ['examiner', { name: "'Z' || $" }, 'examiner'],
  ] as const)('is named: %s', (table, changed, what) => {
    const names = opened.db.raw.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
    const free = new Map(Object.entries(changed));
    for (const id of [0, -1]) {
      const values = names.map((name) =>
        name === 'id' ? String(id) : (free.get(name)?.replace('$', String(id)) ?? `"${name}"`),
      );
      tamper(`INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${table} WHERE id = 1`);
    }
    expect(recordProblems(opened)).toContainEqual({
      kind: 'rowsUnaccounted',
      subject: `${what}s -1 to 0`,
      expected: 'an entry of the log that they were made with',
      found: 'none; 2 rows',
    });
  });

  test('is named also while a scan is open, and in a table without any seal', () => {
    const moved = "INSERT INTO relocation VALUES (-1, 1, '/other', '2026', '2026')";
    tamper(moved);
    enterScanBegin(opened, { who: 'A', action: 'scan.started', subject: '/more', details: { jobId: 2 } });
    tamper(PLANTED.replace('(evidence_id', '(id, evidence_id').replace('SELECT evidence_id', 'SELECT -1, evidence_id'));
    expect(recordProblems(opened).map(({ subject }) => subject)).toEqual(['verdict -1', 'place of evidence -1']);
  });
});

describe('a film that no scan made', () => {
  const planted = (finished: 0 | 1): string =>
    `INSERT INTO video_scan (id, evidence_id, model_id, pipeline_version, sampling, finished, minimum_face_px)
       SELECT 7, evidence_id, model_id, 107, sampling, ${finished}, 1 FROM video_scan WHERE id = 1;
     INSERT INTO video_frame (video_scan_id, frame_index, pts, time_ms, scene_change, faces) VALUES (7, 0, 0, 0, 0, 1);
     INSERT INTO track (id, video_scan_id, track_index) VALUES (7, 7, 0);
     INSERT INTO track_face (track_id, face_id, is_key) VALUES (7, 1, 1)`;
  const NAMED = [
    { kind: 'rowsUnaccounted', subject: 'film scan 7' },
    { kind: 'derivedChanged', subject: 'tracks with the same faces' },
  ];
  const more = () => addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never });

  test.each([0, 1] as const)('is named, finished or not (%i), before and after the next scan', async (finished) => {
    tamper(planted(finished));
    expect(recordProblems(opened)).toMatchObject(NAMED);
    await scan(2, more);
    expect(recordProblems(opened)).toMatchObject(NAMED);
  });

  test('is one also where a film that was left in the middle has got frames or tracks since', async () => {
    await scan(2, () => {
      tamper(`INSERT INTO evidence (path, relative_path, media_type, size_bytes, added_at, state)
        VALUES ('/b', 'b', 'video/mp4', 1, '2026', '{"kind":"pending"}')`);
      const sampling = { kind: 'byTime', framesPerSecond: 1, sceneChanges: false } as const;
      const key = {
        evidenceId: 2 as EvidenceId,
        modelId: testModel.id,
        pipelineVersion: 1,
        sampling,
        minimumFacePx: 40,
      };
      beginVideoScan(opened, key);
    });
    expect(recordProblems(opened)).toEqual([]);
    for (const [put, away] of [
      ['INSERT INTO track (id, video_scan_id, track_index) VALUES (8, 2, 0)', 'DELETE FROM track WHERE id = 8'],
      [
        'INSERT INTO video_frame (video_scan_id, frame_index, pts, time_ms, scene_change, faces) VALUES (2, 4, 0, 0, 0, 0)',
        'DELETE FROM video_frame WHERE video_scan_id = 2',
      ],
    ] as const) {
      tamper(put);
      expect(recordProblems(opened)).toMatchObject([{ kind: 'rowsUnaccounted', subject: 'film scan 2' }]);
      tamper(away);
      expect(recordProblems(opened)).toEqual([]);
    }
  });

  test('is not gone on with: frames put behind those of a scan make no film looked at to its end', async () => {
    const sampling = { kind: 'byTime', framesPerSecond: 1, sceneChanges: false } as const;
    const [evidence] = allEvidence(opened);
    const key = { evidenceId: evidence!.id, modelId: testModel.id, pipelineVersion: 1, sampling, minimumFacePx: 40 };
    await scan(2, () => {
      beginVideoScan(opened, key);
    });
    tamper(
      'INSERT INTO video_frame (video_scan_id, frame_index, pts, time_ms, scene_change, faces) VALUES (2, 999999, 0, 0, 0, 0)',
    );
    const rows = { opened, parameters: testParameters, evidence: evidence!, scan: beginVideoScan(opened, key) };
    const before = allVerdicts(opened).length;
    await scan(3, () => {
      const failed = { kind: 'unreadable', reason: 'corrupt', message: 'cut' } as const;
      expect(() => finishVideo(rows, null, failed)).toThrow(/It was not examined: frames of it stand in the case/);
    });
    await scan(4, () => expect(() => expectFilmOfScan(opened, rows.scan.id)).toThrow(/no scan wrote/));
    expect(allVerdicts(opened)).toHaveLength(before);
    expect(recordProblems(opened)).toMatchObject([{ kind: 'rowsUnaccounted', subject: 'film scan 2' }]);
  });

  test('rows under the numbers of a film and a track to come are not taken for theirs, and stay named', async () => {
    tamper(`INSERT INTO video_frame (video_scan_id, frame_index, pts, time_ms, scene_change, faces) VALUES (2, 999999, 0, 0, 0, 0);
      INSERT INTO track_face (track_id, face_id, is_key) VALUES (2, 2, 1)`);
    const lost = ['frames of film scan 2, which is not there', 'faces of track 2, which is not there'];
    expect(recordProblems(opened).map(({ subject }) => subject)).toEqual(lost);
    await scan(2, () => {
      addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never });
      const sampling = { kind: 'byTime', framesPerSecond: 1, sceneChanges: false } as const;
      const evidenceId = 2 as EvidenceId;
      const film = beginVideoScan(opened, {
        evidenceId,
        modelId: testModel.id,
        pipelineVersion: 1,
        sampling,
        minimumFacePx: 40,
      });
      expect([film.id, lastFrameWritten(opened, film.id)]).toEqual([3, -1]);
      addVideoFrame(opened, film.id, { frameIndex: 0, pts: 0, timeMs: 0, sceneChange: false, faces: 1 });
      const faceId = allVerdicts(opened)[2]!.faceId!;
      finishVideoScan(opened, film.id, { ptsRuns: null, tracks: [{ faces: [{ faceId, isKey: true }] }] });
      expect(tracksOf(opened, film.id)).toMatchObject([{ id: 3, faces: [{ faceId }] }]);
    });
    expect(recordProblems(opened).map(({ subject }) => subject)).toEqual(lost);
  });

  test('ranges of ids in an entry make no more of them than there are rows', () => {
    tamper(`INSERT INTO video_scan (id, evidence_id, model_id, pipeline_version, sampling, finished, minimum_face_px)
      SELECT 99999999999, evidence_id, model_id, 107, sampling, 1, 1 FROM video_scan WHERE id = 1`);
    const sha256 = '0'.repeat(64);
    const videos = { finished: '1-99999999999', sha256, unfinished: [], columns: COLUMNS_OF_FILMS };
    appendAudit(opened, {
      ...{ who: '', action: 'scan.finished', subject: '/media' },
      details: { jobId: 1, sealed: {}, settled: { ids: '1-99999999999', sha256 }, videos },
    });
    expect(kinds()).toEqual(expect.arrayContaining(['videoChanged', 'evidenceChanged']));
  });

  test('parts of a film that is not there are named', () => {
    tamper('INSERT INTO track (id, video_scan_id, track_index) VALUES (9, 99, 0)');
    expect(recordProblems(opened)).toMatchObject([{ subject: 'tracks of film scan 99, which is not there' }]);
  });

  test('is not what a killed scan left: that is sealed as found', async () => {
    enterScanBegin(opened, { who: 'A', action: 'scan.started', subject: '/more', details: { jobId: 2 } });
    tamper(planted(0).split(';').slice(0, 2).join(';'));
    await sealUnsealedRows(opened);
    expect(recordProblems(opened)).toEqual([]);
    expect(readScanLedger(opened).open.size).toBe(0);
  });
});

test('rows of a scan that was killed are sealed as found, and that is remarked on', async () => {
  enterScanBegin(opened, { who: 'A', action: 'scan.started', subject: '/more', details: { jobId: 2 } });
  addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never });
  expect(allSteps(checkRecord(opened))).toMatchObject({
    problems: [],
    remarks: expect.arrayContaining([
      'Of a scan that has not ended, verdicts are not sealed yet: 1.',
      expect.stringMatching(/^A scan is on its way/),
    ]),
  });
  await sealUnsealedRows(opened);
  const { problems, remarks } = allSteps(checkRecord(opened));
  expect(problems).toEqual([]);
  expect(remarks).toEqual([expect.stringMatching(/sealed as they were found, by audit entry \d+/)]);
});

test('a state changed between two scans is not covered up by the second', async () => {
  tamper(`UPDATE evidence SET state = json_set(state, '$.widthPx', 7)`);
  await scan(2, () => addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never }));
  expect(recordProblems(opened)).toMatchObject([
    { kind: 'evidenceChanged', subject: expect.stringContaining('states of files') },
  ]);
});

test('rows of a rerun whose job has ended, and that no entry holds, are named', () => {
  tamper(`UPDATE job SET kind = 'rerun' WHERE id = 2`);
  appendAudit(opened, { who: 'A', action: 'rerun.started', subject: 'all verdicts', details: { jobId: 2 } });
  const row = { verdictId: allVerdicts(opened)[0]!.id, relativePath: 'one.jpg', face: 1, result: 'identical' as const };
  addRowOfJob(opened, 'rerun', 2 as JobId, { ...row, basis: null, reason: null, environment: [], quantities: [] });
  expect(recordProblems(opened)).toEqual([]);
  tamper(`UPDATE job SET state = 'done'`);
  expect(recordProblems(opened)).toMatchObject([{ kind: 'rerunChanged', subject: 'rerun of job 2' }]);
});

describe('entries put behind those that hold the rows, with every hash right', () => {
  test('do not make another result of a rerun that is finished', () => {
    tamper(`UPDATE rerun SET json = json_set(json, '$.result', 'different'), result = 'different'`);
    const details = { jobId: 9, ...heldOfJob(opened, 'rerun', 9 as JobId, rerunResultSchema.options) };
    appendAudit(opened, { who: 'A', action: 'rerun.ended', subject: 'all', details });
    expect(recordProblems(opened)).toMatchObject([
      { kind: 'rerunChanged', found: expect.stringMatching(/by audit entry \d+$/) },
    ]);
  });

  test('may end a rerun once more that was interrupted or is finished, while they say what can follow', () => {
    const end = (action: string, details: Record<string, unknown>) =>
      appendAudit(opened, { who: 'A', action, subject: 'all', details });
    end('rerun.finished', { jobId: 9, ...heldOfJob(opened, 'rerun', 9 as JobId, rerunResultSchema.options) });
    tamper(
      `INSERT INTO job (id, kind, state, input, progress, created_at) VALUES (8, 'rerun', 'done', '{}', '{}', '2026')`,
    );
    end('rerun.ended', { jobId: 8, ...heldOfJob(opened, 'rerun', 8 as JobId, rerunResultSchema.options) });
    const row = {
      verdictId: allVerdicts(opened)[0]!.id,
      relativePath: 'one.jpg',
      face: 1,
      result: 'identical' as const,
    };
    addRowOfJob(opened, 'rerun', 8 as JobId, { ...row, basis: null, reason: null, environment: [], quantities: [] });
    end('rerun.finished', { jobId: 8, ...heldOfJob(opened, 'rerun', 8 as JobId, rerunResultSchema.options) });
    expect(recordProblems(opened)).toEqual([]);
  });

  test('do not go on with a rerun by other rows than it had', () => {
    tamper(
      `INSERT INTO job (id, kind, state, input, progress, created_at) VALUES (8, 'rerun', 'done', '{}', '{}', '2026')`,
    );
    const end = (action: string) =>
      appendAudit(opened, {
        who: 'A',
        action,
        subject: 'all',
        details: saidOfJob(opened, 'rerun', 8 as JobId, rerunResultSchema.options),
      });
    const [first, second] = allVerdicts(opened);
    const row = { relativePath: 'one.jpg', face: 1, result: 'different' as const, basis: null, reason: null };
    const more = { environment: [], quantities: [] };
    addRowOfJob(opened, 'rerun', 8 as JobId, { ...row, ...more, verdictId: second!.id });
    end('rerun.ended');
    addRowOfJob(opened, 'rerun', 8 as JobId, { ...row, ...more, verdictId: first!.id });
    end('rerun.finished');
    expect(recordProblems(opened)).toEqual([]);
    tamper(`UPDATE rerun SET json = json_set(json, '$.result', 'identical'), result = 'identical'
      WHERE job_id = 8 AND verdict_id = ${second!.id}`);
    end('rerun.finished');
    expect(kinds()).toEqual(['rerunChanged']);
    expect(recordProblems(opened)).toContainEqual(
      expect.objectContaining({ subject: expect.stringMatching(/^rerun of job 8 up to then/) }),
    );
  });

  describe('do not change the state of a file', () => {
    const STATE = `UPDATE evidence SET state = json_set(state, '$.widthPx', 7)`;
    const begin = () =>
      enterScanBegin(opened, { who: 'A', action: 'scan.started', subject: '/media', details: { jobId: 2 } });
    const end = (details: Record<string, unknown>) =>
      appendAudit(opened, { who: 'A', action: 'scan.finished', subject: '/media', details: { jobId: 2, ...details } });
    const states = () => {
      const hash = createHash('sha256');
      for (const row of opened.db.raw.prepare('SELECT id, media_type, state FROM evidence').raw().all())
        hash.update(`${JSON.stringify(row)}\n`);
      return { upTo: 1, sha256: hash.digest('hex') };
    };

    test('by a scan that seals what it finds', async () => {
      await scan(2, () => tamper(STATE));
      expect(recordProblems(opened)).toMatchObject([
        { kind: 'evidenceChanged', subject: expect.stringMatching(/^states of files 1, sealed by audit entry \d+$/) },
      ]);
    });

    test('by a seal as an earlier version made it', () => {
      begin();
      tamper(STATE);
      end({ sealed: {}, states: states() });
      expect(kinds()).toEqual(['evidenceChanged']);
    });

    test('by an entry on a later look that says another state before, or leads elsewhere, or is of no scan', async () => {
      const [file] = allEvidence(opened);
      const row = () => opened.db.raw.prepare('SELECT media_type AS mediaType, state FROM evidence').get();
      const restated = (was: unknown, now: unknown) =>
        appendAudit(opened, {
          ...{ who: '', action: 'evidence.restated', subject: 'one.jpg' },
          details: { evidenceId: file!.id, was, now },
        });
      const was = row();
      tamper(STATE);
      restated(was, row());
      expect(recordProblems(opened)).toContainEqual(
        expect.objectContaining({ subject: expect.stringMatching(/^state of a file, changed by audit entry \d+$/) }),
      );
      await scan(2, () => {
        tamper(`UPDATE evidence SET state = json_set(state, '$.widthPx', 8)`);
        restated({ mediaType: 'image/jpeg', state: '{"kind":"pending"}' }, row());
      });
      expect(recordProblems(opened)).toContainEqual(
        expect.objectContaining({ subject: expect.stringMatching(/^state of file 1, as audit entry \d+ has it$/) }),
      );
    });

    test('by a scan that never ends: states stay held, it is named, and opening ends it', async () => {
      tamper(`UPDATE job SET state = 'done'`);
      const before = { evidence: 1, face: 2, parameters: 1, verdict: 2 };
      appendAudit(opened, {
        ...{ who: 'A', action: 'scan.resumed', subject: '/media' },
        details: { jobId: 1, before },
      });
      expect(recordProblems(opened)).toMatchObject([
        { kind: 'rowsUnaccounted', subject: 'scan of job 1, which has not ended' },
      ]);
      tamper(STATE);
      expect(kinds()).toEqual(['evidenceChanged', 'rowsUnaccounted']);
      await sealUnsealedRows(opened);
      expect(readScanLedger(opened).open.size).toBe(0);
      expect(kinds()).toEqual(['evidenceChanged']);
    });

    test('of one that waits, where no scan went through it', () => {
      begin();
      tamper(`INSERT INTO evidence (path, relative_path, media_type, size_bytes, added_at, state)
        SELECT '/b', 'b', 'image/jpeg', 1, '2026', state FROM evidence`);
      end({ sealed: {}, states: { ...states(), upTo: 2 } });
      expect(recordProblems(opened)).toContainEqual(
        expect.objectContaining({ kind: 'evidenceChanged', subject: 'state of file 2' }),
      );
    });
  });
});

test('a later look that finds another state says so in the log, and the seals before it hold', async () => {
  const [file] = allEvidence(opened);
  await scan(2, () => {
    setEvidenceState(opened, file!.id, {
      ...(file!.state as { kind: 'read' }),
      widthPx: 11,
      heightPx: 12,
      remarks: [],
    });
  });
  const { problems, remarks } = allSteps(checkRecord(opened));
  expect(problems).toEqual([]);
  expect(remarks).toContainEqual(expect.stringMatching(/another state of 1 file than the one before/));
  await scan(3, () => addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never }));
  expect(recordProblems(opened)).toEqual([]);
  tamper(`UPDATE evidence SET state = json_set(state, '$.widthPx', 10) WHERE id = 1`);
  expect(kinds()).toEqual(['evidenceChanged']);
});

describe('the kind of a file’s state is the one that its verdicts say', () => {
  test.each([
    ['unreadable', '{"kind":"unreadable","reason":"corrupt","message":"x"}'],
    ['waiting', '{"kind":"pending"}'],
  ])('one that was read is not %s', (_, state) => {
    tamper(`UPDATE evidence SET state = '${state}'`);
    tamper('DELETE FROM video_scan; DELETE FROM video_frame; DELETE FROM track; DELETE FROM track_face');
    expect(recordProblems(opened)).toContainEqual(
      expect.objectContaining({ kind: 'derivedChanged', subject: 'state of file 1' }),
    );
  });

  test('one that could not be read is not read', async () => {
    await scan(2, () => addRefused(opened, 'three.jpg', '/nowhere/three.jpg'));
    expect(recordProblems(opened)).toEqual([]);
    tamper(`UPDATE evidence SET state = (SELECT state FROM evidence WHERE id = 1) WHERE id = 2`);
    expect(recordProblems(opened)).toContainEqual(
      expect.objectContaining({ kind: 'derivedChanged', subject: 'state of file 2' }),
    );
  });
});

test('an infinite number in the place of none is another row', () => {
  tamper('UPDATE verdict SET score = 9e999 WHERE score IS NULL; UPDATE verdict SET sharpness = 9e999 WHERE id = 1');
  expect(kinds()).toContain('verdictChanged');
  tamper('UPDATE verdict SET sharpness = 10 WHERE id = 1');
  expect(kinds()).toEqual([]);
});

test('frames of a film that was left in the middle are held, and may be added to', async () => {
  tamper(`INSERT INTO evidence (path, relative_path, media_type, size_bytes, added_at, state) SELECT '/b', 'b', 'video/mp4', 1, '2026', state
    FROM evidence`);
  const sampling = { kind: 'byTime', framesPerSecond: 1, sceneChanges: false } as const;
  const key = { evidenceId: 1 as EvidenceId, modelId: testModel.id, pipelineVersion: 1, sampling, minimumFacePx: 40 };
  const frame = (frameIndex: number) => ({ frameIndex, pts: 0, timeMs: 0, sceneChange: false, faces: 0 });
  await scan(2, () => addVideoFrame(opened, beginVideoScan(opened, key).id, frame(0)));
  await scan(3, () => addVideoFrame(opened, beginVideoScan(opened, key).id, frame(1)));
  expect(kinds()).not.toContain('videoChanged');
  const [put, back] = ['SET faces = 3', 'SET faces = 0'].map(
    (set) => `UPDATE video_frame ${set} WHERE video_scan_id = 2 AND frame_index = 0`,
  ) as [string, string];
  tamper(put);
  expect(kinds()).toContain('videoChanged');
  tamper(back);
  expect(kinds()).not.toContain('videoChanged');
  for (const set of [
    'evidence_id = 2',
    `sampling = '{"kind":"everyFrame"}', pipeline_version = 8`,
    'minimum_face_px = 20',
  ]) {
    const [row] = opened.db.raw.prepare('SELECT * FROM video_scan WHERE id = 2').all() as Record<string, unknown>[];
    tamper(`UPDATE video_scan SET ${set} WHERE id = 2`);
    expect(kinds()).toContain('videoChanged');
    tamper(`UPDATE video_scan SET evidence_id = ${row!.evidence_id}, sampling = '${row!.sampling}',
      pipeline_version = ${row!.pipeline_version}, minimum_face_px = ${row!.minimum_face_px} WHERE id = 2`);
  }
  expect(kinds()).not.toContain('videoChanged');
});

/**
 * A seal as earlier versions made it, spelt out here: lines of JSON over main columns, from the
 * first row to the last.
 */
function earlierSeal(): Record<string, unknown> {
  const rows = (sql: string) => opened.db.raw.prepare(sql).raw().all() as unknown[][];
  const hash = (lines: unknown[][]) =>
    createHash('sha256')
      .update(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      .digest('hex');
  const parameters = new Map(
    rows('SELECT id, json FROM parameters').map(([id, json]) => [id, hashOfValue(JSON.parse(json as string))]),
  );
  const verdicts = rows(
    'SELECT id, evidence_id, face_id, model_id, made_at, kind, score, leaning, outcome, parameters_id FROM verdict ORDER BY id',
  ).map((row) => [...row.slice(0, -1), parameters.get(row.at(-1))]);
  const evidence = rows(
    'SELECT id, path, relative_path, size_bytes, modified_at, added_at, sha256 FROM evidence ORDER BY id',
  );
  return {
    ...{ upToVerdict: verdicts.length, verdictsSha256: hash(verdicts) },
    ...{ upToEvidence: evidence.length, evidenceSha256: hash(evidence) },
  };
}

describe('a case that an earlier version wrote', () => {
  beforeEach(() => {
    closeCase(opened);
    opened = createCase(path.join(root, `earlier ${n++}`), { title: 'E', reference: '', demonstration: false });
    // Its first entry said less, too.
    tamper('DELETE FROM audit');
    const details = { reference: '', demonstration: false };
    appendAudit(opened, { who: '', action: 'case.created', subject: 'E', details });
    appendAudit(opened, { who: 'A', action: 'scan.started', subject: '/media', details: { jobId: 1 } });
    addFile(opened, 'one.jpg', [0.9, 0.2]);
    appendAudit(opened, { who: 'A', action: 'scan.finished', subject: '/media', details: earlierSeal() });
  });

  test('verifies for what its seals held, and what they did not hold is said', () => {
    const { problems, remarks } = allSteps(checkRecord(opened));
    expect(problems).toEqual([]);
    expect(remarks).toEqual(
      expect.arrayContaining([expect.stringMatching(/^No seal covers the faces up to number 2/)]),
    );
    tamper(`UPDATE verdict SET outcome = json_set(outcome, '$.meanDifference', 7) WHERE id = 2`);
    expect(kinds()).toEqual(['verdictChanged']);
  });

  test('a verdict that no scan made is named in it too, before and after the next scan', async () => {
    tamper(PLANTED);
    expect(recordProblems(opened)).toMatchObject(UNACCOUNTED);
    await scan(2, () => addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never }));
    expect(recordProblems(opened)).toMatchObject(UNACCOUNTED);
  });

  test('is held in full from the next scan on, which is said', async () => {
    await scan(2, () => addFile(opened, 'two.jpg', [0.7], { path: '/nowhere/two.jpg', sha256: null as never }));
    const { problems, remarks } = allSteps(checkRecord(opened));
    expect(problems).toEqual([]);
    expect(remarks).toEqual(
      expect.arrayContaining([expect.stringMatching(/wrote of faces is held in full since audit entry \d+ only/)]),
    );
    tamper(`UPDATE face SET box = json_set(box, '$.x', 400) WHERE id = 1`);
    expect(kinds()).toEqual(['faceChanged']);
  });
});
