// What killed processes left half-written is removed when a case is opened for writing, and entered
// in its log; nothing else is touched.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openEngineParts } from '../app/testing/engine-parts.ts';
import { createBlobStore, sha256Of } from '../blobs/blob-store.ts';
import { sweepBlobs } from '../blobs/sweep-blobs.ts';
import { listAudit } from '../case/log/audit.ts';
import { blobFolder, closeCase, createCase, openCase, openCaseForReading } from '../case/open-case.ts';
import { sweepCase } from './sweep-case.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-sweep-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = path.join(root, 'case');
const WHOLE = Buffer.from('a whole picture');
const HALF = sha256Of(Buffer.from('a picture that was never finished'));
const half = path.join('blobs', HALF.slice(0, 2), `${HALF}.0a1b2c3d-0000-4000-8000-0123456789ab.tmp`);
const backup = path.join('backups', 'case-000000007.sqlite.tmp');
/** Files that are not the workstation's own, or not unfinished. */
const KEPT = [
  path.join('blobs', HALF.slice(0, 2), 'notes.tmp'),
  path.join('blobs', HALF.slice(0, 2), `${HALF}.tmp`),
  path.join('blobs', HALF.slice(0, 2), `${HALF}.0a1b2c3d-0000-4000-8000-0123456789ab.tmp.txt`),
  path.join('blobs', 'elsewhere', path.basename(half)),
  path.join('backups', 'mine.sqlite.tmp'),
  path.join('reports', 'report.pdf.tmp'),
];

beforeEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  closeCase(createCase(folder, { title: 'T', reference: '', demonstration: false }));
  await createBlobStore(blobFolder(folder)).put(WHOLE);
  for (const name of [half, backup, ...KEPT]) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), 'half');
  }
});

const filesNow = (): string[] => readdirSync(folder, { recursive: true }).map(String);

test('unfinished pictures and backups go when the case is opened for writing; the log names them, and nothing else goes', async () => {
  const before = filesNow();
  const opened = openCase(folder);
  const sweep = sweepCase(opened);
  await expect.poll(() => listAudit(opened, { limit: 1 }).at(0)?.action).toBe('files.swept');
  await sweep.close();
  expect(listAudit(opened, { limit: 1 })[0]).toMatchObject({
    who: '',
    subject: '2 unfinished files of an interrupted process',
    details: { files: 2, sizeBytes: 8, names: [backup, path.basename(half)] },
  });
  closeCase(opened);
  expect(before.filter((name) => !filesNow().includes(name)).sort()).toEqual([backup, half].sort());
  const again = openCase(folder);
  await sweepCase(again).close();
  expect(listAudit(again, { limit: 10 }).filter(({ action }) => action === 'files.swept')).toHaveLength(1);
  closeCase(again);
});

test('the engine sweeps what it opens for writing, and leaves alone what it opens for reading', async () => {
  const engine = openEngineParts({ appDataFolder: path.join(root, 'app') });
  try {
    await engine.currentCase.use(openCaseForReading(folder));
    await engine.currentCase.leave();
    expect([half, backup].map((name) => existsSync(path.join(folder, name)))).toEqual([true, true]);
    await engine.currentCase.use(openCase(folder));
    await expect.poll(() => existsSync(path.join(folder, half))).toBe(false);
  } finally {
    await engine.close();
  }
});

test('a picture that this process is writing meanwhile is left to it', async () => {
  const store = createBlobStore(blobFolder(folder));
  let done = false;
  const pictures = Array.from({ length: 60 }, (_, i) => Buffer.alloc(400_000, i));
  const writing = Promise.all(pictures.map((one) => store.put(one))).finally(() => {
    done = true;
  });
  while (!done) await sweepBlobs(blobFolder(folder), new AbortController().signal);
  for (const sha256 of await writing) expect(store.has(sha256)).toBe(true);
});

test('a folder of pictures that is a link is neither swept nor written to: another case may lie there', async () => {
  const elsewhere = path.join(root, 'elsewhere');
  const group = path.dirname(half);
  mkdirSync(elsewhere, { recursive: true });
  writeFileSync(path.join(elsewhere, path.basename(half)), 'being written');
  rmSync(path.join(folder, group), { recursive: true });
  symlinkSync(elsewhere, path.join(folder, group));
  expect(await sweepBlobs(blobFolder(folder), new AbortController().signal)).toEqual([]);
  const store = createBlobStore(blobFolder(folder));
  await expect(store.put(Buffer.from('a picture that was never finished'))).rejects.toThrow('Its folder is a link.');
  await expect(store.list()).rejects.toThrow('Its folder is a link.');
  expect(readdirSync(elsewhere)).toEqual([path.basename(half)]);
});
