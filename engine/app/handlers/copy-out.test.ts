// Originals out of a case: what is copied is what was taken in, what is not is named, nothing is written
// where evidence or the case lies, and evidence stays as it is.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sha256 } from '../../../contract/brand.ts';
import type { CopiedOut } from '../../../contract/copy-out.ts';
import type { Tagged } from '../../../contract/tag.ts';
import { closeCase, openCase } from '../../case/open-case.ts';
import { addFile, addRefused } from '../../case/testing/case-material.ts';
import type { Client } from '../../index.ts';
import { nameOf } from '../../report/copy-out.ts';
import { installations } from '../../testing/installations.ts';

const { root, start } = installations('copy-out');
const media = path.join(root, 'media');
let client: Client;
let folder: string;
let n = 0;

const hashOf = (file: string): Sha256 => createHash('sha256').update(readFileSync(file)).digest('hex') as Sha256;
const EVERYTHING: Tagged = { filter: {} };
const to = (name: string): string => path.join(root, 'out', `${name}-${n}`);

async function copy(results: Tagged, place: string, examiner?: string): Promise<CopiedOut> {
  const request = { results, folder: place, ...(examiner === undefined ? {} : { examiner }) };
  for await (const event of await client.report.copyOut(request)) if (event.kind === 'done') return event.copied;
  throw new Error('It ended without a result.');
}

beforeAll(async () => {
  ({ client } = await start());
});
beforeEach(async () => {
  rmSync(media, { recursive: true, force: true });
  mkdirSync(path.join(media, 'sub'), { recursive: true });
  mkdirSync(path.join(root, 'out'), { recursive: true });
  folder = path.join(root, `case-${n++}`);
  await client.case.create({ folder, title: 'C', reference: 'R-1' });
  await client.case.close();
  const made = openCase(folder);
  for (const [name, scores] of [
    ['a.jpg', [0.9, 0.2]],
    ['sub/=cmd b.jpg', [0.5]],
    ['sub/a.jpg', [0.1]],
    ['gone.jpg', [0.4]],
  ] as const) {
    const file = path.join(media, name);
    writeFileSync(file, `what ${name} says`);
    addFile(made, name, scores, { path: file, sha256: hashOf(file) });
  }
  addRefused(made, 'locked.jpg', path.join(media, 'locked.jpg'));
  closeCase(made);
  await client.case.open({ folder });
});

