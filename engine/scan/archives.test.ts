// A zip, a tar or a phone's export is evidence as it is: what is in it is scanned, shown, given
// opinions, made again, verified, copied and reported like any other file, read where it lies.
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { makeTar, makeZip } from '../archives/testing/make-archive.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import type { Client, Engine } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { ffmpeg } from '../media/video/testing/make-media.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, rowsOf, scan } from '../testing/scanned.ts';
import { isJudged } from './testing/judged.ts';

const { root, start } = installations('in-archives');
const at = (...parts: string[]): string => path.join(root, ...parts);
const photo = (n: number): Buffer => readFileSync(samplePhotograph(n));
const phone = at('media', 'phone.ufdr');
let engine: Engine;
let client: Client;

const inner = makeTar([
  { name: 'more/three.jpg', bytes: photo(3) },
  { name: 'pipe', kind: '6' },
]);
const makePhone = (one: Buffer): Buffer =>
  makeZip([
    { name: 'report.xml', bytes: Buffer.from('<report/>') },
    { name: 'DCIM/one.jpg', bytes: one },
    { name: 'DCIM/locked.jpg', bytes: photo(2), flags: 0x801 },
    { name: '../out.jpg', bytes: photo(2) },
    { name: 'backup.tar', bytes: inner },
  ]);

beforeAll(async () => {
  mkdirSync(at('media'));
  mkdirSync(at('plain'));
  writeFileSync(phone, makePhone(photo(1)));
  writeFileSync(at('plain', 'one.jpg'), photo(1));
  writeFileSync(at('plain', 'three.jpg'), photo(3));
  ({ engine, client } = await start());
});

const evidence = async () => (await client.evidence.list({ limit: 100 })).rows;
const rowOf = async (ending: string) => (await evidence()).find((one) => one.relativePath.endsWith(ending))!;

test('every file in it has its row, and its faces the verdicts they have outside', async () => {
  await client.case.create({ folder: at('plain-case'), title: 'P', reference: '' });
  expect(await scan(client, [at('plain')])).toBe('done');
  const outside = await rowsOf(client);
  await client.case.create({ folder: at('case'), title: 'A', reference: '', examiner: 'A' });
  const before = readFileSync(phone);
  const told: string[] = [];
  const { id } = await client.scan.start({ paths: [at('media')], device: 'cpu', minimumFacePx: 40 });
  expect(await ended(client, id, told)).toBe('done');
  expect(
    (await evidence()).map((one) => [
      one.shownPath,
      one.state.kind === 'read' || (one.state as { reason: string }).reason,
    ]),
  ).toEqual([
    ['media/phone.ufdr', 'archive'],
    ['media/phone.ufdr/DCIM/locked.jpg', 'unsupportedFormat'],
    ['media/phone.ufdr/DCIM/one.jpg', true],
    ['media/phone.ufdr/\\x2e\\x2e/out.jpg', 'corrupt'],
    ['media/phone.ufdr/backup.tar', 'archive'],
    ['media/phone.ufdr/backup.tar/more/three.jpg', true],
    ['media/phone.ufdr/backup.tar/pipe', 'notARegularFile'],
    ['media/phone.ufdr/report.xml', 'unsupportedFormat'],
  ]);
  expect(told).toContain(
    'It is a zip archive, and no picture itself. Its 5 files have rows of their own; the bytes of 2 of them are not read, each with its reason.',
  );
  expect(await rowOf('phone.ufdr')).toMatchObject({ sha256: sha256Of(before), mediaType: 'application/zip' });
  expect(await rowOf('one.jpg')).toMatchObject({ sha256: sha256Of(photo(1)), mediaType: 'image/jpeg' });
  expect(await rowOf('three.jpg')).toMatchObject({ sha256: sha256Of(photo(3)), sizeBytes: photo(3).length });
  const faces = (rows: Awaited<ReturnType<typeof rowsOf>>) =>
    rows.filter(isJudged).map(({ score, kind }) => ({ score, kind }));
  expect(faces(await rowsOf(client))).toEqual(faces(outside));
  expect(readFileSync(phone).equals(before)).toBe(true);
  expect(readdirSync(at('media'))).toEqual(['phone.ufdr']);
});

