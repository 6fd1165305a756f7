// How well a near copy is known again, and how often two pictures are called one that are not: each of
// many photographs as a JPEG of several qualities, scaled, cut, mirrored, and against every other of
// them. Pictures are read where they lie; nothing of them is kept.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Sha256 } from '../contract/brand.ts';
import type { KeptPicture } from '../engine/case/hashes-file.ts';
import { filesNear, pictureSet } from '../engine/copies/compare-pictures.ts';
import { LEAST_DETAIL, nearMatch, type PictureHash, pictureHash } from '../models/image/picture-hash.ts';
import type { RgbImage } from '../models/image/rgb-image.ts';
import { randomStream } from '../models/tensor/random.ts';

const MANY = 100_000;

type Alter = (picture: Sharp, width: number, height: number) => Sharp;

const scaled =
  (share: number): Alter =>
  (picture, width) =>
    picture.resize(Math.round(width * share)).jpeg({ quality: 85 });
/** Parts of the side that are cut off. */
const cut =
  (left: number, top: number, right: number, bottom: number): Alter =>
  (picture, width, height) =>
    picture
      .extract({
        left: Math.floor(width * left),
        top: Math.floor(height * top),
        width: Math.floor(width * (1 - left - right)),
        height: Math.floor(height * (1 - top - bottom)),
      })
      .jpeg({ quality: 85 });
/** A twentieth of the area, all around. */
const EDGE = (1 - Math.sqrt(0.95)) / 2;

const ALTERATIONS: Readonly<Record<string, Alter>> = {
  ...Object.fromEntries(
    [90, 70, 50, 30, 10].map((quality): [string, Alter] => [`JPEG ${quality}`, (picture) => picture.jpeg({ quality })]),
  ),
  'a quarter of the size': scaled(1 / 4),
  'half the size': scaled(1 / 2),
  'twice the size': scaled(2),
  '5 % of the area cut off, all around': cut(EDGE, EDGE, EDGE, EDGE),
  '5 % cut off at the left': cut(0.05, 0, 0, 0),
  '5 % cut off at the top': cut(0, 0.05, 0, 0),
  '5 % cut off each edge': cut(0.05, 0.05, 0.05, 0.05),
  '10 % cut off each edge': cut(0.1, 0.1, 0.1, 0.1),
  'cut unevenly, half the size': (picture, width, height) =>
    scaled(1 / 2)(cut(0.05, 0.03, 0.02, 0.05)(picture, width, height), width, height),
  mirrored: (picture) => picture.flop().jpeg({ quality: 80 }),
  grey: (picture) => picture.grayscale().jpeg({ quality: 80 }),
  'brighter, JPEG 80': (picture) => picture.linear(1.1, 10).jpeg({ quality: 80 }),
};

async function rgb(picture: Sharp | Buffer): Promise<RgbImage> {
  const raw = sharp(Buffer.isBuffer(picture) ? picture : await picture.toBuffer())
    .removeAlpha()
    .toColourspace('srgb')
    .raw();
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
}

async function altered(original: Buffer, alter: Alter): Promise<PictureHash> {
  const { width, height } = await sharp(original).metadata();
  return pictureHash(await rgb(alter(sharp(original), width, height)));
}

type Known = { file: string; bytes: Buffer; of: PictureHash };

async function picturesIn(folder: string, every: number): Promise<Known[]> {
  const names = readdirSync(folder)
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort();
  const all: Known[] = [];
  for (const [i, name] of names.entries()) {
    if (i % every !== 0) continue;
    const bytes = readFileSync(path.join(folder, name));
    all.push({ file: name, bytes, of: pictureHash(await rgb(bytes)) });
  }
  return all;
}

const hasDetail = ({ of }: Known): boolean => of.detail >= LEAST_DETAIL;
const percent = (n: number, of: number): string => `${((100 * n) / Math.max(1, of)).toFixed(1)} %`;

async function* recall(all: readonly Known[]): AsyncGenerator<string> {
  for (const [name, alter] of Object.entries(ALTERATIONS)) {
    let found = 0;
    for (const one of all) {
      const copy = await altered(one.bytes, alter);
      if (copy.detail >= LEAST_DETAIL && nearMatch(one.of, copy)) found += 1;
    }
    yield `  ${name}: ${found} of ${all.length} found (${percent(found, all.length)})`;
  }
}

function* falsePairs(all: readonly Known[]): Generator<string> {
  let pairs = 0;
  const said: string[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < all.length; i++)
    for (let k = 0; k < i; k++) {
      pairs += 1;
      const match = nearMatch(all[i]!.of, all[k]!.of);
      if (match)
        said.push(`    ${all[k]!.file} and ${all[i]!.file}: ${match.bits} bits, likeness ${match.likeness.toFixed(4)}`);
    }
  const { user, system } = process.cpuUsage(before);
  const perMillion = (said.length / pairs) * 1e6;
  yield `  ${said.length} of ${pairs} pairs called near copies: ${perMillion.toFixed(1)} in a million (${((user + system) / 1e3 / pairs).toFixed(4)} ms a pair)`;
  yield* said.slice(0, 40);
}

function sumOf(words: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < MANY * 16; i++) sum += words[i]!;
  return sum;
}

/** One search among many, beside a sum over the words of all: the least processor time of several. */
async function manyLine(): Promise<string> {
  const stream = randomStream(1);
  const half = (): string => Math.floor(stream.uniform(0, 65_536)).toString(16).padStart(4, '0');
  const hash = (): string => Array.from({ length: 16 }, half).join('');
  const small = Buffer.alloc(1024).toString('base64');
  const sha256 = '0'.repeat(64) as Sha256;
  const all = pictureSet(
    Array.from({ length: MANY }, (): KeptPicture => {
      return { of: sha256, frame: null, detail: 100, hash: { whole: hash(), inner: hash(), small } };
    }),
  );
  const least = async (run: (i: number) => unknown): Promise<number> => {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 10; i++) {
      const before = process.cpuUsage();
      await run(i);
      const { user, system } = process.cpuUsage(before);
      best = Math.min(best, (user + system) / 1000);
    }
    return best;
  };
  const sum = await least(() => sumOf(all.words));
  const search = await least((i) => filesNear(all.pictures[i]!.hash!, all, undefined));
  return `near copies of one of ${MANY} made-up pictures: ${(search / sum).toFixed(2)} x a sum over their hashes (processor ${search.toFixed(0)} ms)`;
}

/** `npm run bench -- copies FOLDER EVERY ...`: folders of pictures, and every how many-th of each. */
export async function* benchCopies(arguments_: readonly string[]): AsyncGenerator<string> {
  const folders = arguments_.filter((one) => path.isAbsolute(one));
  yield await manyLine();
  if (folders.length === 0) yield 'name folders of pictures, each with a number behind it: every so many-th';
  for (const folder of folders) {
    const every = Number(arguments_[arguments_.indexOf(folder) + 1] ?? 1) || 1;
    const pictures = await picturesIn(folder, every);
    const all = pictures.filter(hasDetail);
    yield `${path.basename(folder)}: ${pictures.length} pictures, ${pictures.length - all.length} with too little detail`;
    yield* recall(all.filter((_, i) => i % 4 === 0));
    yield* falsePairs(all);
  }
}
