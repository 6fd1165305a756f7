// Comparing faces through the engine's own door: off until it is switched on with a reason, found
// again in another copy, held by the log, erased whole.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { FaceId } from '../../contract/brand.ts';
import type { Alike } from '../../contract/persons.ts';
import { appendAudit, auditEntriesOf } from '../case/log/audit.ts';
import { closeCase, openCase } from '../case/open-case.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('persons');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
const file = path.join(folder, 'face-embeddings.bin');
const REASON = 'Court order 7 of 3 March';
let client: Client;
/** Numbers of the faces of each file. */
const faces = new Map<string, FaceId[]>();

const nameOf = ({ shownPath }: Pick<Alike, 'shownPath'>): string => path.posix.basename(shownPath);
const actions = async (): Promise<string[]> =>
  (await client.case.activity({ limit: 1000 }))
    .map(({ action }) => action)
    .filter((action) => action.startsWith('persons.'))
    .toReversed();
const problems = async () => (await client.case.verify()).problems;

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2, 3, 4, 5, 6]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  const { width = 0 } = await sharp(samplePhotograph(1)).metadata();
  await sharp(samplePhotograph(1))
    .resize(Math.round(width * 0.6))
    .jpeg({ quality: 60 })
    .toFile(path.join(media, '1 smaller.jpg'));
  await sharp(samplePhotograph(1)).rotate(90).jpeg().toFile(path.join(media, '1 turned.jpg'));
  ({ client } = await start());
  await client.case.create({ folder, title: 'P', reference: '' });
  expect(await scan(client, [media])).toBe('done');
  for (const { shownPath, faceId } of await findingsOf(client)) {
    if (faceId === null) continue;
    const name = nameOf({ shownPath });
    faces.set(name, [...(faces.get(name) ?? []), faceId]);
  }
});

const faceOf = (name: string): FaceId => faces.get(name)![0]!;
const find = (of: Parameters<Client['persons']['find']>[0]['of'], within?: number) =>
  client.persons.find({ of, ...(within === undefined ? {} : { within }) });
const refused = (detail: RegExp) => ({ code: 'SEARCH_REFUSED', data: { detail: expect.stringMatching(detail) } });

