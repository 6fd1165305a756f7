// Portable cases whose manifest is a bomb: refused by its size and by what is counted while it is
// read, before it is an object in memory.
import { createWriteStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test, vi } from 'vitest';
import yazl from 'yazl';
import { ARCHIVE_FORMAT, MANIFEST } from './archive-format.ts';
import { unpackCase } from './unpack-case.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-manifest-'));
const file = path.join(root, 'packed.recce');
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function pack(manifest: Buffer, filler = 0): Promise<void> {
  const zip = new yazl.ZipFile();
  zip.addBuffer(manifest, MANIFEST);
  if (filler > 0) zip.addBuffer(Buffer.alloc(filler, 1), 'case.sqlite', { compress: false });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
const unpack = () => unpackCase(file, path.join(root, 'case'), { adoptForeign: vi.fn(), testDecoder: vi.fn() });
const entry = JSON.stringify({ name: 'case.sqlite', sizeBytes: 1, sha256: 'a'.repeat(64) });
const head = `{"format":"${ARCHIVE_FORMAT}","version":1,"appVersion":"0","title":"T","entries":[`;

test.each([
  ['lists without end in a small file', Buffer.from(`[${'[],'.repeat(5_000_000)}[]]`), 0, 'larger than itself'],
  [
    'entries that compress to nothing',
    Buffer.from(`${head}${`${entry},`.repeat(100_000)}${entry}]}`),
    0,
    'larger than itself',
  ],
  [
    'more entries than the file has, in a file that is large',
    Buffer.from(`${head}${`${entry},`.repeat(20_000)}${entry}]}`),
    4_000_000,
    'more than the 2 entries',
  ],
  [
    'lists without end in a file that is large',
    Buffer.from(`[${'[],'.repeat(1_000_000)}[]]`),
    4_000_000,
    'more than the 2 entries',
  ],
])('%s', async (_, manifest, filler, words) => {
  const parse = vi.spyOn(JSON, 'parse');
  await pack(manifest, filler);
  await expect(unpack()).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED', message: expect.stringContaining(words) });
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
  expect(readdirSync(root)).toEqual(['packed.recce']);
});
