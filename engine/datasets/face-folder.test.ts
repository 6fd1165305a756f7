// A folder of faces that something happened to: what is in it is neither mixed with others nor
// lost.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { makeSmallDisk } from '../survival/testing/small-disk.ts';
import { type FaceFolderHead, openFaceFolder, readFaceFolder } from './face-folder.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-face-folder-'));
const folder = path.join(root, 'faces');
const lines = path.join(folder, 'faces.jsonl');
afterAll(() => rmSync(root, { recursive: true, force: true }));

const head = {
  format: 'recce-faces-1',
  cropRecipe: 'square-1.3',
  sidePx: 64,
  finderSha256: 'a'.repeat(64),
  appVersion: '1',
  from: 'a set',
  remarks: [],
} as unknown as FaceFolderHead;

beforeEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  const opened = await openFaceFolder(folder, head);
  for (const from of ['a.jpg', 'b.jpg']) await opened.add({ kind: 'none', from, reason: 'no face' });
});

test('a head that cannot be read is refused: faces cut in another way would come among those that are there', async () => {
  const before = readFileSync(lines, 'utf8');
  for (const broken of ['', '{', JSON.stringify({ ...head, sidePx: -1 })]) {
    writeFileSync(path.join(folder, 'faces.json'), broken);
    await expect(openFaceFolder(folder, { ...head, cropRecipe: 'another' })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      detail: expect.stringContaining('cannot be read'),
    });
    expect(readFileSync(path.join(folder, 'faces.json'), 'utf8')).toBe(broken);
    expect(readFileSync(lines, 'utf8')).toBe(before);
  }
});

test('lines that cannot be read are refused and stay: what was cut is not forgotten', async () => {
  rmSync(lines);
  mkdirSync(lines);
  await expect(readFaceFolder(folder)).rejects.toThrow('EISDIR');
  await expect(openFaceFolder(folder, head)).rejects.toMatchObject({ detail: expect.stringContaining('EISDIR') });
});

const disk = makeSmallDisk(path.join(root, 'disk'), 1);
describe('a disk of 1 MB', { tags: ['small-disk'] }, () => {
  afterAll(() => disk?.remove());

  test('an extraction that is taken up on a full disk loses nothing of what it had cut', async () => {
    const small = path.join(disk!.folder, 'faces');
    const opened = await openFaceFolder(small, head);
    for (let n = 0; n < 500; n++) await opened.add({ kind: 'none', from: `${n}.jpg`, reason: 'no face' });
    disk!.fill();
    await expect(openFaceFolder(small, head)).rejects.toThrow('ENOSPC');
    expect((await readFaceFolder(small)).lines).toHaveLength(500);
    disk!.empty();
    expect((await openFaceFolder(small, head)).done.size).toBe(500);
  });
});

test('a face is written through no link that somebody has put in its place or on the way to it', async () => {
  const photograph = path.join(root, 'photograph.jpg');
  const pictures = path.join(root, 'pictures');
  mkdirSync(pictures, { recursive: true });
  writeFileSync(photograph, 'a photograph');
  mkdirSync(path.join(folder, 'faces', 'real'), { recursive: true });
  symlinkSync(photograph, path.join(folder, 'faces', 'real', 'a.jpg.000000.png'));
  symlinkSync(pictures, path.join(folder, 'faces', 'other'));
  rmSync(lines);
  symlinkSync(photograph, lines);
  await expect(openFaceFolder(folder, head)).rejects.toMatchObject({
    code: 'WRITE_FAILED',
    detail: expect.stringContaining('It is a link'),
  });
  rmSync(lines);
  const opened = await openFaceFolder(folder, head);
  const line = (file: string) => ({ kind: 'face', from: file, file }) as unknown as Parameters<typeof opened.add>[0];
  await opened.add(line('faces/real/a.jpg.000000.png'), Buffer.from('a face'));
  await expect(opened.add(line('faces/other/b.png'), Buffer.from('a face'))).rejects.toMatchObject({
    code: 'WRITE_FAILED',
    detail: expect.stringContaining('faces/other is a link'),
  });
  expect(readFileSync(photograph, 'utf8')).toBe('a photograph');
  expect(readFileSync(path.join(folder, 'faces', 'real', 'a.jpg.000000.png'), 'utf8')).toBe('a face');
  expect(readdirSync(pictures)).toEqual([]);
});
