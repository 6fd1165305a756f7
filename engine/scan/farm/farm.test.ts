// A farm as it is: a real redis-server, workers as processes, some of them killed, cut off, or of
// another make. However it goes, every face is in the case exactly once, with the rows of a scan on
// one machine.
// @module-tag redis
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FarmQueue, FarmStatus, FarmWorker } from '../../../contract/farm.ts';
import type { VideoTimeline } from '../../../contract/track.ts';
import { readZip } from '../../../models/checkpoint/zip-reader.ts';
import { writeZip } from '../../../models/checkpoint/zip-writer.ts';
import { sha256Of } from '../../blobs/blob-store.ts';
import { type Client, createClient, createEngine, type Engine } from '../../index.ts';
import { samplePhotograph } from '../../media/finder-weights.ts';
import { makeTwoShots } from '../../media/video/testing/make-media.ts';
import { killAtExit } from '../../process/testing/kill-at-exit.ts';
import { ended, findingsOf } from '../../testing/scanned.ts';
import { type CutLink, makeCutLink } from './testing/cut-link.ts';
import { makeCertificates, type RedisServer, startRedis } from './testing/redis-server.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-farm-'));
const at = (...parts: string[]): string => path.join(root, ...parts);
const media = at('media');
let engine: Engine;
let client: Client;
let redis: RedisServer;
/** The rows of a scan of the same folder on this machine alone. */
let local: Rows;
const children: ChildProcess[] = [];

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2, 3, 6]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  // The same picture under another name is another file of the case.
  copyFileSync(samplePhotograph(1), path.join(media, 'copy of 1.jpg'));
  writeFileSync(path.join(media, 'cut.jpg'), readFileSync(samplePhotograph(2)).subarray(0, 30_000));
  writeFileSync(path.join(media, 'empty.jpg'), '');
  engine = await createEngine({ appDataFolder: at('app') });
  client = createClient(engine);
  redis = await startRedis(root);
  await client.case.create({ folder: at('local'), title: 'L', reference: '' });
  expect(await ended(client, (await client.scan.start({ paths: [media] })).id)).toBe('done');
  local = await rows();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  said = '';
});
afterAll(async () => {
  await engine.close();
  await redis?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** A helper process of ../testing, once it has said that it is ready. */
async function start(script: string, args: readonly string[], behind?: CutLink): Promise<ChildProcess> {
  const line = [path.join(import.meta.dirname, '../../testing', script), ...args];
  const [command, all] = behind?.behind(process.execPath, line) ?? [process.execPath, line];
  const child = killAtExit(spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'] }));
  children.push(child);
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended: ${said}`))),
  ]);
  return child;
}
/** What the helpers of a test wrote to standard error. */
let said = '';

type Make = { address?: string; folders?: string; appVersion?: string; modelsFolder?: string; behind?: CutLink };
const startWorker = (name: string, make: Make = {}): Promise<ChildProcess> => {
  const { address = redis.address, folders = media, appVersion = '', modelsFolder = '' } = make;
  return start('worker-until-killed.ts', [address, folders, name, at('app'), appVersion, modelsFolder], make.behind);
};

const startScan = async (
  folder: string,
  paths = [media],
  queue: FarmQueue = { address: redis.address },
): Promise<number> => {
  await client.case.create({ folder: at(folder), title: folder, reference: '' });
  return (await client.farm.scan({ paths, queue })).id;
};

/** Everything a case says, without what differs between two cases: ids and times. */
async function rows() {
  const all = await Promise.all(
    (await findingsOf(client)).map(async ({ verdictId, evidenceId, faceId, ...row }) => {
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
async function expectSameCase(expected = local): Promise<void> {
  expect(await rows()).toEqual(expected);
  expect((await client.case.verify()).problems).toEqual([]);
}

async function firstOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
  for await (const one of stream) return [one];
  return [];
}

/** The queue's status once it is as wanted. */
async function statusWhen(wanted: (status: FarmStatus) => boolean, address = redis.address): Promise<FarmStatus> {
  for (;;) {
    const status = await client.farm.status({ address });
    if (wanted(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Workers that are at a file now; those of tests before are silent, and not gone yet. */
const atWork = ({ workers }: FarmStatus): FarmWorker[] =>
  workers.filter((one) => one.state === 'working' && children.some(({ pid }) => pid === one.pid));

const only = (file: string): Rows => local.filter(({ row }) => row.relativePath === file);

describe('a farm', () => {
  test('four workers, two killed in mid-job: every face exactly once, with the rows of a scan on one machine', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => startWorker(name)));
    const job = await startScan('killed');
    const status = await statusWhen((one) => atWork(one).length >= 2);
    const killed = atWork(status).slice(0, 2);
    for (const { pid } of killed) process.kill(pid, 'SIGKILL');
    expect(await ended(client, job)).toBe('done');
    await expectSameCase();
    const [finished] = (await client.case.activity({ limit: 100 })).filter((one) => one.action === 'scan.finished');
    const share = Object.values((finished!.details as { workers: Record<string, { faces: number }> }).workers);
    expect(share.reduce((sum, { faces }) => sum + faces, 0)).toBe(local.filter(({ face }) => face).length);
  });

  test('a worker of another version or with another model is refused with a sentence, and the file goes to one that fits', async () => {
    await Promise.all([
      startWorker('older', { appVersion: '0.0.9' }),
      startWorker('other model', { modelsFolder: otherModel() }),
    ]);
    const job = await startScan('refused', [path.join(media, '1.jpg')]);
    const told: string[] = [];
    const end = ended(client, job, told);
    const { workers } = await statusWhen(
      (status) => status.workers.filter(({ state }) => state === 'refused').length === 2,
    );
    const sentenceOf = (name: string) => workers.find((one) => one.name === name)!.lastSentence;
    expect(sentenceOf('older')).toMatch(
      /^Refused: .*version of the workstation: 0\.1\.0 is wanted, 0\.0\.9 is here\.$/,
    );
    expect(sentenceOf('other model')).toMatch(/^Refused: .*model \(SHA-256 of its weights\)/);
    const [seen] = await firstOf(await client.farm.watch());
    expect(seen?.workers.map(({ name }) => name)).toEqual(expect.arrayContaining(['older', 'other model']));
    await startWorker('fitting');
    expect(await end).toBe('done');
    expect(told.filter((one) => one.startsWith('older: Refused'))).toHaveLength(1);
    expect(await firstOf(await client.farm.watch())).toEqual([null]);
    await expectSameCase(only('1.jpg'));
  });

  test('a coordinator killed in mid-scan and started again goes on: nothing lost, nothing twice', async () => {
    const folder = at('coordinator');
    const coordinator = await start('coordinator-until-killed.ts', [redis.address, folder, media, at('app2')]);
    await startWorker('steady');
    await statusWhen((status) => atWork(status).length > 0);
    coordinator.kill('SIGKILL');
    await once(coordinator, 'exit');
    await expectNothingForGood();
    await client.case.open({ folder });
    const [left] = await client.job.list();
    expect(left).toMatchObject({ state: 'cancelled', error: expect.stringContaining('Start it again here') });
    const { id } = await client.farm.scan({ paths: [media], queue: { address: redis.address }, inFlight: 4 });
    expect(await ended(client, id)).toBe('done');
    await expectSameCase();
  });

  test('a file that is another one on the worker is not examined: it has its row and the reason, and no score', async () => {
    mkdirSync(at('elsewhere'));
    copyFileSync(samplePhotograph(2), at('elsewhere', '1.jpg'));
    await startWorker('misled', { folders: `${media}=${at('elsewhere')}` });
    const job = await startScan('misled', [path.join(media, '1.jpg')]);
    expect(await ended(client, job)).toBe('done');
    const [found, ...others] = await rows();
    expect(others).toEqual([]);
    expect(found!.outcome).toMatchObject({
      kind: 'toolError',
      message: expect.stringContaining('is not the file of the case'),
    });
    expect(found!.row).toMatchObject({ score: null, leaning: null });
    expect((await client.case.verify()).problems).toEqual([]);
  });

  test('a queue with a password and TLS is used, and the password is written nowhere', {
    tags: ['openssl'],
  }, async () => {
    const { ca, cert, key } = makeCertificates(at('tls'));
    const secret = 'correct-horse-battery';
    const tls = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no'];
    const guarded = await startRedis(root, [...tls, '--requirepass', secret]);
    const { host } = new URL(guarded.address);
    const queue = { address: `rediss://:${secret}@${host}`, caFile: ca };
    try {
      const refusal = (given: FarmQueue) =>
        client.farm.status(given).then(
          () => 'none',
          (error: Error) => error.message,
        );
      expect(await refusal({ address: queue.address })).toMatch(/certificate is not trusted/);
      expect(await refusal({ address: `rediss://${host}`, caFile: ca })).toMatch(/password/);
      const wrong = await refusal({ address: `rediss://:${secret}x@${host}`, caFile: ca });
      expect(wrong).toMatch(/password/);
      expect(wrong).not.toContain(secret);
      await startWorker('guarded', { address: `${queue.address}#${ca}` });
      const job = await startScan('guarded', [path.join(media, '1.jpg')], queue);
      expect(await ended(client, job)).toBe('done');
      await expectSameCase(only('1.jpg'));
      await client.case.close();
      for (const file of ['case.sqlite', 'case.sqlite-wal'].filter((name) => existsSync(at('guarded', name))))
        expect(readFileSync(at('guarded', file)).includes(secret)).toBe(false);
      expect(said).not.toContain(secret);
    } finally {
      await guarded.stop();
    }
  });

  test('a network that is cut and comes back: the worker goes on, and the scan ends as if nothing had happened', async () => {
    const link = makeCutLink();
    const far = await startRedis(root, [], link.bind);
    try {
      console.log(`the network is cut by a ${link.kind}`);
      await startWorker('far', { address: await link.addressFor(far.port), behind: link });
      const job = await startScan('cut', [media], { address: far.address });
      await statusWhen(({ workers }) => workers.some((one) => one.state === 'working'), far.address);
      link.cut();
      // Longer than a lock lasts: its files count as stalled when it is back.
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      link.mend();
      expect(await ended(client, job)).toBe('done');
      await expectSameCase();
    } finally {
      link.remove();
      await far.stop();
    }
  });

  test('a video whose worker is killed goes on with another, and its tracks are the same', {
    tags: ['ffmpeg'],
  }, async () => {
    mkdirSync(at('videos'));
    makeTwoShots(at('videos', 'two shots.mp4'));
    const timeline = async () => {
      const { evidenceId } = (await client.finding.query({})).rows[0]!;
      return comparable(await client.video.timeline({ evidenceId }));
    };
    await client.case.create({ folder: at('local video'), title: 'V', reference: '' });
    expect(await ended(client, (await client.scan.start({ paths: [at('videos')] })).id)).toBe('done');
    const [expected, tracks] = [await rows(), await timeline()];
    const first = await startWorker('first', { folders: at('videos') });
    const job = await startScan('video', [at('videos')]);
    await statusWhen((status) => atWork(status).length > 0);
    first.kill('SIGKILL');
    await startWorker('second', { folders: at('videos') });
    expect(await ended(client, job)).toBe('done');
    await expectSameCase(expected);
    expect(await timeline()).toEqual(tracks);
  });
});

