// What must not hurt: kill -9 at random moments of a scan and of a report, a full disk, a disk that cannot be written, evidence taken
// away in mid-scan. Nothing lost, nothing twice, a sentence instead of damage. RECCE_KILLS sets the number of kills.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../models/tensor/random.ts';
import { sha256Of } from './blobs/blob-store.ts';
import { type Client, createClient, createEngine, type Engine } from './index.ts';
import { facePackageFolder } from './media/finder-weights.ts';

const KILLS = Number(process.env.RECCE_KILLS ?? 3);
const SEED = Number(process.env.RECCE_SEED ?? 20_260_101);
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-survival-'));
const media = path.join(root, 'media');
const random = randomStream(SEED);
/** Files of the scan whose folder is taken away. */
const FILES = 24;
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
  if (mounted) spawnSync('umount', ['-l', disk]);
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

test('evidence taken away in mid-scan has its rows and its reason, and the scan ends', async () => {
  const leaving = path.join(root, 'leaving');
  mkdirSync(leaving);
  for (let i = 0; i < FILES; i++)
    await sharp({ create: { width: 64, height: 64 + i, channels: 3, background: '#987' } })
      .png()
      .toFile(path.join(leaving, `${String(i).padStart(2, '0')}.png`));
  await client.case.create({ folder: path.join(root, 'case-leaving'), title: 'L', reference: '' });
  const { id } = await client.scan.start({ paths: [leaving], device: 'cpu', minimumFacePx: 40 });
  let gone = false;
  for await (const { job } of await client.job.watch()) {
    if (job.id === id && job.progress.total !== null && !gone) {
      gone = true;
      rmSync(leaving, { recursive: true });
    }
    if (job.id === id && ['done', 'failed'].includes(job.state)) {
      expect(job.error ?? job.state).toBe('done');
      break;
    }
  }
  const found = await rows();
  expect(new Set(found.map((row) => row.relativePath)).size).toBe(FILES);
  const missing = found.filter((row) => row.kind === 'unreadable');
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.every((row) => /disappeared/.test(row.reason ?? ''))).toBe(true);
});

/** A small disk of its own, if this system allows one. */
const disk = path.join(root, 'disk');
const mount = (...args: string[]) => spawnSync('mount', args, { stdio: 'pipe' }).status === 0;
mkdirSync(disk, { recursive: true });
const mounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=3m', 'recce-test', disk);

describe.skipIf(!mounted)(
  `a disk of 3 MB${mounted ? '' : ' (skipped: this system lets nobody mount one here)'}`,
  () => {
    test('when it is full the scan fails with a sentence, the case is whole, and with space it goes on to the same rows', async () => {
      const folder = path.join(disk, 'case');
      await client.case.create({ folder, title: 'F', reference: '' });
      const filler = path.join(disk, 'filler');
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=1k count=1700 2>/dev/null; true`]);
      expect(await scan()).toMatch(/The disk is full/);
      await client.case.close();
      expect(integrity(folder)).toBe('ok');
      rmSync(filler);
      mount('-o', 'remount,size=64m', disk);
      await client.case.open({ folder });
      for (const job of await client.job.list()) if (['queued', 'running'].includes(job.state)) await ended(job.id);
      expect(await scan()).toBe('done');
      expect(await rows()).toEqual(undisturbed);
      expect((await client.case.verify()).problems).toEqual([]);
    });

    test('a report that does not fit is an error with a sentence and leaves no part of itself', async () => {
      mount('-o', 'remount,size=64m', disk);
      const filler = path.join(disk, 'filler');
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=64k 2>/dev/null; true`]);
      const file = path.join(disk, 'report.pdf');
      await expect(client.report.export({ options: {}, format: 'pdf', path: file })).rejects.toMatchObject({
        code: 'DISK_FULL',
      });
      expect(readdirSync(disk).filter((name) => name.startsWith('report'))).toEqual([]);
      rmSync(filler);
    });

    test('where nothing can be written the case is refused with a sentence, and is as it was', async () => {
      const folder = path.join(disk, 'case');
      await client.case.close();
      const before = sha256Of(readFileSync(path.join(folder, 'case.sqlite')));
      mount('-o', 'remount,ro', disk);
      try {
        await expect(client.case.open({ folder })).rejects.toMatchObject({ code: 'CASE_READ_ONLY' });
        await expect(
          client.case.create({ folder: path.join(disk, 'new'), title: 'N', reference: '' }),
        ).rejects.toMatchObject({
          code: 'WRITE_FAILED',
        });
        expect(sha256Of(readFileSync(path.join(folder, 'case.sqlite')))).toBe(before);
      } finally {
        mount('-o', 'remount,rw', disk);
      }
      await client.case.open({ folder });
    });
  },
);
