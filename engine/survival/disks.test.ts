// Disks that fail: full, unwritable, taken away. Nothing is lost, a sentence instead of damage, and
// the work goes on when it can.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VerdictId } from '../../contract/brand.ts';
import type { ReportDocument } from '../../contract/report.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { ended, rowsOf, scan } from '../testing/scanned.ts';
import { copyPhotographs, problemsOnDisk } from './testing/scanned.ts';
import { makeSmallDisk } from './testing/small-disk.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-disks-'));
const app = path.join(root, 'app');
const media = path.join(root, 'media');
const disk = makeSmallDisk(path.join(root, 'disk'), 3);
/**
 * Files of the scan whose folder is taken away: so many that it is still at them, however fast the
 * machine.
 */
const LEAVING = 400;
let engine: Engine;
let client: Client;
let undisturbed: unknown;

beforeAll(async () => {
  copyPhotographs(media, [1]);
  engine = await createEngine({ appDataFolder: app });
  client = createClient(engine);
  await client.case.create({ folder: path.join(root, 'undisturbed'), title: 'D', reference: '', examiner: 'E' });
  expect(await scan(client, [media])).toBe('done');
  undisturbed = await rowsOf(client);
});
afterAll(async () => {
  await engine.close();
  disk?.remove();
  rmSync(root, { recursive: true, force: true });
});

const hashes = (folder: string): Record<string, string> =>
  Object.fromEntries(
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .map((name) => [name, sha256Of(readFileSync(path.join(folder, name)))]),
  );

test('evidence taken away in mid-scan has its rows and its reason, and the scan ends', async () => {
  const leaving = path.join(root, 'leaving');
  mkdirSync(leaving);
  for (let i = 0; i < LEAVING; i++)
    await sharp({ create: { width: 64, height: 64 + (i % 50), channels: 3, background: '#987' } })
      .png()
      .toFile(path.join(leaving, `${String(i).padStart(3, '0')}.png`));
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
  const found = await rowsOf(client);
  expect(new Set(found.map((row) => row.relativePath)).size).toBe(LEAVING);
  const missing = found.filter((row) => row.kind === 'unreadable');
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.every((row) => row.unscored?.kind === 'unreadable' && row.unscored.reason === 'disappeared')).toBe(
    true,
  );
});

describe('a disk of 3 MB', { tags: ['small-disk'] }, () => {
  const folder = path.join(root, 'disk', 'case');

  test('a case that does not fit is refused with a sentence, leaves no case, and is made there once there is space', async () => {
    for (const pages of [0, 4, 12, 24, 48]) {
      const place = path.join(disk!.folder, 'made');
      disk!.fill(pages * 4096);
      const made = await client.case.create({ folder: place, title: 'M', reference: '' }).catch((error) => error);
      if (made instanceof Error) {
        expect(made).toMatchObject({ code: 'DISK_FULL' });
        expect(await client.case.open({ folder: place }).catch((error) => error)).toMatchObject({
          code: 'CASE_NOT_FOUND',
        });
      }
      disk!.empty();
      if (made instanceof Error) await client.case.create({ folder: place, title: 'M', reference: '' });
      expect((await client.case.verify()).problems).toEqual([]);
      await client.case.close();
      rmSync(place, { recursive: true });
    }
  });

  test('when it is full the scan fails with a sentence, the case is whole, and with space it goes on to the same rows', async () => {
    await client.case.create({ folder, title: 'F', reference: '' });
    disk!.fill(300 * 1024);
    expect(await scan(client, [media])).toMatch(/The disk is full/);
    await client.case.close();
    expect(problemsOnDisk(folder)).toEqual([]);
    disk!.empty();
    disk!.resize(64);
    await client.case.open({ folder });
    for (const job of await client.job.list())
      if (['queued', 'running'].includes(job.state)) await ended(client, job.id);
    expect(await scan(client, [media])).toBe('done');
    expect(await rowsOf(client)).toEqual(undisturbed);
    expect((await client.case.verify()).problems).toEqual([]);
  });

  test.each(['pdf', 'json', 'csv', 'jsonld'] as const)(
    'a report that does not fit is an error with a sentence and leaves no part of itself (%s)',
    async (format) => {
      // What it keeps of the files is kept once it was written elsewhere: now only the report
      // itself wants space.
      await client.report.export({ options: {}, format, path: path.join(root, `elsewhere.${format}`) });
      // Of JSON the first page fits.
      disk!.fill(format.startsWith('json') ? 4096 : 0);
      const file = path.join(disk!.folder, `report.${format}`);
      await expect(client.report.export({ options: {}, format, path: file })).rejects.toMatchObject({
        code: 'DISK_FULL',
        data: { subject: file },
      });
      expect(readdirSync(disk!.folder).filter((name) => name.startsWith('report'))).toEqual([]);
      disk!.empty();
    },
  );
});

/**
 * A copy of the undisturbed case that cannot be written: on an unwritable disk where one can be
 * mounted, else by its permissions.
 */