test('the files of chosen results are copied once each, byte for byte, with a manifest and an entry of the log', async () => {
  await client.session.set({ examiner: 'Anna' });
  const place = to('some');
  const copied = await copy({ filter: { pathContains: 'a.jpg' } }, place);
  expect(copied).toMatchObject({ folder: place, copied: 2, left: 0, leftFiles: [] });
  expect(readdirSync(place).sort()).toEqual(['00001_a.jpg', '00003_a.jpg', 'manifest.csv', 'manifest.json']);
  expect(readFileSync(path.join(place, '00003_a.jpg'), 'utf8')).toBe('what sub/a.jpg says');
  expect(copied.manifestSha256).toBe(hashOf(path.join(place, 'manifest.json')));
  const manifest = JSON.parse(readFileSync(path.join(place, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ format: 'recce-copies', case: { title: 'C', reference: 'R-1' }, examiner: 'Anna' });
  expect(manifest.files).toMatchObject([
    { name: '00001_a.jpg', sha256: hashOf(path.join(media, 'a.jpg')), results: [1, 2], left: null },
    { name: '00003_a.jpg', sha256: hashOf(path.join(media, 'sub/a.jpg')), results: [4], left: null },
  ]);
  const [entry] = await client.case.activity({ limit: 1 });
  expect(entry).toMatchObject({
    who: 'Anna',
    action: 'evidence.copiedOut',
    subject: path.basename(place),
    details: { files: 2, copied: 2, left: 0, manifestSha256: copied.manifestSha256, filter: { pathContains: 'a.jpg' } },
  });
});

test('what is missing, changed or without a hash is left out and named, and evidence stays as it is', async () => {
  rmSync(path.join(media, 'gone.jpg'));
  appendFileSync(path.join(media, 'a.jpg'), '!');
  const before = readFileSync(path.join(media, 'a.jpg'), 'utf8');
  const time = statSync(path.join(media, 'sub/a.jpg')).mtimeMs;
  const place = to('all');
  const copied = await copy(EVERYTHING, place, 'Ben');
  expect(copied).toMatchObject({ copied: 2, left: 3 });
  expect(copied.leftFiles.map(({ shownPath, left }) => [shownPath, left?.reason])).toEqual([
    ['media/a.jpg', 'changed'],
    ['media/gone.jpg', 'missing'],
    ['media/locked.jpg', 'withoutHash'],
  ]);
  expect(readdirSync(place).sort()).toEqual(['00002_cmd-b.jpg', '00003_a.jpg', 'manifest.csv', 'manifest.json']);
  const table = readFileSync(path.join(place, 'manifest.csv'), 'utf8').split('\r\n');
  expect(table[0]).toBe('\uFEFFname,exhibit,path,sha256,size bytes,results,left out because');
  expect(table).toHaveLength(7);
  expect(table[1]).toMatch(/^,1,media\/a\.jpg,[0-9a-f]{64},1,1 2,changed: It has changed: SHA-256 [0-9a-f]{64} now\.$/);
  expect(readFileSync(path.join(media, 'a.jpg'), 'utf8')).toBe(before);
  expect(statSync(path.join(media, 'sub/a.jpg')).mtimeMs).toBe(time);
  expect((await client.case.activity({ limit: 1 }))[0]).toMatchObject({ who: 'Ben', action: 'evidence.copiedOut' });
});

test('nothing is written into a folder that is there, into the case, or where evidence came from, by whatever name', async () => {
  const refused = (place: string) => copy(EVERYTHING, place, 'Slip').catch((error: { code: string }) => error.code);
  mkdirSync(to('there'));
  symlinkSync(media, to('link'));
  expect(await refused(to('there'))).toBe('FILE_EXISTS');
  for (const place of [path.join(folder, 'copies'), path.join(media, 'copies'), path.join(to('link'), 'copies'), media])
    expect([place, await refused(place)]).toEqual([place, 'WRITE_FAILED']);
  expect(await refused('copies')).not.toMatchObject({ copied: expect.anything() });
  await expect(copy({ filter: { pathContains: 'nothing of it' } }, to('none'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(readdirSync(path.join(root, 'out')).filter((name) => /^none/.test(name))).toEqual([]);
  expect(await client.session.examiners()).toEqual([]);
  const about = (await client.case.activity({ limit: 100 })).map(({ action }) => action);
  expect(about.filter((action) => /^(evidence|examiner\.(added|chosen))/.test(action))).toEqual([]);
});

test('who goes away leaves nothing behind', async () => {
  const place = to('left');
  for await (const event of await client.report.copyOut({ results: EVERYTHING, folder: place }))
    if (event.kind === 'progress' && event.done === 0) break;
  await expect.poll(() => readdirSync(path.join(root, 'out')).includes(path.basename(place))).toBe(false);
});

test('a copy has a name that every system takes, and no two the same', () => {
  const named = (id: number, shownPath: string) => nameOf({ id: id as never, shownPath });
  expect(named(7, '../../etc/passwd')).toBe('00007_passwd');
  expect(named(8, 'C:\\x\\a?b*c.JPG')).toBe('00008_a-b-c.JPG');
  expect(named(9, 'Été/фото 1.heic')).toBe('00009_фото-1.heic');
  expect(named(10, `x/${'y'.repeat(300)}.jpeg`)).toHaveLength(6 + 80 + 5);
  expect(named(11, 'x/..')).toBe('00011_');
});

test('a choice that blind review narrowed says so: in what came of it, in the manifest and in the log', async () => {
  await client.session.set({ examiner: 'Anna' });
  await client.tag.put({ name: 'Shortlist', on: true, tagged: EVERYTHING });
  const { id } = (await client.tag.list())[0]!;
  const shortlist: Tagged = { filter: { tags: [id!], videoFrames: 'all' } };
  const all = await copy(shortlist, to('all'));
  expect(all).toMatchObject({ copied: 4, withoutUndecided: false });
  await client.session.set({ examiner: 'Ben', blind: true });
  await client.opinion.give({ evidenceId: 2 as never, faceId: 3 as never, conclusion: 'forged', note: 'Seen.' });
  const place = to('narrowed');
  expect(await copy(shortlist, place)).toMatchObject({ copied: 1, withoutUndecided: true });
  const manifest = JSON.parse(readFileSync(path.join(place, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ withoutUndecided: true, remarks: [expect.stringContaining('in blind review')] });
  const [entry] = await client.case.activity({ limit: 1 });
  expect(entry).toMatchObject({ action: 'evidence.copiedOut', who: 'Ben', details: { withoutUndecided: true } });
  // What asks for nothing hidden is chosen whole.
  expect(await copy(EVERYTHING, to('whole'))).toMatchObject({ copied: 4, withoutUndecided: false });
});
