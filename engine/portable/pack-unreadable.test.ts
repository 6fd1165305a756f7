// Packing a case of which something cannot be read: an error, never a packed case with a part of it
// missing without a word.
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createBlobStore } from '../blobs/blob-store.ts';
import { blobFolder, closeCase, createCase } from '../case/open-case.ts';
import { createModelLibrary } from '../library/model-library.ts';
import { packCase } from './pack-case.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-pack-'));
const folder = path.join(root, 'case');
const file = path.join(mkdtempSync(path.join(root, 'out-')), 'case.recce');
const opened = createCase(folder, { title: 'T', reference: '', demonstration: false });
const blobs = createBlobStore(blobFolder(folder));
const library = createModelLibrary(path.join(root, 'models'), path.join(root, 'shipped'), () => '2026');
const pack = () =>
  packCase({ opened, blobs, library, appVersion: '1' }, { file, evidence: false, models: false, replace: false });
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

test('a folder of pictures that cannot be read ends the packing', async () => {
  const sha256 = await blobs.put(new TextEncoder().encode('a picture'));
  const group = path.join(blobFolder(folder), sha256.slice(0, 2));
  rmSync(group, { recursive: true });
  writeFileSync(group, 'no folder');
  await expect(pack()).rejects.toMatchObject({ code: 'WRITE_FAILED', detail: expect.stringContaining('ENOTDIR') });
  expect(existsSync(file)).toBe(false);
  rmSync(group);
});

test('a picture that goes while the case is packed ends it too, and nothing of it is left, on the disk or open', async () => {
  for (let n = 0; n < 400; n++) await blobs.put(new TextEncoder().encode(`picture ${n}`));
  const last = (await blobs.list()).at(-1)!;
  const packing = pack().catch((error: Error) => error);
  while (!existsSync(`${file}.tmp`)) await setImmediate();
  rmSync(path.join(blobFolder(folder), last.slice(0, 2), last));
  expect(await packing).toMatchObject({ code: 'WRITE_FAILED', detail: expect.stringContaining(last) });
  expect(readdirSync(path.dirname(file))).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.startsWith('.pack'))).toEqual([]);
  if (process.platform !== 'linux') return;
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  expect(open.filter((name) => name.includes('case.recce'))).toEqual([]);
});
