import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { filesNamed } from '../grid/row-bitmap.ts';
import { closeCase, createCase } from '../open-case.ts';
import { addFile } from '../testing/case-material.ts';
import { tamperWith } from '../testing/tamper.ts';
import { exhibitBytes, exhibitNames } from './exhibit.ts';
import { idsNamed } from './name-search.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-names-'));

test('a name is found in any script, whatever its case and however its characters are composed (case 4)', () => {
  const opened = createCase(path.join(root, 'case'), { title: 'N', reference: '', demonstration: false });
  const names = [
    'Überwachung/KAMERA 1.jpg',
    'U\u0308berwachung/Strasse.jpg',
    'ДЕЛО № 7/фото.jpg',
    'ΣΟΦΟΣ.jpg',
    'Straße.jpg',
    'ｆａｃｅ.jpg',
    'plain.jpg',
  ];
  for (const name of names) addFile(opened, name, [0.5]);
  const found = (text: string): string[] => idsNamed(opened.db, text).map((id) => names[id - 1]!);
  expect(found('überwachung')).toEqual([names[0], names[1]]);
  expect(found('U\u0308BERWACHUNG/k')).toEqual([names[0]]);
  expect(found('дело')).toEqual([names[2]]);
  expect(found('ФОТО')).toEqual([names[2]]);
  expect(found('σοφος')).toEqual([names[3]]);
  expect(found('STRASSE')).toEqual([names[1], names[4]]);
  expect(found('face')).toEqual([names[5]]);
  // Each file once, though it matches often; nothing across two names; names that come later too.
  expect(found('.jpg')).toEqual(names);
  expect(found('jpg\0u')).toEqual([]);
  expect(found('1.jpgu')).toEqual([]);
  addFile(opened, 'später Дело.jpg', [0.5]);
  expect(idsNamed(opened.db, 'дело')).toEqual([3, 8]);
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

test('a path is found as it is shown, with the name of its exhibit before it', () => {
  const opened = createCase(path.join(root, 'shown'), { title: 'N', reference: '', demonstration: false });
  for (const seizure of ['One', 'Two'])
    for (const name of ['films/clip1.mp4', 'films/clip2.mp4', 'a.jpg'])
      addFile(opened, name, [0.5], { path: `/nowhere/${seizure}/${name}` });
  // So many that the others are few.
  for (let n = 0; n < 60; n++) addFile(opened, `x${n}.png`, [0.5], { path: `/nowhere/One/x${n}.png` });
  expect(exhibitNames(opened).map(({ name }) => name)).toEqual(['One', 'Two']);
  const found = (text: string) => filesNamed(opened.db, text).few ?? 'many';
  expect(found('films/clip1')).toEqual([1, 4]);
  expect(found('two/films/clip1')).toEqual([4]);
  expect(found('wo/FILMS/clip2.mp4')).toEqual([5]);
  expect(found('two/clip1')).toEqual([]);
  expect(found('three/films')).toEqual([]);
  closeCase(opened);
});

test('a row whose number no row of a case has is read once, and masks of it are refused', () => {
  const opened = createCase(path.join(root, 'planted'), { title: 'N', reference: '', demonstration: false });
  addFile(opened, 'plain.jpg', [0.5]);
  tamperWith(opened.db.raw, 'UPDATE evidence SET id = 20000000000');
  expect(idsNamed(opened.db, 'plain')).toEqual([20_000_000_000]);
  expect(() => filesNamed(opened.db, 'plain')).toThrow('Evidence 20000000000');
  expect(() => exhibitBytes(opened.db)).toThrow('Evidence 20000000000');
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

test('folders of one name are numbered in the order they came, in time that grows with them', () => {
  const opened = createCase(path.join(root, 'many'), { title: 'N', reference: '', demonstration: false });
  opened.db.raw.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    INSERT INTO source (id, root) SELECT i, '/' || i || '/DCIM' FROM n`);
  const names = exhibitNames(opened);
  expect([names[0], names[1], names.at(-1)].map((one) => one!.name)).toEqual(['DCIM', 'DCIM (2)', 'DCIM (30000)']);
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});
