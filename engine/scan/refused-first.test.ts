// A file of which no byte could be read at first is examined once it can be: under the same path,
// as a row of its own. The refusal stays on record with its verdict, and verify, rerun and report
// say what happened.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { AS_REFUSED } from '../../build/test-needs.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, scan } from '../testing/scanned.ts';

const { root, start } = installations('refused');
const media = path.join(root, 'media');
/** A link that leads nowhere yet is refused for everyone, root included. */
let client: Client;

const expectScanned = async (paths: string[]): Promise<void> => expect(await scan(client, paths)).toBe('done');
const rowsOf = async (name: string) => (await client.evidence.list({})).rows.filter((one) => one.relativePath === name);
const kindsOf = async (name: string) =>
  (await client.finding.query({ sort: { by: 'path', direction: 'ascending' }, limit: 100, offset: 0 })).rows
    .filter((one) => one.relativePath === name)
    .map((one) => one.kind);

beforeAll(async () => {
  mkdirSync(path.join(media, 'kept'), { recursive: true });
  for (const name of ['face', 'notes']) symlinkSync(path.join(media, 'kept', name), path.join(media, `${name}.jpg`));
  ({ client } = await start());
  await client.case.create({ folder: path.join(root, 'case'), title: 'R', reference: '' });
  await expectScanned([media]);
});

test('while it is still refused, another scan adds nothing', async () => {
  const before = (await client.case.current())!.counts;
  await expectScanned([media]);
  await expectScanned([]);
  expect((await client.case.current())!.counts).toEqual(before);
  expect((await rowsOf('face.jpg')).map((one) => one.state)).toMatchObject([{ reason: 'disappeared' }]);
});

test('once it can be read it is examined under its path, with and without a face, and the refusal stays', async () => {
  copyFileSync(samplePhotograph(3), path.join(media, 'kept', 'face'));
  writeFileSync(path.join(media, 'kept', 'notes'), 'no picture');
  await expectScanned([]);
  for (const name of ['face.jpg', 'notes.jpg']) {
    const [refused, read, ...more] = await rowsOf(name);
    expect(more).toEqual([]);
    expect(refused).toMatchObject({ sha256: null, state: { kind: 'unreadable', reason: 'disappeared' } });
    expect(read).toMatchObject({
      path: refused!.path,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      alterations: [],
      succeeds: { evidenceId: refused!.id, addedAt: refused!.addedAt, reason: 'disappeared' },
    });
    expect([refused!.succeededBy, refused!.succeeds, read!.succeededBy]).toEqual([read!.id, undefined, undefined]);
  }
  expect(await kindsOf('face.jpg')).toEqual(['unreadable', 'scored', 'scored', 'scored']);
  expect(await kindsOf('notes.jpg')).toEqual(['unreadable', 'unreadable']);
  const entries = (await client.case.activity({ limit: 100 })).filter((one) => one.action === 'evidence.readable');
  expect(entries.map((one) => one.subject).sort()).toEqual(['face.jpg', 'notes.jpg']);
  expect(entries[0]!.details).toMatchObject({ reason: 'disappeared', refusedAs: expect.any(Number) });
});

test('further scans add nothing, by path or of the whole case', async () => {
  // The first one takes in where the links lead: files of their own.
  await expectScanned([media]);
  const before = (await client.case.current())!.counts;
  await expectScanned([media]);
  await expectScanned([]);
  expect((await client.case.current())!.counts).toEqual(before);
});

test('verify finds all as recorded, a rerun makes again what was read and says why the refusal cannot be, the report has both', async () => {
  expect((await client.case.verify()).problems).toEqual([]);
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  const { rows } = await client.rerun.read({ jobId: id });
  const ofFace = rows.filter((one) => one.relativePath === 'media/face.jpg');
  expect(ofFace.map((one) => one.result).sort()).toEqual(['identical', 'identical', 'identical', 'notPossible']);
  expect(ofFace.find((one) => one.result === 'notPossible')?.reason).toMatch(/No byte of it could be read/);
  const document = await client.report.preview({});
  const [refused, read, ...more] = document.evidence.filter((one) => one.relativePath === 'face.jpg');
  expect(more).toEqual([]);
  expect([refused!.succeededBy, read!.succeeds?.evidenceId]).toEqual([read!.id, refused!.id]);
});

test('a file without permission is examined once it is given', { tags: ['refusal'] }, async () => {
  const [folder, locked] = [path.join(root, 'locked case'), path.join(root, 'locked')];
  const file = path.join(locked, 'locked.txt');
  mkdirSync(locked);
  writeFileSync(file, 'no picture');
  // Whoever may read everything scans in a process that may not.
  const scanAsRefused = (): string => {
    const program = path.resolve(import.meta.dirname, '../../cli/main.ts');
    const [command, ...args] = [...AS_REFUSED, process.execPath, program, 'scan', locked, '--case', folder];
    const env = { ...process.env, RECCE_HOME: path.join(root, 'refused') };
    return spawnSync(command!, args, { env, encoding: 'utf8' }).stderr;
  };
  chmodSync(file, 0);
  expect(scanAsRefused()).toContain('The file may not be read by this user');
  await client.case.open({ folder });
  expect((await rowsOf('locked.txt')).map((one) => one.state)).toMatchObject([{ reason: 'permissionDenied' }]);
  await client.case.close();
  chmodSync(file, 0o644);
  expect(scanAsRefused()).not.toContain('may not be read');
  await client.case.open({ folder });
  expect((await rowsOf('locked.txt')).map((one) => one.sha256 !== null)).toEqual([false, true]);
});
