// A data set from elsewhere reads its own files alone: no path and no link leads out of it, and a
// pipe or a device in place of a file is refused and not waited for.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { FaceLine } from './face-folder.ts';
import { openFaceFolder, readFaceFolder } from './face-folder.ts';
import { faceFolderSource } from './face-folder-source.ts';
import { loadCelebDf } from './layouts/celeb-df.ts';
import { loadDfdc } from './layouts/dfdc.ts';
import { loadPairs } from './layouts/pairs.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-foreign-set-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const outside = path.join(root, 'outside.png');
writeFileSync(
  outside,
  await sharp({ create: { width: 16, height: 16, channels: 3, background: '#f00' } })
    .png()
    .toBuffer(),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'set-'));
});
const pipe = (name: string) => execFileSync('mkfifo', [path.join(folder, name)]);

const HEAD = {
  format: 'recce-faces-1' as const,
  cropRecipe: 'square-1.3',
  sidePx: 16,
  finderSha256: 'a'.repeat(64) as never,
  appVersion: '0',
  from: 'a set',
  remarks: [],
};
const face = (file: string): FaceLine => ({
  kind: 'face',
  file,
  from: 'a.jpg',
  frameIndex: 0,
  label: 0,
  source: 'a',
  split: 'training',
  strata: {},
  measures: null,
});
const sourceOf = () =>
  faceFolderSource({ folder, split: 'all', seed: 1, inputPx: 16, cropRecipe: 'square-1.3', degradation: null });
async function makeFolder(file: string): Promise<void> {
  const opened = await openFaceFolder(folder, HEAD);
  await opened.add(face(file));
  await opened.add({ kind: 'done', from: 'a.jpg' });
  mkdirSync(path.join(folder, 'faces'), { recursive: true });
}

test.each(['../outside.png', 'faces/../../outside.png', outside, 'faces\\..\\..\\outside.png', 'other/a.png'])(
  'a face of a folder that lies at %s is none of it',
  async (file) => {
    await makeFolder(file);
    await expect(sourceOf()).rejects.toThrow(/leads out of the folder/);
  },
);

test('links, a folder that is one, and pipes are not read as faces', async () => {
  await makeFolder('faces/a.png');
  symlinkSync(outside, path.join(folder, 'faces/a.png'));
  await expect(sourceOf()).rejects.toMatchObject({ code: 'MATERIAL_REFUSED' });
  rmSync(path.join(folder, 'faces'), { recursive: true });
  symlinkSync(root, path.join(folder, 'faces'));
  await expect(sourceOf()).rejects.toMatchObject({ code: 'MATERIAL_REFUSED' });
  rmSync(path.join(folder, 'faces'));
  mkdirSync(path.join(folder, 'faces'));
  pipe('faces/a.png');
  await expect(sourceOf()).rejects.toMatchObject({ code: 'MATERIAL_REFUSED' });
  rmSync(path.join(folder, 'faces/a.png'));
  writeFileSync(path.join(folder, 'faces/a.png'), await sharp(outside).toBuffer());
  expect((await (await sourceOf()).sample(0, 0)).label).toBe(0);
});

test('a pipe in place of a list is not waited for, whatever the layout', async () => {
  for (const name of ['faces.json', 'pairs.csv', 'metadata.json']) pipe(name);
  await expect(readFaceFolder(folder)).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  await expect(loadPairs(folder)).rejects.toThrow('It is a link, a pipe or a device, not a file.');
  // What is no file is not seen there.
  expect(await loadDfdc(folder)).toBeUndefined();
  mkdirSync(path.join(folder, 'Celeb-real'));
  writeFileSync(path.join(folder, 'Celeb-real/id0_0000.mp4'), '');
  pipe('List_of_testing_videos.txt');
  await expect(loadCelebDf(folder)).rejects.toThrow(/is missing/);
});

test('a row of pairs.csv that is a link, a pipe or behind a link out of the set is refused', async () => {
  const rows = (file: string) => writeFileSync(path.join(folder, 'pairs.csv'), `file,label,original\n${file},0,a\n`);
  symlinkSync(outside, path.join(folder, 'l.png'));
  symlinkSync(root, path.join(folder, 'away'));
  pipe('p.png');
  for (const file of ['l.png', 'away/outside.png', 'p.png']) {
    rows(file);
    await expect(loadPairs(folder)).rejects.toMatchObject({ code: 'MATERIAL_REFUSED' });
  }
  writeFileSync(path.join(folder, 'own.png'), '');
  rows('own.png');
  expect((await loadPairs(folder))?.files).toHaveLength(1);
});
