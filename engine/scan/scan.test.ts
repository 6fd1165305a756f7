// The scan through the engine's own door: real photographs, real networks, real database. The three
// properties of the trade are checked: evidence is never changed, the same scan twice gives the
// same rows, a killed and resumed scan gives the rows of an undisturbed one.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { runAndKill } from '../survival/testing/kills.ts';
import { ended, findingsOf, rowsOf, scan } from '../testing/scanned.ts';
import { isJudged } from './testing/judged.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-scan-'));
const media = path.join(root, 'media');
let engine: Engine;
let client: Client;
const hashes = () =>
  Object.fromEntries(readdirSync(media).map((name) => [name, sha256Of(readFileSync(path.join(media, name)))]));
let before: Record<string, string>;

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2, 3, 6]) copyFileSync(samplePhotograph(n), path.join(media, `фото ${n}.jpg`));
  writeFileSync(path.join(media, 'empty.jpg'), '');
  writeFileSync(path.join(media, 'notes.txt'), 'no picture');
  writeFileSync(path.join(media, 'cut.jpg'), readFileSync(samplePhotograph(1)).subarray(0, 40_000));
  writeFileSync(path.join(media, 'film.mp4'), Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isom', 'latin1'));
  before = hashes();
  engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  client = createClient(engine);
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

const scanMedia = (paths = [media]): Promise<string> => scan(client, paths);

test('every file has its row: faces judged, and each bad file its reason', async () => {
  await client.case.create({ folder: path.join(root, 'a'), title: 'A', reference: '' });
  expect(await scanMedia()).toBe('done');
  const found = await rowsOf(client);
  const unscoredOf = (name: string) => found.find((row) => row.relativePath === name)?.unscored;
  expect(found.filter(isJudged)).toHaveLength(3 + 3 + 3 + 4);
  expect(found.some((row) => row.kind === 'scored')).toBe(true);
  expect(unscoredOf('empty.jpg')).toMatchObject({ kind: 'unreadable', reason: 'empty' });
  expect(unscoredOf('cut.jpg')).toMatchObject({ kind: 'unreadable', reason: 'truncated' });
  expect(unscoredOf('notes.txt')).toMatchObject({ kind: 'unreadable', reason: 'unsupportedFormat' });
  expect(unscoredOf('film.mp4')).toMatchObject({ kind: 'unreadable', reason: 'truncated' });
  expect(found.every((row) => (row.kind === 'scored') === (row.score !== null))).toBe(true);
});

test('the same scan again does nothing and says what it came to before; a new case of the same files gets the same rows to the last digit', async () => {
  const first = await rowsOf(client);
  const verdicts = (await client.case.current())!.counts.verdicts;
  const started = await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40 });
  const told: string[] = [];
  expect(await ended(client, started.id, told)).toBe('done');
  expect((await client.case.current())!.counts.verdicts).toBe(verdicts);
  const [again, before] = await client.job.list();
  const { done, total, failed, faces } = before!.progress;
  expect({ done, total, failed, faces }).toEqual({ done: 8, total: 8, failed: 4, faces: 13 });
  expect(again!.progress).toMatchObject({ done, total, failed, faces });
  expect(told.toSorted()).toEqual(
    first.flatMap(({ unscored }) => (unscored?.kind === 'unreadable' ? [unreadableWords(unscored)] : [])).toSorted(),
  );
  await client.case.create({ folder: path.join(root, 'b'), title: 'B', reference: '' });
  expect(await scanMedia()).toBe('done');
  expect(await rowsOf(client)).toEqual(first);
});

test('a compute process killed in mid-scan is started again and the scan ends as if nothing had happened', async () => {
  const expected = await rowsOf(client);
  await client.case.create({ folder: path.join(root, 'c'), title: 'C', reference: '' });
  const started = await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40 });
  setTimeout(() => process.kill(engine.pids().compute!, 'SIGKILL'), 700);
  expect(await ended(client, started.id)).toBe('done');
  expect(await rowsOf(client)).toEqual(expected);
});

