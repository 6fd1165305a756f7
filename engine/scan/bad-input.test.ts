// Every kind of file that is not a plain photograph, in one folder, through the engine's own door:
// each gets its row and its reason, those that can be examined are, and the scan goes on to the
// end.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AS_REFUSED } from '../../build/test-needs.ts';
import type { Finding } from '../../contract/finding.ts';
import { remarkWords } from '../../contract/remark-words.ts';
import { inWords } from '../../contract/wording.ts';
import { hashEvidenceFile, readEvidenceFile } from '../blobs/read-evidence-file.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { findingsOf, scan } from '../testing/scanned.ts';
import { isJudged } from './testing/judged.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-bad-'));
const media = path.join(root, 'media');
const windows = process.platform === 'win32';
let engine: Engine;
let client: Client;
let found: Finding[];

/** One face, 300 x 372 pixels. */
const portrait = sharp(samplePhotograph(3)).extract({ left: 480, top: 250, width: 500, height: 620 }).resize(300);
const write = (name: string, bytes: Uint8Array | string) => writeFileSync(path.join(media, name), bytes);

/** A PNG that says it is 40,000 x 40,000 pixels, with a sound header. */
async function declaredHuge(): Promise<Buffer> {
  const png = await sharp({ create: { width: 40_000, height: 1, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  png.writeUInt32BE(40_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

/** A file of that size that takes no room on the disk. */
function sparse(file: string, sizeBytes: number): void {
  const handle = openSync(file, 'w');
  ftruncateSync(handle, sizeBytes);
  closeSync(handle);
}

/** True when the system lets this user make links (Windows may not). */
function link(target: string, name: string): void {
  try {
    symlinkSync(target, path.join(media, name));
  } catch (error) {
    if (!windows) throw error;
  }
}

const SCRIPTS = [
  'Ελληνικά.jpg',
  'Русский.jpg',
  'العربية.jpg',
  'हिन्दी.jpg',
  '中文照片.jpg',
  '한국어.jpg',
  '👤 face.jpg',
];
/** Names Windows does not allow. */
const STRANGE = windows
  ? []
  : ['line\nbreak.jpg', 'over\u202Egpj.exe', `${'n'.repeat(251)}.jpg`, '-rf.jpg', 'a:b?*.jpg'];

beforeAll(async () => {
  mkdirSync(path.join(media, 'sub'), { recursive: true });
  const jpeg = await portrait.clone().jpeg({ quality: 92 }).toBuffer();
  write('plain.jpg', jpeg);
  write('cut.jpg', jpeg.subarray(0, jpeg.length / 2));
  write('empty.jpg', '');
  write('text.jpg', 'this is no picture');
  write('truly-a-jpeg.png', jpeg);
  write('huge.png', await declaredHuge());
  const sof = jpeg.indexOf(Uint8Array.of(0xff, 0xc0));
  write('huge.jpg', Buffer.from(jpeg).fill(0xfe, sof + 5, sof + 9));
  write('damaged.png', (await portrait.clone().png().toBuffer()).fill(0x55, 3000, 3400));
  const frames = [await portrait.clone().png().toBuffer(), await portrait.clone().negate().png().toBuffer()];
  const animation = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  write('animated.gif', animation);
  write('cmyk.jpg', await portrait.clone().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
  write('deep.png', await portrait.clone().toColourspace('rgb16').png().toBuffer());
  const lying = await portrait.clone().rotate(-90).toBuffer();
  write('turned.jpg', await sharp(lying).withMetadata({ orientation: 6 }).jpeg({ quality: 92 }).toBuffer());
  for (const name of [...SCRIPTS, ...STRANGE]) write(name, jpeg);
  if (process.platform === 'linux')
    writeFileSync(
      Buffer.concat([Buffer.from(`${media}/`), Buffer.from([0xd4, 0xee, 0xf2, 0xee]), Buffer.from('.jpg')]),
      jpeg,
    );
  writeFileSync(path.join(root, 'outside.jpg'), jpeg);
  link(path.join(root, 'outside.jpg'), 'link-out.jpg');
  link(root, 'link-out-folder');
  link(path.join(media, 'plain.jpg'), 'link-in.jpg');
  link(path.join(media, 'nowhere'), 'link-nowhere.jpg');
  link(path.join(media, 'link-b.jpg'), 'link-a.jpg');
  link(path.join(media, 'link-a.jpg'), 'link-b.jpg');
  link(media, path.join('sub', 'circle'));
  if (!windows) execFileSync('mkfifo', [path.join(media, 'pipe.jpg')]);
  engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  client = createClient(engine);
  // The case lies inside the folder that is scanned, as happens when someone scans `.` from where
  // they work.
  await client.case.create({ folder: path.join(media, 'case'), title: 'bad input', reference: '' });
  expect(await scan(client, [media])).toBe('done');
  found = await findingsOf(client);
});
afterAll(async () => {
  await engine?.close();
  rmSync(root, { recursive: true, force: true });
});

const rowsOf = (name: string) => found.filter((row) => row.relativePath === name);
/** What became of a file: `judged`, or the reason in brackets. */
const outcomeOf = (name: string): string => {
  const [row, ...more] = rowsOf(name);
  if (!row || more.length > 0) return `${rowsOf(name).length} rows`;
  if (isJudged(row)) return 'judged';
  return row.unscored?.kind === 'unreadable' ? row.unscored.reason : row.kind;
};

test.each([
  ['cut.jpg', 'truncated'],
  ['empty.jpg', 'empty'],
  ['text.jpg', 'unsupportedFormat'],
  ['huge.png', 'tooLarge'],
  ['huge.jpg', 'tooLarge'],
  ['damaged.png', 'corrupt'],
  ['plain.jpg', 'judged'],
  ['truly-a-jpeg.png', 'judged'],
  ['animated.gif', 'judged'],
  ['cmyk.jpg', 'judged'],
  ['deep.png', 'judged'],
  ['turned.jpg', 'judged'],
])('%s: %s', (name, expected) => {
  expect(outcomeOf(name)).toBe(expected);
});

test.each([
  ['link-out.jpg', 'outsideFolder'],
  ['link-out-folder', 'outsideFolder'],
  ['link-nowhere.jpg', 'disappeared'],
  ['link-a.jpg', 'disappeared'],
  ['link-b.jpg', 'disappeared'],
  ['link-in.jpg', 'judged'],
  ['pipe.jpg', 'notARegularFile'],
])('%s: %s', { tags: ['posix'] }, (name, expected) => {
  expect(outcomeOf(name)).toBe(expected);
});

test('names in any script, and names that would break a line or a command, are files like others', () => {
  for (const name of [...SCRIPTS, ...STRANGE]) expect(outcomeOf(name), name).toBe('judged');
});

test('a name that is no text has its row, with its bytes to be read', { tags: ['linux'] }, () => {
  expect(outcomeOf('\\xd4\\xee\\xf2\\xee.jpg')).toBe('nameNotUnicode');
});

test('what was done to a picture before it was examined is said with it', async () => {
  const { rows } = await client.evidence.list({ offset: 0, limit: 1000 });
  const remarksOf = (name: string) => {
    const state = rows.find((one) => one.relativePath === name)?.state;
    return state?.kind === 'read' ? state.remarks.map(remarkWords).join('; ') : '';
  };
  expect(remarksOf('truly-a-jpeg.png')).toMatch(/ending does not fit/);
  expect(remarksOf('animated.gif')).toMatch(/First of 2/);
  expect(remarksOf('cmyk.jpg')).toMatch(/CMYK/);
  expect(remarksOf('deep.png')).toMatch(/16-bit/);
  expect(remarksOf('turned.jpg')).toMatch(/upright/);
});

test('every file whose bytes could be read has its hash, also when it was not examined', async () => {
  const { rows } = await client.evidence.list({ offset: 0, limit: 1000 });
  const without = rows.filter((one) => one.sha256 === null).map((one) => one.relativePath);
  const expected = ['link-a.jpg', 'link-b.jpg', 'link-nowhere.jpg', 'link-out-folder', 'link-out.jpg', 'pipe.jpg'];
  const foreign = process.platform === 'linux' ? ['\\xd4\\xee\\xf2\\xee.jpg'] : [];
  expect(without.sort()).toEqual([...foreign, ...(windows ? [] : expected)].sort());
});

test('the case itself is no evidence, although it lies in the scanned folder', () => {
  expect(found.filter((row) => row.relativePath.startsWith('case/'))).toEqual([]);
});

test('a folder linked into itself is no circle', () => {
  expect(found.filter((row) => row.relativePath.startsWith('sub/'))).toEqual([]);
});

test('a file that grows while it is hashed has changed while it was read', async () => {
  const file = path.join(root, 'growing');
  writeFileSync(file, Buffer.alloc(3 << 20));
  let chunks = 0;
  const signal = { throwIfAborted: () => chunks++ === 1 && appendFileSync(file, 'more') } as unknown as AbortSignal;
  expect(await hashEvidenceFile(file, signal)).toMatchObject({ kind: 'failed', reason: 'changedWhileRead' });
});

test('a file that is gone when its turn comes has disappeared', async () => {
  expect(inWords(await readEvidenceFile(path.join(root, 'gone.jpg')))).toMatchObject({
    kind: 'failed',
    reason: 'disappeared',
    message: expect.stringMatching(/^There is no file at this place .* The system says: ENOENT/),
  });
});

test('a file beyond the size of any still is hashed and not read', async () => {
  const file = path.join(root, 'vast.tif');
  sparse(file, 5 << 20);
  const read = await readEvidenceFile(file, 1 << 20);
  expect(read).toMatchObject({ kind: 'failed', reason: 'tooLarge', sizeBytes: 5 << 20 });
  expect(read.sha256).toBe(
    createHash('sha256')
      .update(Buffer.alloc(5 << 20))
      .digest('hex'),
  );
});

test('hashing a large file ends at once when the scan is cancelled', async () => {
  const file = path.join(root, 'large');
  sparse(file, 2 ** 40);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 20);
  await expect(hashEvidenceFile(file, abort.signal)).rejects.toThrow(/aborted/);
});

test('a file that may not be read says so', { tags: ['refusal'] }, () => {
  const file = path.join(root, 'locked.jpg');
  writeFileSync(file, 'x');
  chmodSync(file, 0);
  const module = path.resolve(import.meta.dirname, '../blobs/read-evidence-file.ts');
  const script = `const { readEvidenceFile } = await import(${JSON.stringify(module)});
    console.log((await readEvidenceFile(${JSON.stringify(file)})).reason);`;
  const [command, ...args] = [...AS_REFUSED, process.execPath, '--input-type=module', '-e', script];
  expect(execFileSync(command!, args, { encoding: 'utf8' }).trim()).toBe('permissionDenied');
});
