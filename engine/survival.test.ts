// What must not hurt: kill -9 at random moments of a scan and of a report. Nothing lost, nothing twice. RECCE_KILLS sets the number
// of kills.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomStream } from '../models/tensor/random.ts';
import { sha256Of } from './blobs/blob-store.ts';
import { type Client, createClient, createEngine, type Engine } from './index.ts';
import { facePackageFolder } from './media/finder-weights.ts';

const KILLS = Number(process.env.RECCE_KILLS ?? 3);
const SEED = Number(process.env.RECCE_SEED ?? 20_260_101);
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-survival-'));
const media = path.join(root, 'media');
const random = randomStream(SEED);
let engine: Engine;
let client: Client;
let undisturbed: unknown;

beforeAll(async () => {
  console.log(`survival: seed ${SEED}, ${KILLS} kills`);
  mkdirSync(media);
  for (const n of [1, 2, 3, 4])
    copyFileSync(path.join(facePackageFolder(), 'demo', `sample${n}.jpg`), path.join(media, `${n}.jpg`));
  engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  client = createClient(engine);
  await client.case.create({ folder: path.join(root, 'undisturbed'), title: 'D', reference: '' });
  expect(await scan()).toBe('done');
  undisturbed = await rows();
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

async function ended(id: number): Promise<string> {
  for await (const { job } of await client.job.watch())
    if (job.id === id && ['done', 'failed', 'cancelled'].includes(job.state)) return job.error ?? job.state;
  throw new Error('the engine ended');
}
const scan = async (paths = [media]) =>
  ended((await client.scan.start({ paths, device: 'cpu', minimumFacePx: 40 })).id);

/** Findings without ids. */
async function rows() {
  const page = await client.finding.query({
    sort: { by: 'path', direction: 'ascending' },
    offset: 0,
    limit: 1000,
    filter: {},
  });
  return page.rows.map(({ verdictId: _v, evidenceId: _e, faceId: _f, ...rest }) => rest);
}

/** Runs a helper process, and kills it `delay` ms after it says that it started. */
async function killAfter(delay: number, script: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'scan', 'testing', script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, delay));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
}

const integrity = (folder: string) => {
  const db = new Database(path.join(folder, 'case.sqlite'), { readonly: true });
  const found = db.pragma('integrity_check', { simple: true });
  db.close();
  return found;
};

test(`a scan killed ${KILLS} times at random moments ends with the rows of an undisturbed one`, async () => {
  const folder = path.join(root, 'killed');
  for (let i = 0; i < KILLS; i++) {
    await killAfter(
      Math.floor(random.uniform() * 2500),
      'scan-until-killed.ts',
      folder,
      media,
      path.join(root, 'app2'),
    );
    expect(integrity(folder)).toBe('ok');
  }
  await client.case.open({ folder });
  for (const job of await client.job.list())
    if (!['done', 'cancelled'].includes(job.state)) expect(await ended(job.id)).toBe('done');
  expect(await scan()).toBe('done');
  expect(await rows()).toEqual(undisturbed);
  expect((await client.case.verify()).problems).toEqual([]);
  const leftovers = readdirSync(path.join(folder, 'blobs'), { recursive: true }).filter((name) =>
    String(name).endsWith('.tmp'),
  );
  expect(leftovers.length).toBeLessThanOrEqual(4 * KILLS);
});

test(`a report killed ${KILLS} times while it is written is whole or not there`, async () => {
  const folder = path.join(root, 'undisturbed');
  await client.case.open({ folder });
  const whole = await client.report.export({ options: {}, format: 'pdf', path: path.join(root, 'whole.pdf') });
  await client.case.close();
  for (let i = 0; i < KILLS; i++) {
    const file = path.join(root, `killed-${i}.pdf`);
    await killAfter(
      Math.floor(random.uniform() * 1500),
      'report-until-killed.ts',
      folder,
      file,
      path.join(root, 'app2'),
    );
    if (existsSync(file)) expect(sha256Of(readFileSync(file))).toBe(whole.sha256);
  }
  expect(integrity(folder)).toBe('ok');
});
