// Files whose time of change moved while no byte did, and files over which the workstation itself
// fails: neither ends the scan of the others, and neither makes a second row of what has one.
import { copyFileSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecceError } from '../../contract/errors.ts';
import type { Job } from '../../contract/job.ts';
import { openEngineParts } from '../app/testing/engine-parts.ts';
import { createCase } from '../case/open-case.ts';
import { getEvidence } from '../case/rows/evidence.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { ffmpeg } from '../media/video/testing/make-media.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, rowsOf, scan } from '../testing/scanned.ts';
import { endsTheJob } from './file-failure.ts';
import { isJudged } from './testing/judged.ts';

const { root, start } = installations('touched');
const at = (...parts: string[]): string => path.join(root, ...parts);

/** Moves the time of change by an hour, as a change of daylight saving does on FAT. */
function touch(file: string): void {
  const { atime, mtime } = statSync(file);
  utimesSync(file, atime, new Date(mtime.getTime() + 3_600_000));
}

describe('a video whose time of change moved', { tags: ['ffmpeg'] }, () => {
  const makeVideo = (file: string): void => {
    ffmpeg('-loop', '1', '-t', '2', '-i', samplePhotograph(3), '-vf', 'scale=480:-2,fps=10,format=yuv420p', file);
  };

  test('has nothing twice, ends no scan, and a new file beside it is examined (case 1)', async () => {
    const { client } = await start();
    mkdirSync(at('m'));
    makeVideo(at('m', 'a.mp4'));
    await client.case.create({ folder: at('case'), title: 'T', reference: '' });
    expect(await scan(client, [at('m')])).toBe('done');
    const first = await rowsOf(client);
    expect(first.filter(isJudged).length).toBeGreaterThan(0);
    touch(at('m', 'a.mp4'));
    copyFileSync(samplePhotograph(6), at('m', 'new.jpg'));
    expect(await scan(client, [at('m')])).toBe('done');
    const second = await rowsOf(client);
    expect(second.filter((row) => row.relativePath === 'a.mp4')).toEqual(first);
    expect(second.filter((row) => row.relativePath === 'new.jpg' && isJudged(row))).toHaveLength(4);
    expect(await client.case.pending()).toBe(0);
    const [job] = await client.job.list();
    expect(job!.progress).toMatchObject({ done: 2, total: 2, failed: 0 });
    // Looked at by another sampling it is walked through again, and is still the file of the
    // recorded hash.
    const video = { kind: 'byTime', framesPerSecond: 4, sceneChanges: true } as const;
    const { id } = await client.scan.start({ paths: [at('m')], device: 'cpu', video });
    expect(await ended(client, id)).toBe('done');
    expect((await findingsOf(client)).some(({ kind }) => kind === 'unreadable')).toBe(false);
    expect((await client.case.verify()).problems).toEqual([]);
    await client.case.close();
  });

  test('is the same after packing and unpacking, where what is in the case is scanned (case 2)', async () => {
    const { client } = await start();
    await client.case.open({ folder: at('case') });
    const before = await rowsOf(client);
    await client.case.pack({ file: at('one.recce'), evidence: true, models: false });
    await client.case.unpack({ file: at('one.recce'), folder: at('unpacked') });
    expect(await scan(client, [])).toBe('done');
    expect(await rowsOf(client)).toEqual(before);
  });
});

test('a photograph whose time of change moved is neither decoded nor written again', async () => {
  const { client } = await start();
  mkdirSync(at('p'));
  copyFileSync(samplePhotograph(1), at('p', 'a.jpg'));
  await client.case.create({ folder: at('photographs'), title: 'P', reference: '' });
  expect(await scan(client, [at('p')])).toBe('done');
  const rows = await findingsOf(client);
  touch(at('p', 'a.jpg'));
  expect(await scan(client, [at('p')])).toBe('done');
  expect(await findingsOf(client)).toEqual(rows);
  const [job] = await client.job.list();
  expect(job!.progress).toMatchObject({ done: 1, total: 1, faces: rows.length });
});

test('a file over which the workstation fails has a row that says so, and those beside it are examined', async () => {
  mkdirSync(at('f'));
  for (const n of [1, 3, 6]) copyFileSync(samplePhotograph(n), at('f', `${n}.jpg`));
  writeFileSync(at('f', 'also bad.jpg'), readFileSync(samplePhotograph(1)));
  const engine = openEngineParts({ appDataFolder: at('app of f') });
  const opened = createCase(at('faulty'), { title: 'F', reference: '', demonstration: false });
  await engine.currentCase.use(opened);
  // Of this connection alone: one in the database itself would keep the case from being written.
  opened.db.raw.exec(`CREATE TEMP TRIGGER fault BEFORE INSERT ON main.verdict
    WHEN NEW.relative_path IN ('3.jpg', 'also bad.jpg') AND NEW.kind <> 'toolError'
    BEGIN SELECT RAISE(ABORT, 'a fault of the workstation'); END`);
  const { id } = await engine.client.scan.start({ paths: [at('f')], device: 'cpu', minimumFacePx: 40 });
  let job: Job | undefined;
  for await (const event of engine.currentCase.opened.queue.watch()) {
    if (event.job.id === id) job = event.job;
    if (job && ['done', 'failed', 'cancelled'].includes(job.state)) break;
  }
  const kinds = Map.groupBy(allVerdicts(opened), (one) => getEvidence(opened, one.evidenceId).relativePath);
  const isScored = ({ outcome }: { outcome: { kind: string } }): boolean => outcome.kind !== 'toolError';
  expect(kinds.get('1.jpg')?.every(isScored)).toBe(true);
  expect(kinds.get('6.jpg')?.every(isScored)).toBe(true);
  for (const name of ['3.jpg', 'also bad.jpg'])
    expect(kinds.get(name)?.map(({ outcome }) => outcome)).toEqual([
      { kind: 'toolError', message: 'a fault of the workstation' },
    ]);
  expect(job).toMatchObject({ state: 'done', progress: { done: 4, total: 4, failed: 2 } });
  await engine.close();
});

test('an error is of one file unless it says something of the machine, the case, the device or the job', () => {
  const live = new AbortController().signal;
  const cpu = { provider: 'cpu' };
  const coded = (code: string) => Object.assign(new Error(code), { code });
  expect(endsTheJob(new RangeError('Maximum call stack size exceeded'), cpu, live)).toBe(false);
  expect(endsTheJob(coded('SQLITE_CONSTRAINT_UNIQUE'), cpu, live)).toBe(false);
  expect(endsTheJob(new RecceError('COMPUTE_FAILED', 'crop 1', 'the logit is NaN.'), cpu, live)).toBe(false);
  expect(endsTheJob(new RecceError('COMPUTE_FAILED', 'crop 1', 'NaN'), { provider: 'cuda' }, live)).toBe(true);
  const died = new RecceError('COMPUTE_FAILED', 'model', 'died', { cause: new Error('died') });
  expect(endsTheJob(died, cpu, live)).toBe(true);
  for (const code of ['SQLITE_FULL', 'ENOSPC', 'SQLITE_READONLY', 'SQLITE_CORRUPT', 'SQLITE_IOERR_WRITE'])
    expect(endsTheJob(coded(code), cpu, live), code).toBe(true);
  expect(endsTheJob(new RecceError('CASE_MOVED', 'x', 'y'), cpu, live)).toBe(true);
  expect(endsTheJob(new Error('anything'), cpu, AbortSignal.abort())).toBe(true);
});