test('an engine killed in mid-scan goes on where it stopped, with nothing lost and nothing twice', async () => {
  await client.case.open({ folder: path.join(root, 'b') });
  const expected = await rowsOf(client);
  const folder = path.join(root, 'd');
  for (const delay of [900, 1500])
    await runAndKill(delay, 'scan-until-killed.ts', folder, media, path.join(root, 'app2'));
  await client.case.open({ folder });
  const job = (await client.job.list()).find((one) => !['done', 'cancelled'].includes(one.state));
  if (job) expect(await ended(client, job.id)).toBe('done');
  expect(await scanMedia()).toBe('done');
  expect(await rowsOf(client)).toEqual(expected);
  expect((await client.case.verify()).problems).toEqual([]);
});

test('changed evidence is not scored under its old hash, and verify names it', async () => {
  const folder = path.join(root, 'changing');
  mkdirSync(folder);
  const file = path.join(folder, 'one.jpg');
  copyFileSync(path.join(media, 'фото 1.jpg'), file);
  await client.case.create({ folder: path.join(root, 'e'), title: 'E', reference: '' });
  expect(await scanMedia([folder])).toBe('done');
  const { id } = (await client.evidence.list({})).rows[0]!;
  expect(await client.evidence.metadata({ id })).toMatchObject({ kind: 'read' });
  copyFileSync(path.join(media, 'фото 2.jpg'), file);
  expect(await client.evidence.metadata({ id })).toEqual({
    kind: 'notRead',
    message: 'It has changed since it was added.',
  });
  expect((await client.case.verify()).problems).toMatchObject([{ kind: 'evidenceChanged', subject: file }]);
  expect(await scanMedia([folder])).toBe('done');
  const log = await client.case.activity({ limit: 50 });
  expect(log.map((one) => one.action)).toContain('evidence.changed');
  expect((await rowsOf(client)).filter(isJudged)).toHaveLength(3);
  rmSync(file);
  // A file that is gone is not one without metadata.
  expect(await client.evidence.metadata({ id })).toMatchObject({
    kind: 'notRead',
    message: expect.stringMatching(/^There is no file at this place/),
  });
});

test('faces below the smallest size are said to be too small, and carry no score', async () => {
  await client.case.create({ folder: path.join(root, 'f'), title: 'F', reference: '' });
  const { id } = await client.scan.start({
    paths: [path.join(media, 'фото 1.jpg')],
    device: 'cpu',
    minimumFacePx: 2000,
  });
  expect(await ended(client, id)).toBe('done');
  const found = await rowsOf(client);
  expect(found.map((row) => [row.kind, row.score])).toEqual([
    ['faceTooSmall', null],
    ['faceTooSmall', null],
    ['faceTooSmall', null],
  ]);
});

test('a scan with a lower limit judges the faces that were too small, and one with a higher limit takes nothing back (case 6)', async () => {
  const paths = [path.join(media, 'фото 1.jpg')];
  const scanFrom = async (minimumFacePx: number) => {
    const { id } = await client.scan.start({ paths, device: 'cpu', minimumFacePx });
    expect(await ended(client, id)).toBe('done');
    return (await client.job.list()).find((job) => job.id === id)!.progress;
  };
  expect(await scanFrom(40)).toMatchObject({ done: 1, total: 1, faces: 3, failed: 0 });
  const judged = await rowsOf(client);
  expect(judged.filter(isJudged)).toHaveLength(3);
  expect(judged).toHaveLength(3);
  const { counts } = (await client.case.current())!;
  expect(counts).toMatchObject({ faces: 3, verdicts: 3 });
  const facets = await client.finding.facets({ filter: {} });
  expect(facets.total).toBe(3);
  expect(facets.byKind.faceTooSmall).toBeUndefined();
  const [first] = await findingsOf(client);
  const inspected = await client.finding.inspect({ verdictId: first!.verdictId });
  expect(inspected.parameters!.minimumFacePx).toBe(40);
  expect(inspected.siblings).toHaveLength(2);
  expect(await scanFrom(2000)).toMatchObject({ done: 1, total: 1, faces: 3 });
  expect(await rowsOf(client)).toEqual(judged);
  expect((await client.case.verify()).problems).toEqual([]);
});