test('it is off until somebody switches it on, with a name and a reason, and nothing is kept of faces before', async () => {
  expect(await client.persons.state()).toMatchObject({ on: null, erased: null, kept: 0, faces: 28 });
  await expect(find({ faceId: faceOf('1.jpg') })).rejects.toMatchObject(refused(/not compared in this case/));
  await expect(client.persons.measure({})).rejects.toMatchObject(refused(/Switch it on first/));
  await expect(client.persons.switchOn({ reason: REASON })).rejects.toMatchObject({ code: 'NO_EXAMINER' });
  await expect(client.persons.switchOn({ reason: 'because', examiner: 'Anna' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  expect(await actions()).toEqual([]);
  expect(existsSync(file)).toBe(false);
});

test('switched on, every face is measured, and the log says who, why, how many, and the hash of all of them', async () => {
  const { id } = await client.persons.switchOn({ reason: REASON, examiner: 'Anna' });
  expect(await ended(client, id)).toBe('done');
  expect(await client.persons.state()).toMatchObject({
    on: { who: 'Anna', reason: REASON },
    kept: 28,
    faces: 28,
    unusable: null,
  });
  const [finished, , on] = await client.case.activity({ limit: 3 });
  expect(on).toMatchObject({ action: 'persons.on', who: 'Anna', details: { reason: REASON } });
  expect(finished).toMatchObject({
    action: 'persons.finished',
    who: 'Anna',
    details: { embeddings: 28, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') },
  });
  expect(statSync(file).size).toBe(64 + 28 * 520);
  expect(await problems()).toEqual([]);
});

test('the nearest to a face are its other copies, smaller and lying on its side, then others, with their distances', async () => {
  const answer = await find({ faceId: faceOf('1.jpg') }, 0.6);
  expect(answer).toMatchObject({ of: { kind: 'face', faceIndex: 0 }, compared: 27, notCompared: 0 });
  const [first, second, ...others] = answer.alike;
  expect([first!, second!].map(nameOf).sort()).toEqual(['1 smaller.jpg', '1 turned.jpg']);
  expect(second!.distance).toBeLessThan(0.2);
  expect(others.map(nameOf)).not.toContain('1.jpg');
  expect(others[0]!.distance).toBeGreaterThan(0.4);
  const distances = answer.alike.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  expect(distances.at(-1)).toBeLessThanOrEqual(0.6);
  // From the other side it is as far.
  const back = await find({ faceId: first!.faceId });
  expect(back.alike.find(({ faceId }) => faceId === faceOf('1.jpg'))!.distance).toBeCloseTo(first!.distance, 6);
  // The log names the face as every screen does, not by a number that stands nowhere.
  expect((await client.case.activity({ limit: 1 }))[0]!.subject).toMatch(/1 (smaller|turned)\.jpg, face 1$/);
  // What is answered says nothing of any score.
  expect(JSON.stringify(answer)).not.toMatch(/score|lean|logit|ratio/i);
});

test('a picture outside the case is looked for by its largest face, or by the one that is named, and is not taken in', async () => {
  const outside = path.join(root, 'outside.jpg');
  copyFileSync(samplePhotograph(3), outside);
  const before = await client.case.current();
  const answer = await find({ file: outside });
  expect(answer.of).toMatchObject({ kind: 'file', name: 'outside.jpg', faces: 3 });
  expect(answer.alike[0]).toMatchObject({ shownPath: expect.stringMatching(/3\.jpg$/), distance: 0 });
  const third = await find({ file: outside, face: 3 });
  expect(third.alike[0]!.faceIndex).toBe(2);
  expect((await client.case.current())!.counts).toEqual(before!.counts);
  const [entry] = await client.case.activity({ limit: 1 });
  expect(entry).toMatchObject({
    ...{ action: 'persons.searched', subject: 'outside.jpg', who: 'Anna' },
    details: { sha256: third.of.kind === 'file' ? third.of.sha256 : '', face: 3, within: 0.6, compared: 28 },
  });
  await expect(find({ file: outside, face: 4 })).rejects.toMatchObject(refused(/no face 4: 3 were found/));
  await expect(find({ file: path.join(root, 'none.jpg') })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  const text = path.join(root, 'text.jpg');
  writeFileSync(text, 'no picture');
  await expect(find({ file: text })).rejects.toMatchObject(refused(/./));
  const blank = path.join(root, 'blank.png');
  await sharp({ create: { width: 300, height: 300, channels: 3, background: 'grey' } })
    .png()
    .toFile(blank);
  await expect(find({ file: blank })).rejects.toMatchObject(refused(/no face was found/));
});

test('in blind review which face another looked for is not told, and one’s own searches are', async () => {
  const seen = async () => (await client.case.activity({ limit: 1, about: ['persons'] }))[0]!;
  await find({ faceId: faceOf('2.jpg') });
  expect(await seen()).toMatchObject({ who: 'Anna', subject: 'media/2.jpg, face 1' });
  await client.session.set({ examiner: 'Ben', blind: true });
  expect(await seen()).toMatchObject({ who: '', subject: '', details: { hidden: expect.any(String) } });
  await find({ faceId: faceOf('3.jpg') });
  expect(await seen()).toMatchObject({ who: 'Ben', subject: 'media/3.jpg, face 1' });
  await client.session.set({ examiner: 'Anna', blind: false });
});

test('a portable case and the backups have none of it', async () => {
  const packed = path.join(root, 'packed.recce');
  await client.case.pack({ file: packed, evidence: true, models: false });
  const other = path.join(root, 'other');
  await client.case.close();
  await client.case.unpack({ file: packed, folder: other });
  expect(readdirSync(other)).not.toContain('face-embeddings.bin');
  expect(await client.persons.state()).toMatchObject({ kept: 0, faces: 28, on: { who: 'Anna' } });
  expect(await problems()).toEqual([]);
  // What is not there is made anew.
  const { id } = await client.persons.measure({ examiner: 'Ben' });
  expect(await ended(client, id)).toBe('done');
  expect(await client.persons.state()).toMatchObject({ kept: 28, unusable: null });
  expect(await problems()).toEqual([]);
  await client.case.close();
  const record = readFileSync(file).subarray(64 + 8, 64 + 520);
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile() || name.name === 'face-embeddings.bin') continue;
    expect(readFileSync(path.join(name.parentPath, name.name)).includes(record), name.name).toBe(false);
  }
  await client.case.open({ folder });
});

test('faces of a later scan are measured on demand, and those before are not measured again', async () => {
  copyFileSync(samplePhotograph(2), path.join(media, '7.jpg'));
  expect(await scan(client, [media])).toBe('done');
  expect(await client.persons.state()).toMatchObject({ kept: 28, faces: 31 });
  expect(await find({ faceId: faceOf('1.jpg') })).toMatchObject({ compared: 27, notCompared: 3 });
  const before = readFileSync(file);
  const job = await client.persons.measure({});
  expect(await ended(client, job.id)).toBe('done');
  expect((await client.job.list()).find(({ id }) => id === job.id)!.progress).toMatchObject({ done: 3, total: 3 });
  const now = readFileSync(file);
  expect(now.subarray(0, before.length).equals(before)).toBe(true);
  expect(now.length).toBe(64 + 31 * 520);
  expect(await client.persons.state()).toMatchObject({ kept: 31, faces: 31 });
  expect(await problems()).toEqual([]);
});

test('what somebody changes in them is found by verify, and nothing is compared with it', async () => {
  const whole = readFileSync(file);
  const said = () => problems();
  const changed = Buffer.from(whole);
  changed[64 + 8 + 17]! ^= 1;
  for (const [bytes, found] of [
    [changed, /^[0-9a-f]{64}$/],
    [whole.subarray(0, whole.length - 1), /bytes, of/],
    [Buffer.concat([Buffer.alloc(64), whole.subarray(64)]), /another beginning/],
  ] as const) {
    writeFileSync(file, bytes);
    expect(await said()).toMatchObject([
      { kind: 'embeddingsChanged', subject: 'face-embeddings.bin', found: expect.stringMatching(found) },
    ]);
  }
  await client.case.close();
  await client.case.open({ folder });
  expect((await client.persons.state()).unusable).toMatch(/somebody has changed it/);
  await expect(find({ faceId: faceOf('1.jpg') })).rejects.toMatchObject(refused(/somebody has changed it/));
  const { id } = await client.persons.measure({});
  expect(await ended(client, id)).toMatch(/somebody has changed it/);
  // Behind what the log holds there may be what a killed run left: it is not compared with.
  writeFileSync(file, whole);
  appendFileSync(file, whole.subarray(64, 64 + 520));
  expect(await said()).toEqual([]);
  expect(await find({ faceId: faceOf('1.jpg') })).toMatchObject({ compared: 30 });
  expect(await ended(client, (await client.persons.measure({})).id)).toBe('done');
  expect(readFileSync(file).equals(whole)).toBe(true);
});

/** Whoever can write the folder: other bytes, and an entry of the log that fits them. */
async function plant(bytes: Buffer, more: Record<string, unknown> = {}): Promise<void> {
  await client.case.close();
  writeFileSync(file, bytes);
  const opened = openCase(folder);
  const { details } = auditEntriesOf(opened, 'persons.measured', 'persons.finished').at(-1)!;
  const [embeddings, sha256] = [(bytes.length - 64) / 520, createHash('sha256').update(bytes).digest('hex')];
  const said = { ...details, embeddings, sha256, ...more };
  appendAudit(opened, { who: 'Anna', action: 'persons.finished', subject: `${embeddings} faces`, details: said });
  closeCase(opened);
  await client.case.open({ folder });
}

/** Numbers of record `n`, from its beginning in the file. */
const numbersAt = (n: number): number => 64 + n * 520 + 8;

test('embeddings that are none, or of faces the case does not have, are refused and named, whatever the log says of them', async () => {
  const whole = readFileSync(file);
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(whole);
    change(bytes);
    return bytes;
  };
  const more = (record: Buffer): Buffer => Buffer.concat([whole, record]);
  const record = whole.subarray(64, 64 + 520);
  const foreign = Buffer.from(record);
  foreign.writeUInt32LE(4711, 0);
  for (const [bytes, why] of [
    [changed((one) => one.writeFloatLE(Number.NaN, numbersAt(3) + 40)), /no embedding: of length NaN/],
    [changed((one) => one.writeFloatLE(Number.POSITIVE_INFINITY, numbersAt(3))), /no embedding: of length Infinity/],
    [changed((one) => one.fill(0, numbersAt(3), numbersAt(4) - 8)), /no embedding: of length 0/],
    [changed((one) => one.writeFloatLE(50, numbersAt(3))), /no embedding: of length 50/],
    [more(foreign), /face 4711, which the case does not have/],
    [more(record), /two embeddings of face/],
  ] as const) {
    await plant(bytes);
    expect(await problems()).toMatchObject([{ kind: 'embeddingsChanged', found: expect.stringMatching(why) }]);
    expect((await client.persons.state()).unusable).not.toBeNull();
    await expect(find({ faceId: faceOf('1.jpg') })).rejects.toMatchObject(refused(/./));
  }
  // The numbers of two faces exchanged: each of them could be an embedding.
  const exchanged = changed((one) => {
    whole.copy(one, numbersAt(0), numbersAt(5), numbersAt(6) - 8);
    whole.copy(one, numbersAt(5), numbersAt(0), numbersAt(1) - 8);
  });
  await plant(exchanged);
  const { problems: found, remarks } = await client.case.verify();
  expect(found).toEqual([]);
  expect(remarks).toContainEqual(expect.stringMatching(/embeddings of faces were made by another installation/));
  expect(await client.persons.state()).toMatchObject({ kept: 0, unusable: expect.stringMatching(/made by another/) });
  await expect(find({ faceId: faceOf('1.jpg') })).rejects.toMatchObject(refused(/put any numbers there/));
  // An older file and entry of this installation are what it made, of other faces than the case has by now.
  await plant(whole);
  expect((await client.persons.state()).unusable).toBeNull();
  await plant(whole, { facesSha256: '0'.repeat(64) });
  expect(await problems()).toMatchObject([{ found: expect.stringMatching(/of other faces than the case has/) }]);
  // Made anew they are those that were made before, and are searched.
  await plant(exchanged);
  expect(await ended(client, (await client.persons.measure({})).id)).toBe('done');
  expect(readFileSync(file).subarray(0, 64).equals(whole.subarray(0, 64))).toBe(true);
  expect(await client.persons.state()).toMatchObject({ kept: 31, unusable: null });
  expect(await client.case.verify()).toMatchObject({ problems: [], remarks: [] });
  expect(await find({ faceId: faceOf('1.jpg') })).toMatchObject({ compared: 30 });
});

test('a folder from another installation: nothing is compared with what it brought until it is made anew here', async () => {
  const [copied, { client: there }] = [path.join(root, 'copied'), await start('elsewhere')];
  await client.case.close();
  cpSync(folder, copied, { recursive: true });
  await client.case.open({ folder });
  await there.case.open({ folder: copied });
  expect(await there.persons.state()).toMatchObject({
    kept: 0,
    unusable: expect.stringMatching(/another installation/),
  });
  await expect(there.persons.find({ of: { faceId: faceOf('1.jpg') } })).rejects.toMatchObject(refused(/made anew/));
  expect((await there.case.verify()).remarks).toContainEqual(expect.stringMatching(/another installation/));
});

test('a case that cannot be written is not searched: no entry of the log would say who looked for whom', async () => {
  const change = async (sql: string): Promise<void> => {
    await client.case.close();
    const db = new Database(path.join(folder, 'case.sqlite'));
    db.exec(sql);
    db.close();
    await client.case.open({ folder });
  };
  await change('CREATE VIEW other AS SELECT 1');
  await expect(find({ faceId: faceOf('1.jpg') })).rejects.toMatchObject({ code: 'CASE_READ_ONLY' });
  await change('DROP VIEW other');
  expect(await find({ faceId: faceOf('1.jpg') })).toMatchObject({ compared: 30 });
});

test('erased, no byte of it is left, it is off, and the log says who and why', async () => {
  await expect(client.persons.erase({ reason: 'short' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  const state = await client.persons.erase({ reason: 'The order has ended', examiner: 'Ben' });
  expect(state).toMatchObject({
    on: null,
    kept: 0,
    erased: { who: 'Ben', reason: 'The order has ended', embeddings: 31 },
  });
  expect(existsSync(file)).toBe(false);
  await expect(find({ faceId: faceOf('1.jpg') })).rejects.toMatchObject(refused(/not compared in this case/));
  await expect(client.persons.erase({ reason: 'The order has ended' })).rejects.toMatchObject(
    refused(/nothing to erase/),
  );
  expect((await actions()).at(-1)).toBe('persons.erased');
  expect(await problems()).toEqual([]);
  // Put back by somebody, it is named, and can be erased.
  writeFileSync(file, 'RECCE embedding1');
  expect(await problems()).toMatchObject([{ kind: 'embeddingsChanged', expected: expect.stringMatching(/^none/) }]);
  await client.persons.erase({ reason: 'Somebody put it back' });
  expect(existsSync(file)).toBe(false);
});

test('erasing while it is being measured ends that first, and a link in its place leads to nothing that is overwritten', async () => {
  const { id } = await client.persons.switchOn({ reason: REASON });
  await client.persons.erase({ reason: 'Begun by mistake' });
  expect((await client.job.list()).find((job) => job.id === id)!.state).toBe('cancelled');
  expect(existsSync(file)).toBe(false);
  const precious = path.join(root, 'precious.txt');
  writeFileSync(precious, 'to be kept');
  symlinkSync(precious, file);
  await expect(client.persons.erase({ reason: 'Erase the link' })).rejects.toMatchObject(refused(/link/));
  const again = await client.persons.switchOn({ reason: REASON });
  expect(await ended(client, again.id)).toMatch(/link/);
  expect(readFileSync(precious, 'utf8')).toBe('to be kept');
});
