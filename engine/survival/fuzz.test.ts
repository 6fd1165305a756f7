// Mutated pictures, films and their tables, checkpoints, frames of the transport, case databases
// and portable cases, from seeds: nothing ends the engine, every refusal is one of ours, no file is
// left without a row. RECCE_FUZZ sets the number (300 here, 10,000 for a release), RECCE_SEED the
// seed; inputs that fail are kept in a folder that is printed.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StandardRPCHandler } from '@orpc/server/standard';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RecceError } from '../../contract/errors.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import {
  ascii,
  bodyOf,
  instanceBody,
  joined,
  pickleOf,
  trainersFile,
} from '../../models/checkpoint/testing/trainers-file.ts';
import { readZip } from '../../models/checkpoint/zip-reader.ts';
import { writeZip } from '../../models/checkpoint/zip-writer.ts';
import { type RandomStream, randomStream } from '../../models/tensor/random.ts';
import { backUpCase } from '../case/custody/backup.ts';
import { errorFromSystem } from '../case/db/database-error.ts';
import { findSchemaProblem } from '../case/db/schema-check.ts';
import { queryFindings } from '../case/grid/finding.ts';
import { walkAudit } from '../case/log/audit.ts';
import { closeCase, createCase, openCase, openCaseForReading, readCase } from '../case/open-case.ts';
import { allEvidence } from '../case/rows/evidence.ts';
import { addFile } from '../case/testing/case-material.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { createCheckpointReader } from '../library/checkpoint-reader.ts';
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
import { iconFile, photoshopFile, qoiFile, STILL_FORMATS } from '../media/still/testing/make-stills.ts';
import { codedDirectory, makeTiff, samplesDirectory } from '../media/still/testing/make-tiff.ts';
import { dhavFilm, FORMATS, ffmpeg, hasFfmpeg, testPicture } from '../media/video/testing/make-media.ts';
import { fragmentedFilm, tabledFilm } from '../media/video/testing/tabled-film.ts';
import { createVideoDecoder, type VideoDecoder, type VideoPart } from '../media/video/video-decoder.ts';
import type { Port } from '../process/port.ts';
import { craftPackedCase } from '../testing/crafted-case.ts';
import { scan } from '../testing/scanned.ts';

