// Mutated pictures, films, checkpoints, case databases and portable cases, from seeds: nothing ends the engine, every refusal is one of ours, no
// file is left without a row. RECCE_FUZZ sets the number (300 here, 10,000 for a release), RECCE_SEED the seed; inputs that fail
// are kept in a folder that is printed.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RecceError } from '../../contract/errors.ts';
import { CheckpointError } from '../../models/checkpoint/checkpoint-error.ts';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import { type RandomStream, randomStream } from '../../models/tensor/random.ts';
import { backUpCase } from '../case/custody/backup.ts';
import { errorFromSystem } from '../case/db/database-error.ts';
import { findSchemaProblem } from '../case/db/schema-check.ts';
import { queryFindings } from '../case/grid/finding.ts';
import { walkAudit } from '../case/log/audit.ts';
import { closeCase, createCase, openCase, readCase } from '../case/open-case.ts';
import { allEvidence } from '../case/rows/evidence.ts';
import { addFile } from '../case/testing/case-material.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { createDecoder } from '../media/decoder.ts';
import { drawnFile } from '../media/heif/testing/drawn-picture.ts';
import {
  clap,
  codedPictureOf,
  exifItem,
  imir,
  irot,
  makeHeif,
  nclx,
  tiledPicture,
} from '../media/heif/testing/make-heif.ts';
import { readMetadata } from '../media/read-metadata.ts';
import { mediaTypeFromBytes } from '../media/sniff.ts';
import { FORMATS, ffmpeg, hasFfmpeg, testPicture } from '../media/video/testing/make-media.ts';
import { createVideoDecoder, type VideoDecoder, type VideoPart } from '../media/video/video-decoder.ts';
import { scan } from '../testing/scanned.ts';

