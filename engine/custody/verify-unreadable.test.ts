// Verifying a case of which a picture cannot be read: a problem like the others, behind which
// everything else is looked at.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createBlobStore } from '../blobs/blob-store.ts';
import { blobFolder, closeCase, createCase } from '../case/open-case.ts';
import { addFile } from '../case/testing/case-material.ts';
import { verifyCase } from './verify-case.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-verify-unreadable-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a picture that cannot be read is told with the system’s own words, and the others are checked', async () => {
  const opened = createCase(path.join(root, 'case'), { title: 'T', reference: '', demonstration: false });
  addFile(opened, 'a.jpg', [0.5]);
  const crop = 'c'.repeat(64);
  mkdirSync(path.join(blobFolder(opened.folder), 'cc', crop), { recursive: true });
  const { blobsChecked, problems } = await verifyCase(opened, createBlobStore(blobFolder(opened.folder)), 'E', {});
  expect(blobsChecked).toBe(4);
  const pictures = problems.filter(({ kind }) => kind === 'blobMissing');
  expect(pictures.map(({ subject }) => subject[0])).toEqual(['c', 'd', 'e', 'f']);
  expect(pictures[0]).toMatchObject({ subject: crop, found: expect.stringContaining('EISDIR') });
  closeCase(opened);
});

test('what lies in the place of a picture or a backup and is no file of its size is named, neither waited for nor read', {
  tags: ['posix'],
}, async () => {
  const opened = createCase(path.join(root, 'places'), { title: 'T', reference: '', demonstration: false });
  addFile(opened, 'a.jpg', [0.5]);
  const at = (...names: string[]) => path.join(opened.folder, ...names);
  const blob = (letter: string) => at('blobs', letter.repeat(2), letter.repeat(64));
  for (const letter of ['c', 'd', 'f']) mkdirSync(path.dirname(blob(letter)));
  execFileSync('mkfifo', [blob('c')]);
  symlinkSync('/dev/zero', blob('d'));
  const elsewhere = path.join(root, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(path.join(elsewhere, 'e'.repeat(64)), 'of no concern to anybody');
  symlinkSync(elsewhere, path.dirname(blob('e')));
  writeFileSync(blob('f'), '');
  truncateSync(blob('f'), 2 ** 30);
  mkdirSync(at('backups'));
  const backup = (n: number) => at('backups', `case-00000099${n}.sqlite`);
  execFileSync('mkfifo', [backup(1)]);
  symlinkSync('/dev/zero', backup(2));
  symlinkSync('nowhere', backup(3));
  writeFileSync(backup(4), '');
  execFileSync('mkfifo', [`${backup(4)}-journal`]);
  const { problems } = await verifyCase(opened, createBlobStore(blobFolder(opened.folder)), 'E', {});
  const found = problems.map(({ kind, subject, found: said }) => [kind, subject.slice(0, 27), said]);
  expect(found.filter(([kind]) => kind === 'blobMissing')).toEqual([
    ['blobMissing', 'c'.repeat(27), expect.stringContaining('not a file')],
    ['blobMissing', 'd'.repeat(27), expect.stringContaining('not a file')],
    ['blobMissing', 'e'.repeat(27), expect.stringContaining('a link')],
    ['blobMissing', 'f'.repeat(27), expect.stringContaining('1073741824 bytes')],
  ]);
  expect(found.filter(([kind]) => kind === 'databaseDamaged').map(([, subject]) => subject)).toEqual(
    [3, 2, 1].map((n) => `backups/case-00000099${n}.sqli`),
  );
  closeCase(opened);
});
