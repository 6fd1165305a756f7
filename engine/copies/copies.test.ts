// Near copies through the engine's own door: made on demand, held by the log, found again when somebody
// changes them, and of the evidence alone.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { CopyPair, PicturePlace } from '../../contract/copies.ts';
import { COPIES_LEFT_BEHIND } from '../../contract/copies-words.ts';
import { appendAudit, auditEntriesOf } from '../case/log/audit.ts';
import { closeCase, openCase } from '../case/open-case.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('copies');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
const file = path.join(folder, 'picture-hashes.ndjson');
let client: Client;

const nameOf = ({ shownPath }: Pick<PicturePlace, 'shownPath'>): string => path.posix.basename(shownPath);
const problems = async () => (await client.case.verify()).problems;
const make = async (): Promise<string> => ended(client, (await client.copies.make({ examiner: 'Anna' })).id);
const refused = (detail: RegExp) => ({ code: 'SEARCH_REFUSED', data: { detail: expect.stringMatching(detail) } });

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2, 3, 4, 5, 6]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  const one = sharp(samplePhotograph(1));
  const { width = 0, height = 0 } = await one.metadata();
  const smaller = path.join(media, '1 smaller.jpg');
  await one
    .clone()
    .resize(Math.round(width / 3))
    .jpeg({ quality: 40 })
    .toFile(smaller);
  await one
    .clone()
    .extract({ left: Math.round(width * 0.05), top: 0, width: Math.round(width * 0.9), height })
    .png()
    .toFile(path.join(media, '1 cut.png'));
  await one.clone().flop().jpeg().toFile(path.join(media, '1 mirrored.jpg'));
  copyFileSync(smaller, path.join(media, '1 smaller again.jpg'));
  for (const [name, background] of [
    ['grey', 'grey'],
    ['black', 'black'],
    ['white', 'white'],
  ] as const)
    await sharp({ create: { width: 300, height: 300, channels: 3, background } })
      .png()
      .toFile(path.join(media, `${name}.png`));
  writeFileSync(path.join(media, 'text.jpg'), 'no picture');
  ({ client } = await start());
  await client.case.create({ folder, title: 'C', reference: '' });
  expect(await scan(client, [media])).toBe('done');
});

test('before they are made nothing is kept and nothing compared, and that is said', async () => {
  // Ten photographs and three plain pages, of which one is twice there; what is unreadable has no picture.
  expect(await client.copies.state()).toEqual({ kept: 0, pictures: 12, plain: 0, unusable: null });
  expect(await client.copies.find({})).toEqual({ total: 0, stacks: [] });
  const { verdictId } = (await findingsOf(client))[0]!;
  expect(await client.copies.like({ of: { verdictId } })).toMatchObject({
    ...{ why: 'notKept', compared: 0, notCompared: 12 },
  });
  expect(existsSync(file)).toBe(false);
});