const COUNT = Number(process.env.RECCE_FUZZ ?? 300);
const SEED = Number(process.env.RECCE_SEED ?? 7);
/** A large run takes as long as it takes. */
vi.setConfig({ testTimeout: 120_000 + 2000 * COUNT });
const share = (fraction: number) => Math.max(1, Math.round(COUNT * fraction));
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-fuzz-'));
const failures = path.join(os.tmpdir(), 'recce-fuzz-failures');
const pick = <T>(random: RandomStream, from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
const below = (random: RandomStream, limit: number): number => Math.floor(random.uniform() * limit);

/** Numbers that lengths and offsets are broken with. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** One to eight changes: bits, bytes, edge numbers, cuts, repeats, insertions, splices with another file. */
function mutate(bytes: Uint8Array, other: Uint8Array, random: RandomStream): Buffer {
  let out = Buffer.from(bytes);
  for (let n = 1 + below(random, 8); n > 0 && out.length > 8; n--) {
    const at = below(random, out.length);
    const size = 1 + below(random, Math.min(64, out.length - at));
    const kind = below(random, 8);
    if (kind === 0) out[at]! ^= 1 << below(random, 8);
    else if (kind === 1) out[at] = below(random, 256);
    else if (kind === 2) out.writeUInt32BE(pick(random, EDGES), Math.min(at, out.length - 4));
    else if (kind === 3) out.writeUInt32LE(pick(random, EDGES), Math.min(at, out.length - 4));
    else if (kind === 4) out = Buffer.concat([out.subarray(0, at), out.subarray(at + size)]);
    else if (kind === 5) out = Buffer.concat([out.subarray(0, at + size), out.subarray(at)]);
    else if (kind === 6)
      out = random.uniform() < 0.2 ? Buffer.from(out.subarray(0, at)) : out.fill(below(random, 256), at, at + size);
    else out = Buffer.concat([out.subarray(0, at), other.subarray(below(random, other.length)), out.subarray(at)]);
  }
  return out;
}

let pictures: Buffer[] = [];
/** Films of a few frames in the trade's containers and codecs; none where there is no ffmpeg program. */
let films: Buffer[] = [];
let engine: Engine;
let client: Client;

beforeAll(async () => {
  console.log(`fuzz: ${COUNT} inputs, seed ${SEED}, failures kept in ${failures}`);
  const base = sharp(
    await sharp({ create: { width: 48, height: 40, channels: 3, background: '#a86' } })
      .png()
      .toBuffer(),
  );
  pictures = await Promise.all([
    base
      .clone()
      .jpeg()
      .withExif({ IFD0: { Software: 'fuzz' } })
      .toBuffer(),
    base.clone().jpeg({ progressive: true }).toBuffer(),
    base.clone().png().toBuffer(),
    base.clone().webp().toBuffer(),
    base.clone().gif().toBuffer(),
    base.clone().tiff().toBuffer(),
    base.clone().avif({ effort: 0 }).toBuffer(),
  ]);
  pictures.push(...heifs());
  // A film's head: what a file is begins with its first box.
  pictures.push(Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomavc1\0\0\0\x08free\0\0\0\x10mdat01234567', 'latin1'));
  if (hasFfmpeg) films = FILMS.map(makeFilm);
  engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  client = createClient(engine);
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

/** Photographs of phones: coded at once, in tiles that are turned and cropped, with metadata, with transparency and another picture. */
function heifs(): Buffer[] {
  const coded = codedPictureOf(drawnFile('drawn-444'));
  const grid = {
    rows: 1,
    columns: 2,
    width: 180,
    height: 60,
    more: [clap(100, 40), irot(1), imir(1), nclx(1, 13, 6, true)],
  };
  const described = [
    { id: 1, ...coded },
    { id: 2, type: 'Exif', data: exifItem(Buffer.from('MM\0*\0\0\0\x08\0\0', 'latin1')) },
  ];
  return [
    drawnFile('drawn-8-bit'),
    drawnFile('drawn-10-bit'),
    drawnFile('drawn-alpha-and-another'),
    tiledPicture([coded, coded], grid),
    makeHeif({ primary: 1, items: described, references: [{ type: 'cdsc', from: 2, to: [1] }] }),
  ];
}

const FILMS = FORMATS.filter(([name]) => !/444|-10|raw|av1/.test(name));

function makeFilm([name, args]: (typeof FORMATS)[number]): Buffer {
  const file = path.join(root, name);
  ffmpeg(...testPicture('64x48', 10, 0.5), ...args, file);
  return readFileSync(file);
}

/** Keeps the input that made `run` fail, and says where. */
async function keeping<T>(name: string, bytes: Uint8Array, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    mkdirSync(failures, { recursive: true });
    writeFileSync(path.join(failures, name), bytes);
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

test('pictures: decoded or unreadable with a reason; structure and credentials read or not; never an exception', async () => {
  const decoder = createDecoder();
  const crashes: string[] = [];
  for (let i = 0; i < share(0.5); i++) {
    const random = randomStream(SEED * 1_000_003 + i);
    const bytes = mutate(pick(random, pictures), pick(random, pictures), random);
    await keeping(`picture-${SEED}-${i}`, bytes, async () => {
      const found = await decoder.decode(bytes);
      if (found.kind === 'unreadable') expect(found.message).not.toBe('');
      else expect(found.data.length).toBe(found.widthPx * found.heightPx * 3);
      if (found.kind === 'unreadable' && found.reason === 'decoderCrashed') crashes.push(`picture-${SEED}-${i}`);
      await decoder.examine(bytes, mediaTypeFromBytes(bytes) ?? 'image/jpeg', '');
      await readMetadata(bytes);
    });
  }
  await decoder.close();
  expect(crashes, 'pictures that ended the decode process').toEqual([]);
});

test('films: every frame, or unreadable with a reason; described; never an exception', {
  tags: ['ffmpeg'],
}, async () => {
  const decoder = createVideoDecoder({ timeoutMs: 120_000 });
  const blamed: Record<string, string[]> = { decoderCrashed: [], decoderTimedOut: [] };
  for (let i = 0; i < share(0.1); i++) {
    const random = randomStream(SEED * 6_000_011 + i);
    const bytes = mutate(pick(random, films), pick(random, films), random);
    const file = path.join(root, 'mutated.film');
    writeFileSync(file, bytes);
    await keeping(`film-${SEED}-${i}`, bytes, async () => {
      const { last, pts } = await walkFilm(decoder, file);
      if (last.kind === 'unreadable') blamed[last.reason]?.push(`film-${SEED}-${i}`);
      await decoder.describe(file);
      const picture = await decoder.frameAt(file, pts);
      if (picture.kind === 'unreadable') expect(picture.message).not.toBe('');
    });
  }
  await decoder.close();
  expect(blamed, 'films that ended the video process, or ran out of its time').toEqual({
    decoderCrashed: [],
    decoderTimedOut: [],
  });
});

/** How a walk through a film ended, and the time of its last frame. */
async function walkFilm(decoder: VideoDecoder, file: string) {
  let [last, pts]: [VideoPart | undefined, number] = [undefined, 0];
  for await (const part of decoder.walk(file, { kind: 'everyFrame' }, -1)) {
    last = part;
    if (part.kind !== 'frames') continue;
    for (const frame of part.frames) expect(frame.data.length).toBe(frame.widthPx * frame.heightPx * 3);
    pts = part.frames.at(-1)?.pts ?? pts;
  }
  if (last?.kind === 'unreadable') expect(last.message).not.toBe('');
  else expect(last?.kind).toBe('end');
  return { last: last!, pts };
}

test('checkpoints: read, or refused in the reader’s own words', async () => {
  const weights = readFileSync(path.resolve(import.meta.dirname, '../../models/weights/recce-lite-0.25.pth'));
  for (let i = 0; i < share(0.1); i++) {
    const random = randomStream(SEED * 2_000_003 + i);
    // The index and the pickle are at the ends; the middle is numbers, of which any will do.
    const [head, tail] = [weights.subarray(0, 40_000), weights.subarray(-40_000)];
    const bytes = pick(random, [
      () => Buffer.concat([mutate(head, tail, random), weights.subarray(40_000)]),
      () => Buffer.concat([weights.subarray(0, -40_000), mutate(tail, head, random)]),
    ])();
    await keeping(`checkpoint-${SEED}-${i}`, bytes, () => {
      try {
        readRecceCheckpoint(bytes);
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
      }
    });
  }
});

test('case databases: opened, or refused with an error of the table, and the file is as it was', async () => {
  const source = createCase(path.join(root, 'source'), { title: 'S', reference: '', demonstration: false });
  for (let i = 0; i < 40; i++) addFile(source, `${i}.jpg`, [0.1, 0.9]);
  const whole = readFileSync((await backUpCase(source))!);
  closeCase(source);
  for (let i = 0; i < share(0.15); i++) {
    const random = randomStream(SEED * 3_000_017 + i);
    const bytes = mutate(whole, pick(random, pictures), random);
    const folder = path.join(root, `database-${i}`);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'case.sqlite'), bytes);
    await keeping(`database-${SEED}-${i}`, bytes, () => {
      findSchemaProblem(path.join(folder, 'case.sqlite'));
      useDatabase(folder);
    });
    rmSync(folder, { recursive: true });
  }
});

/** What opening a case does, and looking at it. Anything but an error of the table is a failure. */
function useDatabase(folder: string): void {
  try {
    const opened = openCase(folder);
    try {
      readCase(opened);
      allEvidence(opened);
      walkAudit(opened);
      const sort = { by: 'score', direction: 'descending' } as const;
      queryFindings(opened, { examinerId: null, blind: false }, { filter: {}, sort, offset: 0, limit: 100 });
    } finally {
      closeCase(opened);
    }
  } catch (error) {
    if (!(errorFromSystem(error, folder) instanceof RecceError)) throw error;
  }
}

test('portable cases: unpacked whole, or refused and nothing left behind', async () => {
  await client.case.create({ folder: path.join(root, 'packed'), title: 'P', reference: '' });
  await client.case.pack({ file: path.join(root, 'p.recce'), models: false });
  const whole = readFileSync(path.join(root, 'p.recce'));
  for (let i = 0; i < share(0.05); i++) {
    const random = randomStream(SEED * 4_000_037 + i);
    const bytes = mutate(whole, pick(random, pictures), random);
    const file = path.join(root, 'mutated.recce');
    writeFileSync(file, bytes);
    await keeping(`portable-${SEED}-${i}`, bytes, async () => {
      const folder = path.join(root, 'unpacked');
      const error = await client.case.unpack({ file, folder }).catch((caught: { code?: string }) => caught);
      if ('code' in error) expect(['ARCHIVE_REFUSED', 'DISK_FULL']).toContain(error.code);
      await client.case.close();
      rmSync(folder, { recursive: true, force: true });
      expect(readdirSync(root).filter((name) => name.includes('unpacking'))).toEqual([]);
    });
  }
});

test('a scan of mutated files ends with a row for every one of them', async () => {
  const folder = path.join(root, 'media');
  mkdirSync(folder);
  const count = share(0.1);
  for (let i = 0; i < count; i++) {
    const random = randomStream(SEED * 5_000_011 + i);
    const from = random.uniform() < 0.3 && films.length > 0 ? films : pictures;
    writeFileSync(path.join(folder, `${i}.bin`), mutate(pick(random, from), pick(random, pictures), random));
  }
  copyFileSync(path.join(folder, '0.bin'), path.join(folder, 'copy.bin'));
  await client.case.create({ folder: path.join(root, 'scanned'), title: 'S', reference: '' });
  expect(await scan(client, [folder])).toBe('done');
  const rows: { relativePath: string; kind: string; score: number | null }[] = [];
  for (let offset = 0; ; offset += 1000) {
    const page = await client.finding.query({ filter: {}, offset, limit: 1000 });
    rows.push(...page.rows);
    if (page.rows.length < 1000) break;
  }
  expect(new Set(rows.map((row) => row.relativePath)).size).toBe(count + 1);
  expect(rows.every((row) => (row.kind === 'scored') === (row.score !== null))).toBe(true);
  expect((await client.case.verify()).problems).toEqual([]);
});
