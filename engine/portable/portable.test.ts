// A case in one file: packed here, opened and made again by another installation without the
// evidence's folder; and every way in which such a file may lie is refused without leaving anything
// behind.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import yazl from 'yazl';
import type { Sha256 } from '../../contract/brand.ts';
import { createBlobStore, sha256Of } from '../blobs/blob-store.ts';
import { takeLock } from '../case/db/connect.ts';
import type { Client, Engine } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, scan } from '../testing/scanned.ts';
import { ARCHIVE_FORMAT, MANIFEST } from './archive-format.ts';

const { root, start } = installations('portable');
const media = path.join(root, 'media');
const packed = path.join(root, 'case.recce');
let elsewhere: Engine;
let here: Client;
let there: Client;
let countsHere: unknown;

beforeAll(async () => {
  mkdirSync(media);
  copyFileSync(samplePhotograph(3), path.join(media, 'one.jpg'));
  writeFileSync(path.join(media, 'notes.txt'), 'no picture');
  ({ client: here } = await start('here'));
  ({ engine: elsewhere, client: there } = await start('there'));
  await here.case.create({ folder: path.join(root, 'case'), title: 'Portable', reference: 'P-1', examiner: 'A' });
  expect(await scan(here, [media])).toBe('done');
  countsHere = (await here.case.current())!.counts;
});

test('neither a report nor a packed case is written over a file of the evidence', async () => {
  const [one] = (await here.evidence.list({})).rows;
  const before = readFileSync(one!.path);
  const options = { organisation: '', filter: {}, includeOpinions: true, paper: 'A4', redaction: 'none' } as const;
  await expect(here.report.export({ options, format: 'json', path: one!.path })).rejects.toMatchObject({
    code: 'WRITE_FAILED',
  });
  await expect(here.case.pack({ file: one!.path, evidence: false, models: false })).rejects.toMatchObject({
    code: 'WRITE_FAILED',
  });
  expect(readFileSync(one!.path)).toEqual(before);
});

test('a packed case opens elsewhere, is whole, shows its pictures and reruns bit-identical from the evidence it brought', async () => {
  const result = await here.case.pack({ file: packed, evidence: true, models: true });
  expect(result).toMatchObject({ path: packed, sha256: sha256Of(readFileSync(packed)), leftOut: [] });
  await here.case.close();
  const away = path.join(root, 'media-moved');
  rmSync(away, { recursive: true, force: true });
  mkdirSync(away);
  for (const name of readdirSync(media)) {
    copyFileSync(path.join(media, name), path.join(away, name));
    rmSync(path.join(media, name));
  }
  const opened = await there.case.unpack({ file: packed, folder: path.join(root, 'elsewhere', 'case') });
  expect(opened).toMatchObject({ title: 'Portable', writable: true, counts: countsHere });
  expect((await there.case.verify()).problems).toEqual([]);
  const { id } = await there.rerun.start({});
  await ended(there, id);
  const { counts, rows } = await there.rerun.read({});
  expect(counts).toEqual({ identical: 4, withinTolerance: 0, different: 0, notPossible: 0 });
  expect(rows.every((row) => row.basis === 'evidence')).toBe(true);
  const picture = (await there.report.preview({})).evidence.find((one) => one.relativePath === 'one.jpg')!;
  expect(await elsewhere.readPicture({ kind: 'evidence', id: picture.id, maxPx: 64 })).toBeDefined();
  const scan = await there.scan.start({ paths: [], device: 'cpu', minimumFacePx: 40 });
  expect(await ended(there, scan.id)).toBe('done');
  expect((await there.case.current())!.counts).toEqual(countsHere);
});

test('without evidence it reruns the model step, and a changed file is left out with its reason', async () => {
  await there.case.close();
  await here.case.open({ folder: path.join(root, 'case') });
  writeFileSync(path.join(media, 'one.jpg'), 'changed');
  const before = readFileSync(packed);
  await expect(here.case.pack({ file: packed, evidence: true, models: false })).rejects.toMatchObject({
    code: 'FILE_EXISTS',
  });
  expect(readFileSync(packed).equals(before)).toBe(true);
  const result = await here.case.pack({ file: packed, evidence: true, models: false, replace: true });
  expect(result.leftOut.map((one) => one.subject).sort()).toEqual(['media/notes.txt', 'media/one.jpg']);
  expect(result.leftOut.find((one) => one.subject === 'media/one.jpg')?.reason).toMatch(/It has changed/);
  await there.case.unpack({ file: packed, folder: path.join(root, 'third', 'case') });
  const { id } = await there.rerun.start({});
  await ended(there, id);
  expect((await there.rerun.read({})).counts).toMatchObject({ identical: 3, notPossible: 1 });
});