function unwritableCopy(name: string): { folder: string; writable: () => void } {
  const folder = path.join(disk?.folder ?? root, name);
  cpSync(path.join(root, 'undisturbed'), folder, { recursive: true });
  // A copy is a case from elsewhere: of it no file is opened but what it brings along.
  mkdirSync(path.join(folder, 'evidence'));
  for (const name of readdirSync(media))
    cpSync(path.join(media, name), path.join(folder, 'evidence', sha256Of(readFileSync(path.join(media, name)))));
  // As on a disc, which lets nobody write a file.
  for (const name of readdirSync(folder)) if (name.startsWith('case.sqlite')) chmodSync(path.join(folder, name), 0o444);
  if (!disk) chmodSync(folder, 0o555);
  disk?.setWritable(false);
  return { folder, writable: () => (disk ? disk.setWritable(true) : chmodSync(folder, 0o755)) };
}

// As root a permission keeps nobody out, and without root there is no disk: one of the two ways is
// always there.
describe('a case that cannot be written', () => {
  let folder: string;
  let makeWritable: () => void;
  let before: Record<string, string>;
  beforeAll(async () => {
    // Left by a process that was killed: the newest rows are in the write-ahead log, and no shared
    // memory lies beside it.
    await client.case.open({ folder: path.join(root, 'undisturbed') });
    await client.session.set({ examiner: 'The last to work on it' });
    disk?.resize(64);
    ({ folder, writable: makeWritable } = unwritableCopy('unwritable'));
    await client.case.close();
    before = hashes(folder);
    expect(Object.keys(before)).toContain('case.sqlite-wal');
  });
  afterAll(() => makeWritable());

  test('is opened for viewing, with what only its write-ahead log holds, and says that it cannot be written', async () => {
    expect(await client.case.open({ folder })).toMatchObject({ title: 'D', writable: false });
    // The copy that is looked at takes no mode from it, by which nobody but root could open it.
    const copies = (readdirSync(app, { recursive: true }) as string[]).filter((name) =>
      /view-.*case\.sqlite/.test(name),
    );
    expect(copies).not.toEqual([]);
    for (const name of copies) expect(statSync(path.join(app, name)).mode & 0o777, name).toBe(0o600);
    expect(await rowsOf(client)).toEqual(undisturbed);
    const [last] = await client.case.activity({ limit: 1 });
    expect(last).toMatchObject({ action: 'examiner.chosen', who: 'The last to work on it' });
    expect(await client.job.list()).toMatchObject([{ state: 'done' }]);
    const jobs = await client.job.watch();
    expect(await jobs.next()).toMatchObject({ done: false, value: { job: { state: 'done' } } });
    await jobs.return?.(undefined as never);
  });

  test('is verified, reported and packed elsewhere', async () => {
    expect(await client.case.verify()).toMatchObject({ problems: [] });
    const report = path.join(root, 'viewed.pdf');
    const exported = await client.report.export({ options: {}, format: 'pdf', path: report });
    expect(sha256Of(readFileSync(report))).toBe(exported.sha256);
    const kept = await client.report.export({ options: {}, format: 'json' });
    expect(path.dirname(kept.path)).toBe(path.join(app, 'reports'));
    // Structure and credentials are read from the files now, and the report says that the case does
    // not have them.
    const { provenance } = JSON.parse(readFileSync(kept.path, 'utf8')) as ReportDocument;
    expect(provenance.length).toBeGreaterThan(0);
    for (const { evidenceId, recorded, provenance: found } of provenance) {
      expect([found.kind, recorded]).toEqual(['examined', false]);
      expect(await client.evidence.provenance({ id: evidenceId })).toEqual({ found, recorded: false });
    }
    await expect(
      client.report.export({ options: {}, format: 'json', path: path.join(folder, 'r.json') }),
    ).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await client.case.pack({ file: path.join(root, 'viewed.recce'), models: false });
    expect(
      await client.case.unpack({ file: path.join(root, 'viewed.recce'), folder: path.join(root, 'unpacked') }),
    ).toMatchObject({ title: 'D', writable: true });
    await client.case.open({ folder });
  });

  test('refuses every change with a sentence', async () => {
    const { rows } = await client.finding.query({ filter: {}, offset: 0, limit: 1 });
    const { evidenceId, faceId } = rows[0]!;
    const view = { name: 'V', filter: {}, sort: { by: 'score', direction: 'ascending' } } as const;
    const changes: Promise<unknown>[] = [
      client.scan.start({ paths: [media] }),
      client.rerun.start({ verdictIds: [rows[0]!.verdictId as VerdictId] }),
      client.opinion.give({ evidenceId, faceId, conclusion: 'forged' }),
      client.session.set({ examiner: 'Another' }),
      client.finding.saveView(view),
      client.finding.removeView({ id: 1 as never }),
      client.job.cancel({ id: 1 as never }),
    ];
    for (const change of changes)
      await expect(change).rejects.toMatchObject({
        code: 'CASE_READ_ONLY',
        data: { detail: 'it cannot be written. Copy it to a disk that can.' },
      });
    await expect(client.case.restore({ folder })).rejects.toMatchObject({ code: 'CASE_READ_ONLY' });
    await expect(
      client.case.create({ folder: path.join(folder, 'new'), title: 'N', reference: '' }),
    ).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });

  test('is byte for byte as it was, and the copy that was looked at is gone', async () => {
    await client.case.close();
    expect(hashes(folder)).toEqual(before);
    expect(readdirSync(path.join(app, 'viewing'))).toEqual([]);
  });

  test('is for writing again once it can be', async () => {
    makeWritable();
    expect(await client.case.open({ folder })).toMatchObject({ writable: true });
    await client.case.close();
  });
});
