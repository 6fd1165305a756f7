// Tiny trees of each published layout: labels, sources and splits as their authors meant them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadLabelledSet } from '../load-labelled-set.ts';
import { splitFromName } from '../split.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-layouts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Makes empty files, and text files where there is content. */
function tree(name: string, files: readonly string[], texts: Readonly<Record<string, string>> = {}): string {
  const folder = path.join(root, name);
  for (const file of [...files, ...Object.keys(texts)]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), texts[file] ?? '');
  }
  return folder;
}

const rows = async (folder: string, options = {}) =>
  (await loadLabelledSet(folder, options)).files.map((f) => [f.relativePath, f.label, f.source, f.split]);

test('FaceForensics++: official splits, both videos of a pair one source, method and compression as strata', async () => {
  const folder = tree(
    'ff',
    [
      'original_sequences/youtube/c23/videos/071.mp4',
      'original_sequences/youtube/c40/videos/071.mp4',
      'manipulated_sequences/Deepfakes/c23/videos/071_054.mp4',
      'manipulated_sequences/FaceSwap/c23/images/054_071/0001.png',
      'manipulated_sequences/Deepfakes/c23/videos/900_901.mp4',
    ],
    {
      'splits/train.json': '[["720","672"]]',
      'splits/val.json': '[["071","054"]]',
      'splits/test.json': '[["953","974"]]',
    },
  );
  expect(await rows(folder, { compression: 'c23' })).toEqual([
    ['original_sequences/youtube/c23/videos/071.mp4', 0, '054_071', 'validation'],
    ['manipulated_sequences/Deepfakes/c23/videos/071_054.mp4', 1, '054_071', 'validation'],
    ['manipulated_sequences/FaceSwap/c23/images/054_071/0001.png', 1, '054_071', 'validation'],
  ]);
  const set = await loadLabelledSet(folder, { methods: ['FaceSwap'] });
  expect(set.files.map((f) => f.strata)).toEqual([
    { compression: 'c23' },
    { compression: 'c40' },
    { compression: 'c23', forgery: 'FaceSwap' },
  ]);
  expect((await loadLabelledSet(folder)).remarks).toEqual(['In no official split, left out: Deepfakes/900_901']);
});

test('FaceForensics++ without its split files is refused: guessing would leak', async () => {
  const folder = tree('ff-bare', ['original_sequences/youtube/c23/videos/071.mp4']);
  await expect(loadLabelledSet(folder)).rejects.toThrow(/train.json is missing/);
});

test('Celeb-DF: the test list decides, its 1 is genuine, sources are persons, and shared persons are told', async () => {
  const folder = tree(
    'celeb',
    [
      'Celeb-real/id0_0000.mp4',
      'Celeb-real/id1_0003/00012.png',
      'Celeb-synthesis/id0_id16_0000.mp4',
      'YouTube-real/00170.mp4',
    ],
    { 'List_of_testing_videos.txt': '1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id0_id16_0000.mp4\n' },
  );
  const found = await rows(folder);
  expect(found.filter((row) => row[3] === 'test')).toEqual([
    ['YouTube-real/00170.mp4', 0, 'youtube-00170', 'test'],
    ['Celeb-synthesis/id0_id16_0000.mp4', 1, 'id0', 'test'],
  ]);
  expect(found[1]!.slice(1, 3)).toEqual([0, 'id1']);
  expect((await loadLabelledSet(folder)).remarks[0]).toMatch(/shares 1 persons/);
  const bare = tree('celeb-bare', ['Celeb-real/id0_0000.mp4']);
  await expect(loadLabelledSet(bare)).rejects.toThrow(/List_of_testing_videos.txt is missing/);
});

test('Celeb-DF: a swap between a training and a validation person belongs to neither', async () => {
  const persons = Array.from({ length: 40 }, (_, i) => `id${i}`);
  const [a, b] = [
    persons.find((p) => splitFromName(p) === 'training')!,
    persons.find((p) => splitFromName(p) === 'validation')!,
  ];
  const c = persons.find((p) => p !== a && splitFromName(p) === 'training')!;
  const folder = tree(
    'celeb-parted',
    [`Celeb-real/${a}_0000.mp4`, `Celeb-synthesis/${a}_${b}_0000.mp4`, `Celeb-synthesis/${a}_${c}_0000.mp4`],
    {
      'List_of_testing_videos.txt': '',
    },
  );
  const set = await loadLabelledSet(folder);
  expect(set.files.map((file) => file.relativePath)).toEqual([
    `Celeb-real/${a}_0000.mp4`,
    `Celeb-synthesis/${a}_${c}_0000.mp4`,
  ]);
  expect(set.remarks).toEqual([
    '1 files show two persons of whom one is training and the other validation; they were left out.',
  ]);
});

