// Verifying a case of which a picture cannot be read: a problem like the others, behind which everything else is looked at.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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
  const { blobsChecked, problems } = await verifyCase(opened, createBlobStore(blobFolder(opened.folder)), 'E');
  expect(blobsChecked).toBe(4);
  const pictures = problems.filter(({ kind }) => kind === 'blobMissing');
  expect(pictures.map(({ subject }) => subject[0])).toEqual(['c', 'd', 'e', 'f']);
  expect(pictures[0]).toMatchObject({ subject: crop, found: expect.stringContaining('EISDIR') });
  closeCase(opened);
});
