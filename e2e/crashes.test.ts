// Whatever dies in the middle of a scan, the work goes on: nothing is lost, nothing is there twice, and the window is told.
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FindingPage } from '../contract/finding.ts';
import type { Job } from '../contract/job.ts';
import { isJudged } from '../engine/scan/testing/judged.ts';
import { call } from './harness/call.ts';
import { everywhere, launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import type { LaunchedWorkstation, ProcessName } from './harness/workstation.ts';

const FILES = 9;
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-crashes-'));
const photographs = path.join(root, 'photographs');

beforeAll(() => writePhotographs(photographs, FILES));

describe.each(everywhere)('in %s', (kind) => {
  let workstation: LaunchedWorkstation;
  beforeAll(async () => {
    workstation = await launch({ home: path.join(root, kind) }, kind);
  });
  afterAll(() => workstation?.close());

  const latestJob = async () => ((await call(workstation.page, 'job/list')) as Job[])[0]!;

  /** Ends a process of the workstation once the scan is at work. */
  async function killAtWork(name: ProcessName): Promise<void> {
    await expect.poll(async () => (await latestJob()).progress.done, { timeout: 60_000 }).toBeGreaterThan(0);
    const pid = await workstation.pidOf(name);
    expect(pid, `${name} is a process of its own`).toBeTypeOf('number');
    process.kill(pid!, 'SIGKILL');
  }

  test.each(['engine', 'compute', 'decode'] as const)(
    'a scan whose %s is killed ends with every file',
    async (name) => {
      const folder = path.join(root, `${kind}-${name}`);
      await call(workstation.page, 'case/create', { folder, title: name });
      const started = (await call(workstation.page, 'scan/start', { paths: [photographs] })) as Job;
      await killAtWork(name);
      await expect.poll(async () => (await latestJob()).state, { timeout: 90_000, interval: 250 }).toBe('done');
      expect(await latestJob()).toMatchObject({ id: started.id, progress: { done: FILES, total: FILES } });
      const { rows } = (await call(workstation.page, 'finding/query', { limit: 1000 })) as FindingPage;
      const files = Map.groupBy(rows, (row) => row.relativePath);
      expect(files.size).toBe(FILES);
      for (const [file, found] of files) expect(new Set(found.map((row) => row.faceId)).size, file).toBe(found.length);
      const unjudged = rows.filter((row) => !isJudged(row));
      // The file that decode died over says so; every other face was looked at.
      expect(unjudged.length).toBeLessThanOrEqual(name === 'decode' ? 1 : 0);
      for (const row of unjudged) expect(row).toMatchObject({ kind: 'unreadable', score: null });
    },
  );
});