test('WildDeepfake: four parts, a number under real is another video than under fake', async () => {
  const folder = tree('wild', ['real_train/3/real/0/1.png', 'fake_train/3/fake/0/1.png', 'fake_test/9/fake/1/2.png']);
  const found = await rows(folder);
  expect(found).toContainEqual(['fake_test/9/fake/1/2.png', 1, 'test-fake-9', 'test']);
  expect(new Set(found.map((row) => row[2])).size).toBe(3);
});

test('DFDC: labels from metadata.json, a fake belongs to its original, unlisted files are named', async () => {
  const folder = tree('dfdc', ['part_0/aaa.mp4', 'part_0/bbb/0001.png', 'part_0/ccc.mp4', 'part_1/ddd.mp4'], {
    'part_0/metadata.json': JSON.stringify({
      'aaa.mp4': { label: 'FAKE', split: 'train', original: 'bbb.mp4' },
      'bbb.mp4': { label: 'REAL', split: 'train', original: null },
    }),
    'part_1/metadata.json': JSON.stringify({ 'ddd.mp4': { is_fake: 1, split: 'test' } }),
  });
  const found = await rows(folder);
  expect(found.map((row) => row.slice(0, 3))).toEqual([
    ['part_0/aaa.mp4', 1, 'bbb'],
    ['part_0/bbb/0001.png', 0, 'bbb'],
    ['part_1/ddd.mp4', 1, 'ddd'],
  ]);
  expect(found[0]![3]).toBe(found[1]![3]);
  expect(found[2]![3]).toBe('test');
  expect((await loadLabelledSet(folder)).remarks).toEqual(['Not in any metadata.json, left out: part_0/ccc.mp4']);
});

test('real and fake folders: a folder below is a source, the same name on both sides is the same source', async () => {
  const folder = tree('plain', [
    'real/anna/1.jpg',
    'real/anna/2.jpg',
    'fake/anna/1.jpg',
    'fake/bert.png',
    'real/note.txt',
  ]);
  const found = await rows(folder);
  expect(found.map((row) => row.slice(0, 3))).toEqual([
    ['fake/anna/1.jpg', 1, 'anna'],
    ['fake/bert.png', 1, 'bert'],
    ['real/anna/1.jpg', 0, 'anna'],
    ['real/anna/2.jpg', 0, 'anna'],
  ]);
  expect(new Set(found.filter((row) => row[2] === 'anna').map((row) => row[3])).size).toBe(1);
  const split = tree('plain-split', ['train/real/a.png', 'test/fake/b.png']);
  expect((await rows(split)).map((row) => row[3])).toEqual(['test', 'training']);
});

test('a folder without any of these is refused, saying what would do', async () => {
  await expect(loadLabelledSet(tree('other', ['a.jpg']))).rejects.toThrow(/a folder real\/ and a folder fake\//);
});

test('pairs.csv: labels and originals as it says, splits by the original; a line that is no row of it is named', async () => {
  const row = 'real/a.jpg,0,a\nfake/x.jpg,1,a\nreal/b.jpg,0,b\n';
  const folder = tree('pairs', ['real/a.jpg', 'fake/x.jpg', 'real/b.jpg'], {
    'pairs.csv': `file,label,original\n${row}`,
  });
  expect(await rows(folder)).toEqual([
    ['real/a.jpg', 0, 'a', splitFromName('a')],
    ['fake/x.jpg', 1, 'a', splitFromName('a')],
    ['real/b.jpg', 0, 'b', splitFromName('b')],
  ]);
  for (const bad of ['../outside.jpg,1,a', 'fake/x.jpg,2,a', 'fake/x.jpg,1', 'fake/x.txt,1,a']) {
    const text = `file,label,original\nreal/a.jpg,0,a\n${bad}\n`;
    await expect(rows(tree(`bad-${bad.length}`, [], { 'pairs.csv': text }))).rejects.toThrow('line 3');
  }
  await expect(rows(tree('head', [], { 'pairs.csv': 'path,label\n' }))).rejects.toThrow('file,label,original');
});