const COUNT = Number(process.env.RECCE_FUZZ ?? 300);
const SEED = Number(process.env.RECCE_SEED ?? 7);
/** A large run takes as long as it takes. */
vi.setConfig({ testTimeout: 900_000 + 2000 * COUNT });
const share = (fraction: number) => Math.max(1, Math.round(COUNT * fraction));
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-fuzz-'));
const failures = path.join(os.tmpdir(), 'recce-fuzz-failures');
const pick = <T>(random: RandomStream, from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
const below = (random: RandomStream, limit: number): number => Math.floor(random.uniform() * limit);

/** Numbers that lengths and offsets are broken with. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/**
 * One to eight changes: bits, bytes, edge numbers, cuts, repeats, insertions, splices with another
 * file.
 */
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
/**
 * Films of a few frames in the trade's containers and codecs; none where there is no ffmpeg
 * program.
 */
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
  pictures.push(...heifs(), ...(await rarerPhotographs(base)));
  // A film's head: what a file is begins with its first box.
  pictures.push(Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomavc1\0\0\0\x08free\0\0\0\x10mdat01234567', 'latin1'));
  if (hasFfmpeg) films = [...FILMS.map(makeFilm), ...rarerFilms()];
  engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  client = createClient(engine);
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

/**
 * Photographs of phones: coded at once, in tiles that are turned and cropped, with metadata, with
 * transparency and another picture.
 */
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

/**
 * Raw photographs, samples of floating point, and what is read by FFmpeg's decoders of single
 * pictures.
 */
async function rarerPhotographs(base: Sharp): Promise<Buffer[]> {
  const size = { widthPx: 48, heightPx: 40, channels: 3 };
  const rgb = new Uint8Array(await base.clone().removeAlpha().raw().toBuffer());
  const jpeg = await base.clone().jpeg().toBuffer();
  const png = await base.clone().resize(32, 32).png().toBuffer();
  const sensor = codedDirectory(
    { widthPx: 64, heightPx: 48 },
    { compression: 1, photometric: 32803 },
    new Uint8Array(3072),
  );
  const preview = codedDirectory({ widthPx: 48, heightPx: 40 }, { compression: 7, photometric: 6 }, jpeg);
  const made = [
    makeTiff({ ...samplesDirectory(size, { bits: 8 }, [...rgb]), sub: [sensor, preview] }),
    makeTiff(
      samplesDirectory(
        size,
        { bits: 32, format: 3 },
        Array.from(rgb, (value) => value / 255),
      ),
    ),
    makeTiff(
      samplesDirectory(
        size,
        { bits: 16 },
        Array.from(rgb, (value) => value * 16),
      ),
    ),
    Buffer.concat([Buffer.from('FUJIFILMCCD-RAW 0201'), Buffer.alloc(64), jpeg]),
    Buffer.concat([Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'latin1'), Buffer.alloc(64), jpeg]),
    Buffer.concat([jpeg, jpeg, jpeg]),
    Buffer.concat([jpeg.subarray(0, 2), MULTI_PICTURE, jpeg.subarray(2), jpeg]),
    jpeg.subarray(0, -2),
    photoshopFile(48, 40, rgb),
    qoiFile(48, 40, rgb),
    iconFile([{ sidePx: 32, png }]),
  ];
  if (!hasFfmpeg) return made;
  const from = path.join(root, 'seed.png');
  await base.clone().png().toFile(from);
  const written = [...STILL_FORMATS, ['moving.png', '', ['-c:v', 'apng', '-f', 'apng', '-loop', '0'], 0] as const];
  return [
    ...made,
    ...written.map(([name, , args]) => {
      const file = path.join(root, name);
      ffmpeg('-i', from, ...args, '-frames:v', '1', file);
      return readFileSync(file);
    }),
  ];
}

/** What a photograph of several pictures says of itself (CIPA DC-007), as far as it is read here. */
const MULTI_PICTURE = Buffer.from([0xff, 0xe2, 0, 10, ...Buffer.from('MPF\0II*\0', 'latin1')]);

/**
 * Films that are more, or less, than one picture track in one container from its beginning to its
 * end.
 */
function rarerFilms(): Buffer[] {
  const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
  const made = (name: string, ...args: string[]): Buffer => {
    const file = path.join(root, name);
    ffmpeg(...args, file);
    return readFileSync(file);
  };
  const picture = testPicture('64x48', 10, 1);
  const stream = made('part.ts', ...picture, ...h264);
  made('whole.mp4', ...picture, ...h264, '-g', '50');
  const indexed = made('b.avi', ...picture, ...h264, '-bf', '3');
  const delimited = made('delimited.h264', ...picture, ...h264, '-bf', '0', '-x264-params', 'aud=1');
  const programme = made('programme.mpg', ...picture, '-r', '25', '-c:v', 'mpeg2video', '-f', 'mpeg');
  const fragments = ['-movflags', '+frag_keyframe+empty_moov+default_base_moof'];
  const fragmented = made('fragmented.mp4', ...picture, ...h264, ...fragments);
  return [
    Buffer.concat([stream, stream]),
    stream.subarray(77),
    made('two.mp4', ...picture, ...testPicture('48x32', 10, 1), '-map', '0:v', '-map', '1:v', ...h264),
    made('trimmed.mp4', '-ss', '0.5', '-i', path.join(root, 'whole.mp4'), '-c', 'copy'),
    indexed.subarray(0, indexed.lastIndexOf('idx1')),
    made('raw.h264', ...picture, ...h264),
    made('raw.hevc', ...picture, '-c:v', 'libx265', '-x265-params', 'log-level=none:aud=1', '-pix_fmt', 'yuv420p'),
    made('raw.m4v', ...picture, '-c:v', 'mpeg4', '-f', 'm4v'),
    made('vp8.ivf', ...picture, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'),
    dhavFilm(delimited, { widthPx: 64, heightPx: 48 }, 10),
    Buffer.concat([Buffer.alloc(40, 'IMKH-0101'), programme]),
    Buffer.concat([Buffer.from('\0\0\0\x10free\0\0\0\0\0\0\0\0', 'latin1'), fragmented]),
    made('tape.dv', ...testPicture('720x576', 25, 0.08), '-c:v', 'dvvideo', '-pix_fmt', 'yuv420p'),
    made('stream.mjpeg', ...picture, '-c:v', 'mjpeg'),
    made('film.flv', ...picture, ...h264),
    made('film.m2ts', ...picture, ...h264, '-mpegts_m2ts_mode', '1'),
    made('film.mxf', ...picture, '-r', '25', '-c:v', 'mpeg2video'),
    made('sideways.mov', ...picture, '-vf', 'transpose=1', ...h264),
    made('raw.y4m', ...testPicture('32x24', 10, 0.4), '-pix_fmt', 'yuv420p'),
    made('film.nut', ...picture, ...h264),
    made('wide.mkv', ...picture, '-vf', 'setsar=16/9', ...h264),
    made(
      'hlg.mkv',
      ...picture,
      '-c:v',
      'libx265',
      '-pix_fmt',
      'yuv420p10le',
      '-x265-params',
      'log-level=none:transfer=arib-std-b67',
    ),
  ];
}

const FILMS = FORMATS.filter(([name]) => !/444|-10|raw|av1/.test(name));

function makeFilm([name, args]: (typeof FORMATS)[number]): Buffer {
  const file = path.join(root, name);
  ffmpeg(...testPicture('64x48', 10, 0.5), ...args, file);
  return readFileSync(file);
}

/** Media types and FFmpeg's names of containers that the guide says are examined. */
const PHOTOGRAPHS = [
  ...['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic', 'bmp', 'jp2', 'jxl', 'qoi', 'x-pcx', 'x-sgi', 'x-raw'],
  ...['vnd.adobe.photoshop', 'vnd.microsoft.icon', 'x-canon-cr3', 'x-portable-pixmap', 'x-portable-graymap'],
];
const CONTAINERS = [
  ...['mov', 'matroska', 'avi', 'mpeg', 'mpegts', 'mxf', 'dv', 'ivf', 'yuv4mpegpipe', 'nut', 'dhav', 'asf', 'ogg'],
  ...['flv', 'h264', 'hevc', 'm4v', 'mjpeg'],
];

test('there is a seed of every photograph format and container that is examined, and as it is each is read', {
  tags: ['ffmpeg'],
}, async () => {
  const [decoder, videoDecoder] = [createDecoder(), createVideoDecoder({ timeoutMs: 120_000 })];
  const types = new Set<string>();
  for (const bytes of pictures) {
    const type = mediaTypeFromBytes(bytes) ?? 'unknown';
    if (!type.startsWith('image/')) continue;
    expect([type, await decoder.decode(bytes)]).toMatchObject([type, { kind: 'decoded' }]);
    types.add(type.slice('image/'.length));
  }
  expect(PHOTOGRAPHS.filter((one) => !types.has(one))).toEqual([]);
  const containers = new Set<string>();
  const file = path.join(root, 'seed.film');
  for (const bytes of films) {
    writeFileSync(file, bytes);
    const { last } = await walkFilm(videoDecoder, file);
    containers.add(last.kind === 'end' ? last.end.facts.container.split(',')[0]! : JSON.stringify(last));
  }
  expect([...containers].filter((one) => !CONTAINERS.includes(one))).toEqual([]);
  expect(CONTAINERS.filter((one) => !containers.has(one))).toEqual([]);
  await decoder.close();
  await videoDecoder.close();
});

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
      if (found.kind === 'unreadable') expect(unreadableWords(found)).not.toBe('');
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
      const picture = await decoder.frameAt(file, { pts });
      if (picture.kind === 'unreadable') expect(unreadableWords(picture)).not.toBe('');
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
  if (last?.kind === 'unreadable') expect(unreadableWords(last)).not.toBe('');
  else expect(last?.kind).toBe('end');
  return { last: last!, pts };
}

test('checkpoints: read, or refused in the reader’s own words, by a process that neither dies nor is ended over one', async () => {
  const reader = createCheckpointReader({ timeoutMs: CHECKPOINT_LIMIT_MS });
  const seeds = checkpointSeeds();
  for (let i = 0; i < share(0.3); i++) {
    const random = randomStream(SEED * 2_000_003 + i);
    const bytes = pick(random, [
      () => mutate(pick(random, seeds), pick(random, seeds), random),
      () => zipOf(mutate(pickleOfSmallNetwork, pickleOfSmallNetwork, random)),
      () => zipOf(amplifyingPickle(random)),
    ])();
    await keeping(`checkpoint-${SEED}-${i}`, bytes, async () => {
      const read = await reader.describe(bytes, 'fuzz').catch((error: Error) => error);
      if (!(read instanceof Error)) return;
      expect(read).toBeInstanceOf(RecceError);
      // Neither memory without end nor time without end, and no message of a megabyte.
      expect(read.message).not.toMatch(/The checkpoint process/);
      expect(read.message.length).toBeLessThan(3000);
    });
  }
  await reader.close();
});

/**
 * A hundred times what the slowest of them takes alone; a process that is held by one is ended, and
 * the test fails.
 */
const CHECKPOINT_LIMIT_MS = 60_000;

/** Zip, legacy and safetensors of the smallest network, and PyTorch's own files. */
function checkpointSeeds(): Buffer[] {
  const fixtures = path.resolve(import.meta.dirname, '../../models/checkpoint/fixtures');
  const own = readdirSync(fixtures).filter((name) => name.endsWith('.pth'));
  return [
    Buffer.from(
      trainersFile({ at: ['model'], beside: { args: instanceBody('argparse', 'Namespace', { image_size: 96 }) } }),
    ),
    Buffer.from(
      '\x6f\0\0\0\0\0\0\0{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"format":"pt","image_size":"256"}}    ',
      'latin1',
    ),
    ...own.map((name) => readFileSync(path.join(fixtures, name))),
  ];
}

const pickleOfSmallNetwork = Buffer.from(readZip(trainersFile({ at: ['net'] })).get('archive/data.pkl')!);
/** With the checksums of what is in it: without them nothing behind them would be reached. */
const zipOf = (pickle: Uint8Array): Buffer => Buffer.from(writeZip(new Map([['archive/data.pkl', pickle]])));

/**
 * Opcodes of memo, lists, dictionaries, calls and names, each in order to make more of what is
 * there.
 */
const AMPLIFIERS: readonly ((random: RandomStream) => Uint8Array)[] = [
  (random) => Uint8Array.of(0x68, below(random, 8)),
  (random) => Uint8Array.of(0x71, below(random, 8)),
  () => ascii(']'),
  () => ascii('}'),
  () => ascii('('),
  () => ascii('t'),
  () => ascii('l'),
  () => ascii('e'),
  () => ascii('u'),
  () => ascii('a'),
  () => ascii('s'),
  () => ascii('2'),
  () => ascii('0'),
  () => ascii('R'),
  () => ascii('b'),
  () => Uint8Array.of(0x81),
  () => Uint8Array.of(0x85),
  () => Uint8Array.of(0x86),
  () => Uint8Array.of(0x93),
  () => Uint8Array.of(0x94),
  () => bodyOf('torch'),
  () => bodyOf('x'.repeat(1000)),
  () => ascii('c_codecs\nencode\n'),
  () => ascii('ccollections\nOrderedDict\n'),
  () => ascii('ctorch._utils\n_rebuild_tensor_v2\n'),
  () => ascii('ctorch\nSize\n'),
  () => ascii('cargparse\nNamespace\n'),
];

function amplifyingPickle(random: RandomStream): Uint8Array {
  // Something of each kind in the memo, then thousands of steps, a few of them again and again.
  const begin = [ascii(']'), ascii('}'), bodyOf('ha'), ascii('c_codecs\nencode\n')].map((one, n) =>
    joined(one, Uint8Array.of(0x71, n)),
  );
  const steps = Array.from({ length: 1 + below(random, 40) }, () => pick(random, AMPLIFIERS)(random));
  const again = Array.from({ length: 1 + below(random, 300) }, () => joined(...steps));
  return pickleOf(...begin, ...again);
}

test('sample tables: every film of a few kilobytes is refused or described within the memory of the process', async () => {
  const decoder = createVideoDecoder({ timeoutMs: 60_000 });
  const file = path.join(root, 'tables.mp4');
  for (let i = 0; i < share(0.1); i++) {
    const random = randomStream(SEED * 7_000_003 + i);
    const count = () => pick(random, [0, 1, 40, 5000, ...EDGES]);
    const whole = pick(random, [
      () =>
        tabledFilm(
          Array.from({ length: 1 + below(random, 5) }, () => ({ stsz: count(), stts: count(), ctts: count() })),
        ),
      () => fragmentedFilm(Array.from({ length: 1 + below(random, 5) }, count)),
    ])();
    const bytes = random.uniform() < 0.3 ? whole : mutate(whole, whole, random);
    writeFileSync(file, bytes);
    await keeping(`tables-${SEED}-${i}`, bytes, async () => {
      const found = await decoder.describe(file);
      if (found.kind === 'unreadable') expect(unreadableWords(found)).not.toMatch(/more than its limit of/);
      if (found.kind === 'unreadable') expect(found.reason).not.toBe('decoderTimedOut');
    });
  }
  await decoder.close();
});

test('frames of the transport: answered, or their connection is closed; the engine answers the next', async () => {
  const { servePort } = await import('../server/serve-port.ts');
  const handler = new StandardRPCHandler(engine.router);
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const frames = FRAMES.map((frame) => Buffer.from(JSON.stringify(frame)));
  for (let i = 0; i < share(1); i++) {
    const random = randomStream(SEED * 8_000_009 + i);
    const frame =
      random.uniform() < 0.4
        ? oddFrame(random)
        : mutate(pick(random, frames), pick(random, frames), random).toString('utf8');
    await keeping(`frame-${SEED}-${i}`, Buffer.from(frame), async () => {
      const port = fakePort();
      servePort(handler, port);
      port.receive(frame);
      // What is rejected where nobody listens fails the run: it would end the engine.
      await new Promise((resolve) => setImmediate(resolve));
      port.close();
    });
  }
  said.mockRestore();
  expect(await client.app.info()).toMatchObject({ name: 'Recce Workstation' });
});

const FRAMES = [
  { i: '1', p: { u: '/app/info' } },
  { i: '2', p: { u: '/model/list', h: { 'last-event-id': '3' } } },
  { i: '3', p: { u: '/app/browse', b: { json: { folder: '/nowhere' }, meta: [] } } },
  { i: '4', p: { u: '/job/watch' } },
  { i: '4', t: 3, p: { e: 'message', d: { a: 1 }, m: {} } },
  { i: '4', t: 4 },
];
const HEADERS = ['content-type', 'content-disposition', 'last-event-id', '__proto__', 'constructor', 'content-length'];
const VALUES = [
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'text/event-stream',
  'attachment; filename="x"',
  ['a', 'b'],
  7,
  null,
  {},
];

/** A frame of the right form with headers, bodies and ids that the library might stumble over. */
function oddFrame(random: RandomStream): string {
  const headers = Object.fromEntries([[pick(random, HEADERS), pick(random, VALUES)]]);
  const body = pick(random, [
    'x',
    null,
    [],
    { json: { a: 1 }, meta: [[0, 'a']] },
    { json: '1', meta: [[1, '__proto__', 'x']] },
  ]);
  const url = pick(random, ['/app/info', '//', '/%', '/__proto__', '/model/list?x=%zz', `/${'a/'.repeat(300)}`]);
  return JSON.stringify({
    i: pick(random, ['1', '__proto__', 'x'.repeat(64)]),
    p: { u: url, m: pick(random, [undefined, 'GET', 'X']), h: headers, b: body },
  });
}

/** A line to a window that the test holds the other end of. */
function fakePort(): Port & { receive(data: unknown): void } {
  const listeners: ((event: { data: unknown }) => void)[] = [];
  const closed: (() => void)[] = [];
  return {
    postMessage: () => {},
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      event === 'message' ? listeners.push(listener) : closed.push(listener as () => void),
    start: () => {},
    close: () => {
      for (const listener of closed.splice(0)) listener();
    },
    receive: (data) => {
      for (const listener of listeners) listener({ data });
    },
  };
}

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

/**
 * Rows and definitions that a hostile sender may put into a database: drawn from, several at once.
 */
const HOSTILE: readonly string[] = [
  `INSERT INTO job (kind, state, input, progress, created_at) VALUES ('scan', 'queued', '{"paths":["/etc"]}', '{}', '2026')`,
  `INSERT INTO job (kind, state, input, progress, created_at) VALUES ('scan', 'running', 'no JSON', 'none', '')`,
  `INSERT INTO job (kind, state, input, progress, created_at) VALUES ('scan', 'paused',
    '{"farm":{"queue":{"address":"redis://127.0.0.1:1/0"},"inFlight":1}}', '{}', '')`,
  "CREATE TRIGGER evil AFTER INSERT ON audit BEGIN UPDATE examiner SET name = 'x'; END",
  'CREATE VIEW shown AS SELECT * FROM verdict',
  'DROP TRIGGER verdict_is_append_only_update',
  "UPDATE evidence SET path = '/dev/zero'",
  "UPDATE case_info SET title = printf('%.*c', 400000, 'x')",
  "INSERT INTO examiner (name, added_at) VALUES (printf('%.*c', 5000, 'x'), '')",
  `INSERT INTO audit VALUES (9999, '', '', 'scan.finished', '',
    '{"sealed":{"face":{"from":-1,"to":9e15,"rows":1,"sha256":"x","columns":["box"; DROP TABLE face; --"]}}}', '', 'y')`,
  `INSERT INTO audit VALUES (9998, '', '', 'scan.finished', '',
    '{"videos":{"finished":"1-999999999999","sha256":"x","unfinished":[],"columns":{}}}', '', 'z')`,
  `INSERT INTO audit VALUES (9997, '', '', 'record.wentBack', '', '{"seq":"x"}', '', 'w')`,
];

test('hostile rows: looked at and checked, or refused with an error of the table; no job goes on, nothing is taken in', async () => {
  const source = createCase(path.join(root, 'rows'), { title: 'R', reference: '', demonstration: false });
  addFile(source, 'one.jpg', [0.9]);
  closeCase(source);
  const file = path.join(root, 'hostile.recce');
  const folder = path.join(root, 'hostile');
  for (let i = 0; i < Math.max(8, share(0.01)); i++) {
    const random = randomStream(SEED * 7_000_003 + i);
    const changes = new Set(Array.from({ length: 1 + Math.floor(random.uniform() * 3) }, () => pick(random, HOSTILE)));
    await craftPackedCase(path.join(root, 'rows'), file, (db) => {
      db.pragma('foreign_keys = OFF');
      for (const sql of changes) db.exec(sql);
    });
    await keeping(`rows-${SEED}-${i}`, readFileSync(file), async () => {
      const error = await client.case.unpack({ file, folder }).catch((caught: { code?: string }) => caught);
      if ('code' in error) expect(['ARCHIVE_REFUSED', 'CASE_DAMAGED']).toContain(error.code);
      else {
        await client.case.verify();
        await client.case.close();
        const left = openCaseForReading(folder);
        const states = left.db.raw.prepare("SELECT count(*) FROM job WHERE state <> 'cancelled'").pluck().get();
        expect([states, allEvidence(left).length]).toEqual([0, 1]);
        closeCase(left);
      }
      rmSync(folder, { recursive: true, force: true });
    });
  }
});

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