test('a report of a case whose folders nobody here has named says that its photographs were not looked for', {
  tags: ['poppler'],
}, async () => {
  const file = path.join(root, 'not-looked-for.pdf');
  await there.case.verify();
  await there.report.export({ options: {}, format: 'pdf', path: file });
  const text = execFileSync('pdftotext', ['-layout', file, '-']).toString().replace(/\s+/g, ' ');
  expect(text).toContain('the file was not looked for');
  expect(text).toContain('nobody here had said where its evidence lies');
  expect(text).not.toContain('cannot be read now');
  expect(text).toMatch(/Verified at .*: what was looked at was as recorded\. 2 evidence files were not looked at/);
});

test('a verification that its sender made is not said to be one made here', { tags: ['poppler'] }, async () => {
  await here.case.verify();
  const packed = path.join(root, 'verified.recce');
  await here.case.pack({ file: packed, evidence: false, models: false });
  await there.case.unpack({ file: packed, folder: path.join(root, 'verified', 'case') });
  const integrity = async (name: string): Promise<string> => {
    const file = path.join(root, name);
    await there.report.export({ options: {}, format: 'pdf', path: file });
    return execFileSync('pdftotext', ['-layout', file, '-']).toString().replace(/\s+/g, ' ');
  };
  const sent = await integrity('sent.pdf');
  expect(sent).toMatch(
    /was not verified here before this report\. Its log has a verification at \S+, with(out a| \d) problem/,
  );
  expect(sent).not.toContain('Verified at');
  await there.case.verify();
  expect(await integrity('own.pdf')).toContain('Verified at');
});

test('a blob is named by its hash: a row that names a path reads nothing', async () => {
  const blobs = createBlobStore(path.join(root, 'store', 'blobs'));
  const sha256 = await blobs.put(Buffer.from('a crop'));
  writeFileSync(path.join(root, 'secret'), 'not of the case');
  expect(await blobs.get(sha256)).toEqual(Buffer.from('a crop'));
  expect(await blobs.get('../secret' as Sha256)).toBeUndefined();
});

test('what a killed process had unpacked goes when the same case is unpacked again; what a living one unpacks stays', async () => {
  const folder = path.join(root, 'again', 'case');
  const left = `${folder}.unpacking-0a1b2c3d-0000-4000-8000-0123456789ab`;
  const busy = `${folder}.unpacking-0a1b2c3d-0000-4000-8000-0123456789ac`;
  const foreign = `${folder}.unpacking-by-hand`;
  for (const one of [left, busy, foreign]) mkdirSync(path.join(one, 'blobs'), { recursive: true });
  const lock = takeLock(busy);
  expect(await there.case.unpack({ file: packed, folder })).toMatchObject({ folder, title: 'Portable' });
  expect([left, busy, foreign].map((one) => existsSync(one))).toEqual([false, true, true]);
  expect(readdirSync(path.dirname(folder)).sort()).toEqual([folder, busy, foreign].map((one) => path.basename(one)));
  lock.close();
  await there.case.close();
});

