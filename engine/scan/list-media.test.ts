// What a folder is taken to hold: deep trees, links, pipes, names in any script.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listMedia } from './list-media.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-listing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// As deep as a path can be. Resolving each folder's links anew took minutes for it.
test('a tree of nearly two thousand folders in one another', { timeout: 60_000 }, async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'deep-'));
  const deepest = path.join(root, ...Array.from({ length: 1900 }, () => 'a'));
  mkdirSync(deepest, { recursive: true });
  writeFileSync(path.join(deepest, 'b'), 'x');
  const files = [];
  for await (const file of listMedia([root], [path.join(root, 'a', 'case')])) files.push(file);
  rmSync(root, { recursive: true });
  expect(files).toEqual([{ path: path.join(deepest, 'b'), relativePath: `${'a/'.repeat(1900)}b` }]);
});

test('a folder that is never evidence is left out, whatever links it is named through', async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'except-'));
  mkdirSync(path.join(root, 'real', 'case', 'blobs'), { recursive: true });
  symlinkSync(path.join(root, 'real'), path.join(root, 'link'));
  for (const name of ['case/blobs/x', 'y']) writeFileSync(path.join(root, 'real', name), 'x');
  for (const [named, except] of [
    ['link', 'real'],
    ['real', 'link'],
    ['link', 'link'],
  ]) {
    const files: string[] = [];
    for await (const { relativePath } of listMedia([`${path.join(root, named!)}/`], [path.join(root, except!, 'case')]))
      files.push(relativePath);
    expect(files, named).toEqual(['y']);
  }
  rmSync(root, { recursive: true });
});

test('order, names in any script, links, pipes and what may not be read', async () => {
  const root = path.join(folder, 'list');
  mkdirSync(path.join(root, 'sub'), { recursive: true });
  writeFileSync(path.join(folder, 'outside.jpg'), 'x');
  for (const name of ['b.jpg', 'a.jpg', 'фото.jpg', '照片.png', 'صورة.jpg', 'sub/c.jpg'])
    writeFileSync(path.join(root, name), 'x');
  symlinkSync(path.join(folder, 'outside.jpg'), path.join(root, 'z-out.jpg'));
  symlinkSync(path.join(root, 'a.jpg'), path.join(root, 'z-in.jpg'));
  symlinkSync(path.join(root, 'nowhere'), path.join(root, 'z-nowhere.jpg'));
  if (process.platform !== 'win32') execFileSync('mkfifo', [path.join(root, 'z-pipe.jpg')]);
  if (process.platform !== 'win32') symlinkSync(path.join(root, 'z-pipe.jpg'), path.join(root, 'z-pipelink.jpg'));
  const files: string[] = [];
  for await (const file of listMedia([root]))
    files.push(`${file.relativePath}${file.problem ? ` ${file.problem}` : ''}`);
  expect(files).toEqual([
    'a.jpg',
    'b.jpg',
    'sub/c.jpg',
    'z-in.jpg',
    'z-nowhere.jpg disappeared',
    'z-out.jpg outsideFolder',
    ...(process.platform === 'win32' ? [] : ['z-pipe.jpg notARegularFile', 'z-pipelink.jpg notARegularFile']),
    'фото.jpg',
    'صورة.jpg',
    '照片.png',
  ]);
});

test('a file without permission is an entry, not an end', async () => {
  const locked = path.join(folder, 'locked');
  mkdirSync(locked);
  chmodSync(locked, 0);
  const files = [];
  for await (const file of listMedia([locked])) files.push(file.problem);
  chmodSync(locked, 0o700);
  expect(files).toEqual(process.getuid?.() === 0 ? [] : ['permissionDenied']);
});