test('it is looked at, given an opinion, made again bit for bit, verified, copied out and reported', async () => {
  const three = await rowOf('three.jpg');
  const finding = (await findingsOf(client)).find((one) => one.evidenceId === three.id && one.faceId !== null)!;
  expect(await engine.readPicture({ kind: 'evidence', id: three.id, maxPx: 64 })).toBeDefined();
  const inspected = await client.finding.inspect({ verdictId: finding.verdictId });
  expect(inspected.evidence.path).toBe(path.join(phone, 'backup.tar', 'more', 'three.jpg'));
  // Of the archive it lies in its hash as well.
  expect(inspected.evidence.archive).toEqual({
    evidenceId: (await rowOf('backup.tar')).id,
    shownPath: 'media/phone.ufdr/backup.tar',
    sha256: sha256Of(inner),
  });
  expect((await rowOf('one.jpg')).archive?.sha256).toBe(sha256Of(readFileSync(phone)));
  expect((await rowOf('phone.ufdr')).archive).toBeUndefined();
  expect(await client.evidence.metadata({ id: three.id })).toMatchObject({ kind: 'read' });
  await client.opinion.give({ evidenceId: three.id, faceId: finding.faceId, conclusion: 'genuine', note: 'Seen.' });
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  const { counts, rows } = await client.rerun.read({ jobId: id });
  // Of those whose bytes are not read there is nothing to make a verdict of.
  expect(counts).toMatchObject({ withinTolerance: 0, different: 0, notPossible: 3 });
  expect(rows.length).toBe(counts.identical + 3);
  expect(await client.case.verify()).toMatchObject({ evidenceChecked: 5, evidenceWithoutHash: 3, problems: [] });
  for await (const event of await client.report.copyOut({
    results: { filter: {} },
    folder: at('copies'),
  }))
    if (event.kind === 'done') expect(event.copied).toMatchObject({ copied: 5, left: 3 });
  const copied = readdirSync(at('copies')).filter((name) => /(three|one)\.jpg$/.test(name));
  expect(copied.map((name) => sha256Of(readFileSync(at('copies', name)))).toSorted()).toEqual(
    [photo(1), photo(3)].map(sha256Of).toSorted(),
  );
  const document = await client.report.preview({});
  expect(document.evidence.find((one) => one.id === three.id)?.sha256).toBe(three.sha256);
  await client.report.export({ options: {}, format: 'csv', path: at('report.csv') });
  expect(readFileSync(at('report.csv'), 'utf8')).toContain('media/phone.ufdr/backup.tar/more/three.jpg');
});

test('the same scan again does nothing, and one of the case as it is reads it by its rows', async () => {
  const before = await rowsOf(client);
  expect(await scan(client, [at('media')])).toBe('done');
  const { atime, mtime } = statSync(phone);
  utimesSync(phone, atime, new Date(mtime.getTime() + 5000));
  expect(await scan(client, [])).toBe('done');
  expect(await rowsOf(client)).toEqual(before);
});

test('packed with its evidence it is the same elsewhere', async () => {
  const packed = await client.case.pack({ file: at('packed.zip'), evidence: true, models: true });
  expect(packed.leftOut).toEqual([]);
  const { client: there } = await start('there');
  await there.case.unpack({ file: at('packed.zip'), folder: at('there-case') });
  expect((await there.case.verify()).problems).toEqual([]);
});

test('an archive that is another afterwards is noticed, and so is each file in it that is', async () => {
  writeFileSync(phone, makePhone(photo(6)));
  const { problems } = await client.case.verify();
  expect(problems.map(({ kind, subject }) => [kind, subject])).toEqual([
    ['evidenceChanged', phone],
    ['evidenceChanged', path.join(phone, 'DCIM', 'one.jpg')],
  ]);
  const one = await rowOf('one.jpg');
  expect(await engine.readPicture({ kind: 'evidence', id: one.id, maxPx: 64 })).toBeUndefined();
  writeFileSync(phone, 'gone');
  const gone = await client.case.verify();
  expect(gone.problems.filter(({ kind }) => kind === 'evidenceMissing').map(({ subject }) => subject)).toContain(
    one.path,
  );
});

test('a film is read by place where it lies in the archive as it is, and named where it is packed', {
  tags: ['ffmpeg'],
}, async () => {
  const film = at('film.mp4');
  ffmpeg('-loop', '1', '-t', '2', '-i', samplePhotograph(3), '-vf', 'scale=480:-2,fps=10,format=yuv420p', film);
  const bytes = readFileSync(film);
  mkdirSync(at('films'));
  const stored = makeZip([
    { name: 'before.bin', bytes: Buffer.alloc(777, 1) },
    { name: 'film.mp4', bytes, isStored: true },
    { name: 'packed.mp4', bytes },
  ]);
  writeFileSync(at('films', 'films.tar'), makeTar([{ name: 'films.zip', bytes: stored }]));
  writeFileSync(at('films', 'plain.mp4'), bytes);
  await client.case.create({ folder: at('films-case'), title: 'F', reference: '' });
  expect(await scan(client, [at('films')])).toBe('done');
  const rows = await rowsOf(client);
  const facesOf = (ending: string) =>
    rows.filter((row) => row.relativePath.endsWith(ending)).map(({ score, kind, box }) => ({ score, kind, box }));
  expect(facesOf('plain.mp4').length).toBeGreaterThan(0);
  expect(facesOf('/film.mp4')).toEqual(facesOf('plain.mp4'));
  const packed = await rowOf('packed.mp4');
  expect(packed.sha256).toBe(sha256Of(bytes));
  expect(unreadableWords(packed.state as never)).toMatch(/^It is a film that is compressed in the archive/);
  const inside = await rowOf('/film.mp4');
  expect(inside.state).toEqual((await rowOf('plain.mp4')).state);
  expect(await engine.readPicture({ kind: 'frame', id: inside.id, pts: 0, frameIndex: 0 })).toBeDefined();
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  expect((await client.rerun.read({ jobId: id })).counts).toMatchObject({ different: 0 });
  expect((await client.case.verify()).problems).toEqual([]);
});
