// A device that fails in mid-scan: the scan ends on the CPU with every face once, the job and the
// log say so, and each verdict names what really computed it. The driver that fails is
// engine/compute/testing/bad-driver-process.ts, in a real process.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Job } from '../../contract/job.ts';
import type { Device } from '../../contract/scan.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { type Fault, spawnWithFault } from '../compute/testing/bad-driver.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf } from '../testing/scanned.ts';

const { root, start } = installations('device-failure');
/**
 * Four photographs of three faces: the first batch is three of them, so that there is something
 * before and after the failure.
 */
const media = path.join(root, 'media');
const one = path.join(media, '0.jpg');

beforeAll(() => {
  mkdirSync(media);
  for (let n = 0; n < 4; n++) copyFileSync(samplePhotograph(1), path.join(media, `${n}.jpg`));
});

/** A client of an engine whose graphics driver has this fault, with an open case. */
async function clientWith(fault: Fault, name: string): Promise<Client> {
  const compute = { threads: 2, batch: 8 };
  const { client } = await start(`app-${name}`, { spawn: spawnWithFault(fault), compute });
  await client.case.create({ folder: path.join(root, name), title: name, reference: '' });
  return client;
}

async function scan(client: Client, device: Device, paths = [one]): Promise<{ job: Job; problems: string[] }> {
  const { id } = await client.scan.start({ paths, device, minimumFacePx: 40 });
  const problems: string[] = [];
  await ended(client, id, problems);
  const job = (await client.job.list()).find((one) => one.id === id)!;
  return { job, problems };
}

async function verdicts(client: Client) {
  return Promise.all(
    (await findingsOf(client)).map(async ({ verdictId, relativePath, score }) => {
      const { parameters } = await client.finding.inspect({ verdictId });
      return { relativePath, score, parameters: parameters as VerdictParameters };
    }),
  );
}

const providersOf = (found: Awaited<ReturnType<typeof verdicts>>) => [
  ...new Set(found.map((one) => one.parameters.provider)),
];

test('a device lost in mid-scan: what is left is computed on the CPU, and everything says so', async () => {
  const client = await clientWith('losesDevice', 'lost');
  const { job, problems } = await scan(client, 'webgpu', [media]);
  const sentence =
    /WebGPU failed in mid-scan; what was left was computed on the CPU\. .*Device lost: the driver was reset/;
  expect(job).toMatchObject({
    state: 'done',
    progress: { done: 4, total: 4, message: expect.stringMatching(sentence) },
  });
  expect(problems).toEqual([expect.stringMatching(sentence)]);
  const entries = await client.case.activity({ limit: 10 });
  expect(entries.find((one) => one.action === 'scan.deviceFailed')).toMatchObject({
    subject: 'WebGPU',
    details: { reason: expect.stringMatching(sentence) },
  });
  const found = await verdicts(client);
  expect(found).toHaveLength(12);
  expect(providersOf(found).toSorted()).toEqual(['cpu', 'webgpu']);
  // The driver's numbers are the CPU's here, so every copy of the photograph has the same scores,
  // whoever computed them.
  const scores = Map.groupBy(found, (row) => row.relativePath);
  expect(new Set([...scores.values()].map((rows) => JSON.stringify(rows.map((row) => row.score)))).size).toBe(1);
  for (const { parameters } of found)
    expect(parameters).toMatchObject(
      parameters.provider === 'webgpu' ? { logitDifference: 0 } : { logitDifference: null, threads: 2, batch: 8 },
    );
  await expect(scan(client, 'webgpu')).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
});

test('a device that takes its process down every time is left before it has written a row', async () => {
  const client = await clientWith('diesAtWork', 'died');
  const { job } = await scan(client, 'webgpu');
  expect(job.state).toBe('done');
  expect(job.progress.message).toMatch(/WebGPU failed in mid-scan.*The compute process ended \(signal SIGSEGV\)/);
  const found = await verdicts(client);
  expect(found).toHaveLength(3);
  expect(providersOf(found)).toEqual(['cpu']);
});

test('a device that works is in every verdict, and verdicts made again there come out identical', async () => {
  const client = await clientWith('none', 'works');
  expect((await scan(client, 'webgpu')).job.state).toBe('done');
  expect(providersOf(await verdicts(client))).toEqual(['webgpu']);
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  const { counts, rows } = await client.rerun.read({ jobId: id });
  expect(counts.identical).toBe(3);
  expect(rows.flatMap((row) => row.environment)).toEqual([]);
});

test('a verdict made with other threads and another batch is made again with them, and is identical', async () => {
  const folder = path.join(root, 'threads');
  const { client: maker } = await start('app-threads', { compute: { threads: 3, batch: 2 } });
  await maker.case.create({ folder, title: 'threads', reference: '' });
  await scan(maker, 'auto');
  await maker.case.close();
  const { client } = await start('app-threads', { compute: { threads: 1, batch: 8 } });
  await client.case.open({ folder });
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  const { counts, rows } = await client.rerun.read({ jobId: id });
  expect(counts).toEqual({ identical: 3, withinTolerance: 0, different: 0, notPossible: 0 });
  expect(rows.flatMap((row) => row.environment)).toEqual([]);
  expect((await verdicts(client))[0]!.parameters).toMatchObject({ threads: 3, batch: 2 });
});
