// Rows of a rerun that were there before it was made: none is taken for what came out of it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { JobId } from '../../contract/brand.ts';
import { type RerunRow, rerunResultSchema } from '../../contract/rerun.ts';
import { recordProblems } from '../case/custody/record-check.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { appendAudit } from '../case/log/audit.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { addJob } from '../case/rows/job.ts';
import { readRerun } from '../case/rows/rerun.ts';
import { addRowOfJob, saidOfJob } from '../case/rows/rows-of-job.ts';
import { readReruns } from '../case/rows/standing-reruns.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile } from '../case/testing/case-material.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { rerunAll } from './rerun-all.ts';
import type { RecordedVerdict } from './rerun-deps.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-rerun-all-'));
let opened: WritableCase;
let jobId: JobId;
let n = 0;
beforeEach(() => {
  opened = createCase(path.join(root, `case ${n++}`), { title: 'R', reference: '', demonstration: false });
  addFile(opened, 'one.jpg', [0.9, 0.2]);
  jobId = addJob(opened, 'rerun', {}, () => 'here').id;
  started();
});
afterEach(() => closeCase(opened));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const started = () =>
  appendAudit(opened, { who: 'A', action: 'rerun.started', subject: 'all verdicts', details: { jobId } });
const verdictIds = () => allVerdicts(opened).map((one) => one.id);
const rowOf = (verdictId: RerunRow['verdictId'], result: RerunRow['result']): RerunRow => ({
  ...{ verdictId, relativePath: 'one.jpg', face: 1, result, basis: 'evidence' as const },
  ...{ reason: null, environment: [], quantities: [] },
});

/** Runs it; gives the verdicts that were made again. Every one comes out different, or as said. */
async function run(
  stopBehind = Number.POSITIVE_INFINITY,
  { ids = verdictIds(), result = 'different' as RerunRow['result'] } = {},
): Promise<number[]> {
  const made: number[] = [];
  const rerun = async ({ verdict }: RecordedVerdict) => {
    made.push(verdict.id);
    return rowOf(verdict.id, result);
  };
  const control: JobControl = {
    signal: new AbortController().signal,
    pausePoint: async () => {
      if (made.length >= stopBehind) throw new Error('The case was closed.');
    },
    report: () => {},
    problem: () => {},
  };
  await rerunAll(opened, { jobId, verdictIds: ids, who: 'A' }, rerun, control);
  return made;
}

test('a result that was put there under the number of the job is made again; the job fails, and verify names it', async () => {
  const [, second] = verdictIds();
  addRowOfJob(opened, 'rerun', jobId, rowOf(second!, 'identical'));
  await expect(run()).rejects.toThrow(`Verdict ${second}: a row of this rerun was there`);
  expect(recordProblems(opened)).toContainEqual(
    expect.objectContaining({ kind: 'rerunChanged', subject: `rerun of verdict ${second} by job ${jobId}` }),
  );
});

test('an end that the log has of the job before it was started holds no result either', async () => {
  const [first] = verdictIds();
  addRowOfJob(opened, 'rerun', jobId, rowOf(first!, 'identical'));
  appendAudit(opened, {
    who: 'A',
    action: 'rerun.ended',
    subject: 'x',
    details: saidOfJob(opened, 'rerun', jobId, rerunResultSchema.options),
  });
  started();
  await expect(run()).rejects.toThrow(`Verdict ${first}`);
});

test('what an interrupted rerun had made is passed over; what a killed one had made is made again, and is the same', async () => {
  const [first, second] = verdictIds();
  await expect(run(1)).rejects.toThrow('The case was closed.');
  expect(await run()).toEqual([second]);
  expect(readRerun(opened, jobId).counts).toMatchObject({ different: 2 });
  jobId = addJob(opened, 'rerun', {}, () => 'here').id;
  started();
  addRowOfJob(opened, 'rerun', jobId, rowOf(first!, 'different'));
  expect(await run()).toEqual([first, second]);
});

test('a later rerun of one verdict leaves what an earlier one found of the others, and one that differed once is named for good', async () => {
  const [first, second] = verdictIds();
  expect(readReruns(opened)).toBeNull();
  await run();
  const again = () => {
    jobId = addJob(opened, 'rerun', {}, () => 'here').id;
    started();
  };
  again();
  await run(undefined, { ids: [first!], result: 'identical' });
  const standing = readReruns(opened)!.standing;
  expect(standing).toMatchObject({ results: 2, repeated: 2, differed: 2, reruns: 2, interrupted: 0, notAsRecorded: 0 });
  expect(standing.counts).toEqual({ identical: 1, withinTolerance: 0, different: 1, notPossible: 0 });
  expect(standing.differing.map(({ verdictId, latest }) => [verdictId, latest])).toEqual([
    [first, 'identical'],
    [second, 'different'],
  ]);
  // One that was interrupted counts for as far as it came.
  again();
  await expect(run(1, { result: 'withinTolerance' })).rejects.toThrow('The case was closed.');
  expect(readReruns(opened)!.standing).toMatchObject({
    ...{ reruns: 3, interrupted: 1, differed: 2 },
    counts: { identical: 0, withinTolerance: 1, different: 1, notPossible: 0 },
  });
  // Rows that are not those of the log are none.
  addRowOfJob(opened, 'rerun', jobId, rowOf(second!, 'identical'));
  expect(readReruns(opened)!.standing).toMatchObject({ counts: { different: 1 } });
});