test('every picture is hashed once, and the log says who, how many, and the hash of all of them', async () => {
  expect(await make()).toBe('done');
  expect(await client.copies.state()).toEqual({ kept: 12, pictures: 12, plain: 3, unusable: null });
  const [finished, started] = await client.case.activity({ limit: 2, about: ['copies'] });
  expect(started).toMatchObject({ action: 'copies.started', who: 'Anna', details: { pictures: 12 } });
  const bytes = readFileSync(file);
  expect(finished).toMatchObject({
    ...{ action: 'copies.finished', who: 'Anna' },
    details: { pictures: 12, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
  });
  expect(await problems()).toEqual([]);
});

test('re-encoded, scaled, cut and mirrored copies are one stack with their distances; plain pages are in none', async () => {
  const { total, stacks } = await client.copies.find({});
  expect(total).toBe(1);
  const [stack] = stacks;
  expect(stack!.files.map(nameOf).sort()).toEqual(['1 cut.png', '1 mirrored.jpg', '1 smaller again.jpg', '1.jpg']);
  expect(stack!.files.find((one) => nameOf(one) === '1 smaller again.jpg')).toMatchObject({
    ...{ sameBytes: 1, timeMs: null },
    verdictId: expect.any(Number),
  });
  const bits = stack!.pairs.map((pair) => pair.bits);
  expect(bits).toEqual(bits.toSorted((a, b) => a - b));
  const isPair = (a: string, b: string) => (pair: CopyPair) =>
    [pair.one, pair.other].map(nameOf).sort().join() === [a, b].sort().join();
  expect(stack!.pairs.find(isPair('1.jpg', '1 smaller again.jpg'))).toMatchObject({ isMirrored: false });
  expect(stack!.pairs.find(isPair('1.jpg', '1 cut.png'))).toMatchObject({ isMirrored: false });
  expect(stack!.pairs.find(isPair('1.jpg', '1 mirrored.jpg'))).toMatchObject({ isMirrored: true });
  expect(JSON.stringify(stacks)).not.toMatch(/score|lean|logit|ratio/i);
});

test('a picture of the case has its near copies listed, without itself and without an entry', async () => {
  const before = await client.case.activity({ limit: 1 });
  const of = (await findingsOf(client)).find((one) => nameOf(one) === '1.jpg')!;
  const answer = await client.copies.like({ of: { verdictId: of.verdictId } });
  expect(answer).toMatchObject({
    of: { kind: 'picture', shownPath: of.shownPath },
    why: null,
    compared: 8,
    notCompared: 0,
  });
  expect(answer.copies.map(nameOf).sort()).toEqual(['1 cut.png', '1 mirrored.jpg', '1 smaller again.jpg']);
  expect(answer.copies.every(({ isSame }) => !isSame)).toBe(true);
  const grey = (await findingsOf(client)).find((one) => nameOf(one) === 'grey.png')!;
  expect(await client.copies.like({ of: { verdictId: grey.verdictId } })).toMatchObject({ why: 'plain', copies: [] });
  expect(await client.case.activity({ limit: 1 })).toEqual(before);
});

test('a picture from outside is found where it is in the case, is an entry of the log, and is not taken in', async () => {
  const outside = path.join(root, 'outside.webp');
  await sharp(samplePhotograph(3)).resize(400).webp({ quality: 50 }).toFile(outside);
  const counts = (await client.case.current())!.counts;
  const answer = await client.copies.like({ of: { file: outside } });
  expect(answer.of).toMatchObject({ kind: 'file', name: 'outside.webp' });
  expect(answer.copies).toMatchObject([{ shownPath: 'media/3.jpg', frames: 1, isSame: false }]);
  const [entry] = await client.case.activity({ limit: 1 });
  expect(entry).toMatchObject({
    ...{ action: 'copies.searched', subject: 'outside.webp', who: 'Anna' },
    details: { sha256: createHash('sha256').update(readFileSync(outside)).digest('hex'), compared: 9, found: 1 },
  });
  expect((await client.case.current())!.counts).toEqual(counts);
  const same = await client.copies.like({ of: { file: samplePhotograph(4) } });
  expect(same.copies).toMatchObject([{ shownPath: 'media/4.jpg', bits: 0, isSame: true }]);
  await expect(client.copies.like({ of: { file: path.join(root, 'none.jpg') } })).rejects.toMatchObject({
    code: 'PATH_NOT_FOUND',
  });
  await expect(client.copies.like({ of: { file: path.join(media, 'text.jpg') } })).rejects.toMatchObject(refused(/./));
  expect(await client.copies.like({ of: { file: path.join(media, 'white.png') } })).toMatchObject({
    ...{ why: 'plain', copies: [] },
  });
});

test('in blind review which picture another looked for is not told', async () => {
  const seen = async () => (await client.case.activity({ limit: 1, about: ['copies'] }))[0]!;
  expect(await seen()).toMatchObject({ who: 'Anna', subject: 'white.png' });
  await client.session.set({ examiner: 'Ben', blind: true });
  expect(await seen()).toMatchObject({ who: '', subject: '', details: { hidden: expect.any(String) } });
  await client.session.set({ examiner: 'Anna', blind: false });
});

test('pictures of a later scan are hashed on demand, and those before are not hashed again', async () => {
  await sharp(samplePhotograph(2)).jpeg({ quality: 30 }).toFile(path.join(media, '2 coarse.jpg'));
  expect(await scan(client, [media])).toBe('done');
  expect(await client.copies.state()).toMatchObject({ kept: 12, pictures: 13 });
  const before = readFileSync(file);
  expect(await make()).toBe('done');
  const now = readFileSync(file);
  expect(now.subarray(0, before.length).equals(before)).toBe(true);
  expect(await client.copies.state()).toMatchObject({ kept: 13, pictures: 13 });
  expect(await client.copies.find({})).toMatchObject({ total: 2 });
  expect(await problems()).toEqual([]);
});

test('what somebody changes in them is found by verify, and nothing is compared with it', async () => {
  const whole = readFileSync(file);
  const text = whole.toString('utf8');
  const lines = text.split('\n');
  const changes: [string, Buffer, RegExp][] = [
    [
      'a bit of a hash',
      Buffer.from(text.replace(/"whole":"./, (found) => `${found.slice(0, -1)}${found.endsWith('0') ? '1' : '0'}`)),
      /^[0-9a-f]{64}$/,
    ],
    [
      'a near copy said of none',
      Buffer.from(text.replace(/"near":\[\[/, '"near":[[').replace(/"near":\[\[(\d)/, '"near":[[9')),
      /^[0-9a-f]{64}$/,
    ],
    ['a line gone', Buffer.from(lines.toSpliced(3, 1).join('\n')), /bytes, of/],
  ];
  for (const [name, bytes, found] of changes) {
    writeFileSync(file, bytes);
    expect(await problems(), name).toMatchObject([
      { kind: 'copiesChanged', subject: 'picture-hashes.ndjson', found: expect.stringMatching(found) },
    ]);
    await client.case.close();
    await client.case.open({ folder });
    await expect(client.copies.find({}), name).rejects.toMatchObject(refused(/somebody has changed it/));
    expect(await make(), name).toMatch(/somebody has changed it/);
  }
  writeFileSync(file, whole);
  expect(await problems()).toEqual([]);
  // What a run that was killed left behind what is held is not read, and is cut off by the next.
  appendFileSync(file, 'half a li');
  expect(await problems()).toEqual([]);
  expect(await make()).toBe('done');
  expect(readFileSync(file).equals(whole)).toBe(true);
  rmSync(file);
  symlinkSync(samplePhotograph(1), file);
  expect(await problems()).toMatchObject([{ kind: 'copiesChanged', found: expect.stringMatching(/link/) }]);
  rmSync(file);
  expect(await problems()).toEqual([]);
  expect(await client.copies.state()).toMatchObject({ kept: 0, unusable: null });
  expect(await make()).toBe('done');
  expect(readFileSync(file).equals(whole)).toBe(true);
});

test('hashes that an entry of a remade log holds are not this workstation’s, and are not compared', async () => {
  await client.case.close();
  const opened = openCase(folder);
  const { details } = auditEntriesOf(opened, 'copies.finished').at(-1)!;
  appendAudit(opened, {
    ...{ who: '', action: 'copies.finished', subject: '13 pictures' },
    details: { ...details, boundTo: '0'.repeat(64) },
  });
  closeCase(opened);
  await client.case.open({ folder });
  await expect(client.copies.find({})).rejects.toMatchObject(refused(/another installation/));
  expect(await make()).toBe('done');
  expect(await client.copies.find({})).toMatchObject({ total: 2 });
});

test('evidence that is no longer what was taken in gets no hash, and the job says so', async () => {
  rmSync(file);
  const changed = path.join(media, '6.jpg');
  const whole = readFileSync(changed);
  writeFileSync(changed, readFileSync(samplePhotograph(5)));
  const told: string[] = [];
  const { id } = await client.copies.make({});
  expect(await ended(client, id, told)).toBe('done');
  expect(told.join(' ')).toMatch(/no longer the file that was taken in/);
  expect(await client.copies.state()).toMatchObject({ kept: 12, pictures: 13 });
  writeFileSync(changed, whole);
  expect(await make()).toBe('done');
  expect(await client.copies.state()).toMatchObject({ kept: 13 });
});

test('a portable case has none of it, and what was made on another workstation is not compared with', async () => {
  const packed = path.join(root, 'packed.recce');
  await client.case.pack({ file: packed, evidence: true, models: false });
  const other = path.join(root, 'other');
  await client.case.close();
  const elsewhere = await start('elsewhere');
  await elsewhere.client.case.unpack({ file: packed, folder: other });
  expect(readdirSync(other)).not.toContain('picture-hashes.ndjson');
  expect(await elsewhere.client.copies.state()).toMatchObject({
    ...{ kept: 0, pictures: 13, unusable: null },
    notCarriedOver: true,
  });
  const checked = await elsewhere.client.case.verify();
  expect(checked.problems).toEqual([]);
  expect(checked.remarks).toEqual(expect.arrayContaining([COPIES_LEFT_BEHIND]));
  expect(await elsewhere.client.report.preview({})).toMatchObject({ notCarriedOver: { groups: false, copies: true } });
  await elsewhere.client.case.close();
  await elsewhere.client.case.open({ folder });
  expect(await elsewhere.client.copies.state()).toMatchObject({
    kept: 0,
    unusable: expect.stringMatching(/another installation/),
  });
  await expect(elsewhere.client.copies.find({})).rejects.toMatchObject(refused(/made anew/));
  expect((await elsewhere.client.case.verify()).remarks.join(' ')).toMatch(/hashes of pictures were made by another/i);
  await elsewhere.client.case.close();
  await client.case.open({ folder });
  expect(await client.copies.find({})).toMatchObject({ total: 2 });
});
