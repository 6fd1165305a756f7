// A farm as it is: a real redis-server, workers as processes, some of them killed, cut off, or of another make. However it goes, every face is in
// the case exactly once, with the rows of a scan on one machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FarmStatus } from '../../contract/farm.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { facePackageFolder } from '../media/finder-weights.ts';
import { hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from './testing/redis-server.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-farm-'));
const at = (...parts: string[]): string => path.join(root, ...parts);
const media = at('media');
const sample = (n: number): string => path.join(facePackageFolder(), 'demo', `sample${n}.jpg`);
let engine: Engine;
let client: Client;
let redis: RedisServer;
/** The rows of a scan of the same folder on this machine alone. */
let local: Rows;
const children: ChildProcess[] = [];

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2, 3, 6]) copyFileSync(sample(n), path.join(media, `${n}.jpg`));
  // The same picture under another name is another file of the case.
  copyFileSync(sample(1), path.join(media, 'copy of 1.jpg'));
  writeFileSync(path.join(media, 'cut.jpg'), readFileSync(sample(2)).subarray(0, 30_000));
  writeFileSync(path.join(media, 'empty.jpg'), '');
  engine = await createEngine({ appDataFolder: at('app') });
  client = createClient(engine);
  if (!hasRedis) return;
  redis = await startRedis(root);
  await client.case.create({ folder: at('local'), title: 'L', reference: '' });
  expect(await ended((await client.scan.start({ paths: [media] })).id)).toBe('done');
  local = await rows();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await engine.close();
  await redis?.stop();
  rmSync(root, { recursive: true, force: true });
});

async function ended(id: number): Promise<string> {
  for await (const { job } of await client.job.watch())
    if (job.id === id && ['done', 'failed', 'cancelled'].includes(job.state)) return job.error ?? job.state;
  throw new Error('the engine ended');
}

/** A helper process of ../testing, once it has said that it is ready. */
async function start(script: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../testing', script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended`))),
  ]);
  return child;
}
const startWorker = (name: string, address = redis.address, ...more: string[]): Promise<ChildProcess> =>
  start('worker-until-killed.ts', address, media, name, at('app'), ...more);

const startScan = async (folder: string, paths = [media]): Promise<number> => {
  await client.case.create({ folder: at(folder), title: folder, reference: '' });
  return (await client.farm.scan({ paths, queue: { address: redis.address } })).id;
};

/** Everything a case says, without what differs between two cases: ids and times. */
async function rows() {
  const page = await client.finding.query({
    sort: { by: 'path', direction: 'ascending' },
    offset: 0,
    limit: 1000,
    filter: {},
  });
  const all = await Promise.all(
    page.rows.map(async ({ verdictId, evidenceId, faceId, ...row }) => {
      const { verdict, parameters, face, evidence } = await client.finding.inspect({ verdictId });
      const { worker: _w, ...same } = parameters!;
      return {
        row,
        outcome: verdict!.outcome,
        parameters: same,
        face: face && { ...face, id: 0, evidenceId: 0 },
        state: evidence.state,
        sha256: evidence.sha256,
      };
    }),
  );
  return all.sort((a, b) =>
    JSON.stringify([a.row.relativePath, a.face?.faceIndex]) < JSON.stringify([b.row.relativePath, b.face?.faceIndex])
      ? -1
      : 1,
  );
}
type Rows = Awaited<ReturnType<typeof rows>>;

/** The case is that of a scan on one machine, whole and sealed. */
async function expectSameCase(): Promise<void> {
  expect(await rows()).toEqual(local);
  expect((await client.case.verify()).problems).toEqual([]);
}

/** The queue's status once it is as wanted. */
async function statusWhen(wanted: (status: FarmStatus) => boolean): Promise<FarmStatus> {
  for (;;) {
    const status = await client.farm.status({ address: redis.address });
    if (wanted(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!hasRedis)(hasRedis ? 'a farm' : `a farm (${NEEDS_REDIS})`, () => {
  test('four workers, two killed in mid-job: every face exactly once, with the rows of a scan on one machine', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => startWorker(name)));
    const job = await startScan('killed');
    const atWork = (status: FarmStatus) => status.workers.filter((one) => one.state === 'working');
    const { workers } = await statusWhen((status) => atWork(status).length >= 2);
    const killed = workers.filter((one) => one.state === 'working').slice(0, 2);
    for (const { pid } of killed) process.kill(pid, 'SIGKILL');
    expect(await ended(job)).toBe('done');
    await expectSameCase();
    const [finished] = (await client.case.activity({ limit: 100 })).filter((one) => one.action === 'scan.finished');
    const share = Object.values((finished!.details as { workers: Record<string, { faces: number }> }).workers);
    expect(share.reduce((sum, { faces }) => sum + faces, 0)).toBe(local.filter(({ face }) => face).length);
  });
});