test('a paused scan waits, a resumed one ends, a cancelled one stops and keeps what it has', async () => {
  await client.case.create({ folder: path.join(root, 'g'), title: 'G', reference: '' });
  const { id } = await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40 });
  expect((await client.job.pause({ id })).state).toBe('paused');
  await expect(client.job.pause({ id })).rejects.toMatchObject({ code: 'JOB_STATE' });
  await client.job.resume({ id });
  expect(await ended(client, id)).toBe('done');
  const again = await client.scan.start({
    paths: [media],
    device: 'cpu',
    minimumFacePx: 40,
    modelId: (await client.model.list())[0]!.id,
  });
  await client.job.cancel({ id: again.id }).catch(() => {});
  expect(['cancelled', 'done']).toContain(await ended(client, again.id));
  expect((await client.case.verify()).problems).toEqual([]);
});

test('blind mode keeps score, parameters and the model’s pictures inside the engine until an opinion is given', async () => {
  await client.session.set({ examiner: 'E. Xaminer', blind: true });
  const page = await client.finding.query({
    filter: { kinds: ['scored'] },
    sort: { by: 'path', direction: 'ascending' },
    offset: 0,
    limit: 1,
  });
  const [row] = page.rows;
  const inspect = () => client.finding.inspect({ verdictId: row!.verdictId });
  const picture = (kind: 'crop' | 'reconstruction' | 'difference' | 'gate') =>
    engine.readPicture({ kind, id: row!.verdictId });
  expect(await inspect()).toMatchObject({ verdict: null, parameters: null, hidden: true });
  expect([
    (await picture('crop')) !== undefined,
    await picture('difference'),
    await picture('reconstruction'),
    await picture('gate'),
  ]).toEqual([true, undefined, undefined, undefined]);
  await client.opinion.give({ evidenceId: row!.evidenceId, faceId: row!.faceId, conclusion: 'inconclusive', note: '' });
  expect(await inspect()).toMatchObject({ hidden: false, opinions: [{ blind: true, conclusion: 'inconclusive' }] });
  expect(await picture('difference')).toBeDefined();
  await client.session.set({ blind: false });
});

test('what is asked of the engine wrongly is an error of the table', async () => {
  await expect(client.case.open({ folder: path.join(root, 'nowhere') })).rejects.toMatchObject({
    code: 'CASE_NOT_FOUND',
  });
  await expect(
    client.scan.start({ paths: [path.join(root, 'nowhere')], device: 'cpu', minimumFacePx: 40 }),
  ).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  await expect(client.scan.start({ paths: [media], device: 'cuda', minimumFacePx: 40 })).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
  });
  await expect(client.model.import({ path: path.join(media, 'notes.txt') })).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
  });
  await client.case.close();
  await expect(
    client.finding.query({ filter: {}, sort: { by: 'path', direction: 'ascending' }, offset: 0, limit: 1 }),
  ).rejects.toMatchObject({ code: 'CASE_NOT_OPEN' });
});

test('the paper’s inference scores whole pictures in order, and a bad one does not end it', async () => {
  const images = ['фото 1.jpg', 'cut.jpg', 'фото 2.jpg'].map((name) => path.join(media, name));
  const events = [];
  const weights = path.resolve(import.meta.dirname, '../../models/weights/recce-lite-0.25.pth');
  for await (const event of await client.model.infer({ images, weights, device: 'cpu' }))
    events.push([path.basename(event.path), event.kind]);
  expect(events).toEqual([
    ['фото 1.jpg', 'scored'],
    ['cut.jpg', 'unreadable'],
    ['фото 2.jpg', 'scored'],
  ]);
});

test('no evidence file was changed by any of this', () => {
  expect(hashes()).toEqual(before);
});