describe('a file that is not a whole portable case is refused and leaves nothing behind', () => {
  const bad = path.join(root, 'bad.recce');
  const target = path.join(root, 'refused', 'case');
  type Entry = { name: string; bytes: Buffer; compress?: boolean };
  const entry = (name: string, bytes: Buffer | string, compress = false): Entry => ({
    name,
    bytes: Buffer.from(bytes),
    compress,
  });
  /**
   * Writes a zip whose manifest announces `announced`; name checks of the zip writer are passed by
   * a rename in its bytes.
   */
  async function write(entries: Entry[], announced = entries): Promise<void> {
    const zip = new yazl.ZipFile();
    const manifest = {
      format: ARCHIVE_FORMAT,
      version: 1,
      appVersion: '0',
      title: 'x',
      entries: announced.map(({ name, bytes }) => ({ name, sizeBytes: bytes.length, sha256: sha256Of(bytes) })),
    };
    zip.addBuffer(Buffer.from(JSON.stringify(manifest)), MANIFEST);
    for (const { name, bytes, compress } of entries) zip.addBuffer(bytes, name, { compress: compress ?? false });
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(bad));
  }
  async function refusal(): Promise<string> {
    const error = await there.case.unpack({ file: bad, folder: target }).catch((caught: unknown) => caught);
    expect(existsSync(target)).toBe(false);
    if (existsSync(path.dirname(target))) expect(readdirSync(path.dirname(target))).toEqual([]);
    expect(error).toMatchObject({ code: 'ARCHIVE_REFUSED' });
    return (error as Error).message;
  }
  const blob = (content: string) => {
    const sha256 = sha256Of(Buffer.from(content));
    return entry(`blobs/${sha256.slice(0, 2)}/${sha256}`, content);
  };
  const database = (change = (_: Database.Database): void => {}): Entry => {
    const file = path.join(root, 'crafted.sqlite');
    copyFileSync(path.join(root, 'case', 'case.sqlite'), file);
    const db = new Database(file);
    db.pragma('journal_mode = DELETE');
    change(db);
    db.close();
    return entry('case.sqlite', readFileSync(file), true);
  };

  test('no zip, a cut one, one without a manifest', async () => {
    writeFileSync(bad, 'no zip at all');
    await refusal();
    const whole = readFileSync(packed);
    writeFileSync(bad, whole.subarray(0, whole.length / 2));
    await refusal();
    const zip = new yazl.ZipFile();
    zip.addBuffer(Buffer.from('x'), 'case.sqlite');
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(bad));
    expect(await refusal()).toContain('does not begin with manifest.json');
  });

  test('names that lead out of the folder, by manifest and by entry', async () => {
    await write([], [entry('../../evil', 'x')]);
    expect(await refusal()).toContain('manifest is not one');
    await write([entry('aa/aa/evil', 'x')], []);
    const bytes = readFileSync(bad).toString('latin1').replaceAll('aa/aa/evil', '../../evil');
    writeFileSync(bad, Buffer.from(bytes, 'latin1'));
    expect(await refusal()).toContain('../../evil');
    expect(existsSync(path.join(root, 'evil'))).toBe(false);
  });

  test('a file too many, one missing, one changed', async () => {
    await write([database(), blob('one')], [database()]);
    expect(await refusal()).toContain('not in its manifest');
    await write([database()], [database(), blob('one')]);
    expect(await refusal()).toContain('not in the file');
    const { name } = blob('one');
    await write([database(), entry(name, 'two')], [database(), entry(name, 'one')]);
    expect(await refusal()).toContain('has SHA-256');
    await write([database(), entry(name, 'longer')], [database(), entry(name, 'one')]);
    expect(await refusal()).toContain('has 6 bytes, 3 are announced');
    await write([database(), entry(name, 'one'), entry(name, 'one')], [database(), entry(name, 'one')]);
    expect(await refusal()).toContain('is there twice');
  });

  test('a bomb: little that would become much', async () => {
    const zeros = Buffer.alloc(200 * 2 ** 20);
    await write([{ ...entry('case.sqlite', ''), bytes: zeros, compress: true }]);
    expect(await refusal()).toContain('more than 100 times');
  });

  test('a database that is none, is damaged, is newer, or brings a trigger of its own', async () => {
    await write([entry('case.sqlite', 'no database')]);
    expect(await refusal()).toMatch(/not a database/);
    await write([database((db) => db.pragma('user_version = 999'))]);
    expect(await refusal()).toContain('version 999');
    await write([
      database((db) => db.exec("CREATE TRIGGER evil AFTER INSERT ON audit BEGIN UPDATE examiner SET name = 'x'; END")),
    ]);
    expect(await refusal()).toContain('trigger evil');
    await write([database((db) => db.exec('CREATE TRIGGER sqlite0stat1 AFTER INSERT ON audit BEGIN SELECT 1; END'))]);
    expect(await refusal()).toContain('trigger sqlite0stat1');
    const cut = database();
    await write([
      { ...cut, bytes: Buffer.concat([cut.bytes.subarray(0, 20_000), Buffer.alloc(cut.bytes.length - 20_000)]) },
    ]);
    await refusal();
  });
});