/**
 * Every key beside and on the queue has an end, also after a kill: paths and hashes of evidence are
 * among them.
 */
async function expectNothingForGood(): Promise<void> {
  const client = new Redis(redis.port);
  try {
    const endless = async () => {
      const found: string[] = [];
      for (const key of await client.keys('*')) if ((await client.ttl(key)) === -1) found.push(key);
      return found;
    };
    // Tasks at once; the lists of their names when a worker next says that it is there.
    expect((await endless()).filter((key) => /:examine:[0-9a-f]{24}-/.test(key))).toEqual([]);
    await expect.poll(endless, { timeout: 20_000 }).toEqual([]);
  } finally {
    client.disconnect();
  }
}

/** A timeline without what differs between two cases: ids. */
const comparable = (timeline: VideoTimeline) => ({
  ...timeline,
  evidenceId: 0,
  // Which of the file's scans it is.
  scan: 0,
  mostSuspiciousTrackId: 0,
  tracks: timeline.tracks.map(({ id: _, points, keyFaces, ...track }) => ({
    ...track,
    points: points.map(({ faceId, verdictId: _v, ...point }) => ({ ...point, isKey: keyFaces.includes(faceId) })),
  })),
});

/**
 * A folder of shipped models with the default one, a bit of one weight turned over: other weights,
 * another model.
 */
function otherModel(): string {
  const [from, folder] = [path.resolve(import.meta.dirname, '../../../models/weights'), at('other weights')];
  const cardFile = readdirSync(from).find((name) => name.endsWith('.card.json'))!;
  const entries = readZip(new Uint8Array(readFileSync(path.join(from, cardFile.replace('.card.json', '.pth')))));
  const largest = [...entries.values()].reduce((a, b) => (a.length > b.length ? a : b));
  largest[0]! ^= 1;
  const weights = writeZip(entries);
  const card = JSON.parse(readFileSync(path.join(from, cardFile), 'utf8'));
  mkdirSync(folder);
  writeFileSync(path.join(folder, cardFile.replace('.card.json', '.pth')), weights);
  writeFileSync(
    path.join(folder, cardFile),
    JSON.stringify({ ...card, passport: { ...card.passport, sha256: sha256Of(weights) } }),
  );
  return folder;
}
