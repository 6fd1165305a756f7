// Whatever dies in the middle of a scan, the work goes on: nothing is lost, nothing is there twice,
// and the window is told.
// @module-tag chromium
// @module-tag ps
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

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

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

  const isAtWork = () =>
    expect.poll(async () => (await latestJob()).progress.done, { timeout: 120_000 }).toBeGreaterThan(0);

  /** Ends a process of the workstation once the scan is at work. */
  async function killAtWork(name: ProcessName): Promise<void> {
    await isAtWork();
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
      // Whatever died did so once: no file is blamed for it.
      expect(rows.filter((row) => !isJudged(row))).toEqual([]);
    },
  );

  test('a workstation that is killed as a whole lets the case go, and the next one takes the scan up', async () => {
    const folder = path.join(root, `${kind}-main`);
    await call(workstation.page, 'case/create', { folder, title: 'main' });
    const started = (await call(workstation.page, 'scan/start', { paths: [photographs] })) as Job;
    await isAtWork();
    const children = await Promise.all((['engine', 'compute'] as const).map((name) => workstation.pidOf(name)));
    process.kill((await workstation.pidOf('main'))!, 'SIGKILL');
    for (const pid of children) await expect.poll(() => lives(pid!), { timeout: 60_000 }).toBe(false);
    await workstation.close().catch(() => {});
    workstation = await launch({ home: path.join(root, kind), case: folder }, kind);
    await expect.poll(async () => (await latestJob()).state, { timeout: 90_000, interval: 250 }).toBe('done');
    expect(await latestJob()).toMatchObject({ id: started.id, progress: { done: FILES, total: FILES } });
    const { rows } = (await call(workstation.page, 'finding/query', { limit: 1000 })) as FindingPage;
    expect(new Set(rows.map((row) => row.faceId)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.relativePath)).size).toBe(FILES);
    expect(await call(workstation.page, 'case/verify')).toMatchObject({ problems: [] });
  });
});
