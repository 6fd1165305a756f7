// A phone's photographs of 12 megapixels: what a file costs in processor time, as a ratio to
// decoding it once, with six faces and without one, by stage and beside a look at every tile; then
// how many faces are found by size, tilt and light. `npm run bench -- photographs 4 recall FOLDER`:
// four photographs of each kind, the table of what is found, and the portraits of a folder (with a
// slash in its name) to set into them; otherwise ten, no table, and a face of the sample
// photographs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { type Compute, createCompute } from '../engine/compute/compute.ts';
import { createFaceFinder, type FaceFinder } from '../engine/examine/face-finder.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { decodeReduced } from '../engine/media/decode-reduced.ts';
import { type FoundFace, type Look, STILL_LOOK } from '../engine/media/find-faces.ts';
import { photographOf } from '../engine/media/photograph.ts';
import type { RgbImage } from '../models/image/rgb-image.ts';
import { randomStream } from '../models/tensor/random.ts';
import { benchPortraits } from './bench-media.ts';
import { ownSeconds, peakMegabytesOf, secondsOf, treeSeconds } from './process-usage.ts';
import { scanToEnd } from './scan-to-end.ts';

const [WIDTH, HEIGHT] = [4032, 3024];
/** Photographs of each kind, unless a number is given, and pictures that they are made from. */
const [EACH, PICTURES] = [10, 2];
/** Each picture is saved at so many qualities at the most: no two files have the same bytes. */
const QUALITIES = 20;
const FACES = 6;
/** How the pipelines before looked. */
const IN_2: Look = { by: 'tiles', ...STILL_LOOK };
const IN_3: Look = { by: 'coarseToFine' };
/** What cannot be measured finer than clock ticks is measured over as many files. */
const milliseconds = (seconds: number): number => seconds * 1000;

type Placed = { x: number; y: number; facePx: number };
type Setting = { facePx: number; tilt: number; light: 'plain' | 'dark' | 'blurred' };

/**
 * A background of `kind`: stones, leaves, grain or cloth; none of them is a face. RGB bytes of the
 * size.
 */
async function background(kind: number, seed: number): Promise<Buffer> {
  const stream = randomStream(seed);
  const random = () => stream.uniform();
  const [w, h] = [WIDTH / 4, HEIGHT / 4];
  const data = new Uint8Array(w * h * 3);
  const blobs = Array.from({ length: 60 }, () => [random() * w, random() * h, 8 + random() * 60, random() * 160]);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      let value = 90 + (y / h) * 60;
      if (kind === 0)
        value += (y % 23 < 2 || (x + (Math.floor(y / 23) % 2) * 17) % 35 < 2 ? -50 : 0) + ((x * 7 + y * 13) % 9);
      if (kind === 1) value += 30 * Math.sin(x / 5 + Math.sin(y / 9) * 3) * Math.cos(y / 7);
      if (kind === 2) for (const [bx, by, r, v] of blobs) if (Math.hypot(x - bx!, y - by!) < r!) value = v!;
      value += random() * 24;
      data.set([value, value * 0.95, value * 0.85], (y * w + x) * 3);
    }
  return sharp(data, { raw: { width: w, height: h, channels: 3 } })
    .resize(WIDTH, HEIGHT)
    .raw()
    .toBuffer();
}

/** A portrait as it is pasted: its face `facePx` wide, an ellipse with soft edges. */
async function pasted(portrait: Buffer, { facePx, tilt, light }: Setting): Promise<{ data: Buffer; side: number }> {
  const [width, height] = [Math.round(facePx * 2.25), Math.round(facePx * 2.75)];
  let face = sharp(portrait).resize(width, height, { fit: 'fill' });
  if (light === 'dark') face = face.linear(0.18, 0);
  if (light === 'blurred') face = face.blur(Math.max(0.3, facePx / 25));
  const edge = Buffer.from(
    `<svg width="${width}" height="${height}"><defs><radialGradient id="g"><stop offset="0.86" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs><rect width="${width}" height="${height}" fill="url(#g)"/></svg>`,
  );
  const cut = await sharp(await face.ensureAlpha().png().toBuffer())
    .composite([{ input: edge, blend: 'dest-in' }])
    .png()
    .toBuffer();
  const turned = sharp(cut).rotate(tilt, { background: { r: 0, g: 0, b: 0, alpha: 0 } });
  const { data, info } = await turned.png().toBuffer({ resolveWithObject: true });
  return { data, side: Math.max(info.width, info.height) };
}

/** A photograph as a JPEG, and where its faces are. */
async function photograph(
  portraits: readonly Buffer[],
  seed: number,
  setting: Setting,
): Promise<{ jpeg: Buffer; placed: Placed[] }> {
  const stream = randomStream(seed + 1);
  const random = () => stream.uniform();
  const layers: { input: Buffer; left: number; top: number }[] = [];
  const placed: Placed[] = [];
  for (const [i, portrait] of portraits.entries()) {
    const { data, side } = await pasted(portrait, setting);
    const [columns, rows] = [3, 2];
    const [cellWidth, cellHeight] = [WIDTH / columns, HEIGHT / rows];
    const left = Math.floor((i % columns) * cellWidth + random() * Math.max(0, cellWidth - side));
    const top = Math.floor(Math.floor(i / columns) * cellHeight + random() * Math.max(0, cellHeight - side));
    const { width = 0, height = 0 } = await sharp(data).metadata();
    layers.push({ input: data, left, top });
    placed.push({ x: left + width / 2, y: top + height / 2, facePx: setting.facePx });
  }
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  const jpeg = await sharp(await background(seed % 4, seed), { raw })
    .composite(layers)
    .jpeg({ quality: 92 })
    .toBuffer();
  return { jpeg, placed };
}

const pixelsOf = async (jpeg: Buffer): Promise<RgbImage> => {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data };
};

/** Processor seconds that `work` takes in this process and in `pid`, and what it gave. */
async function cost<T>(pid: () => number | undefined, work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const before = ownSeconds() + secondsOf(pid());
  const result = await work();
  return { seconds: ownSeconds() + secondsOf(pid()) - before, result };
}

/** Plain decoding, before and after what it is compared with. */
async function decodingSeconds(jpegs: readonly Buffer[]): Promise<number> {
  const { seconds } = await cost(
    () => undefined,
    async () => {
      for (const jpeg of jpegs) await sharp(jpeg).raw().toBuffer();
    },
  );
  return seconds / jpegs.length;
}

/** Lines on what a file costs from end to end and in parts. */
async function* costs(
  name: string,
  jpegs: readonly Buffer[],
  finder: FaceFinder,
  compute: Compute,
  root: string,
): AsyncGenerator<string> {
  const folder = path.join(root, name.replaceAll(' ', '-'));
  mkdirSync(folder, { recursive: true });
  for (const [i, jpeg] of jpegs.entries()) writeFileSync(path.join(folder, `${i}.jpg`), jpeg);
  const engine = await createEngine({ appDataFolder: path.join(root, `app-${name.replaceAll(' ', '-')}`) });
  const client = createClient(engine);
  try {
    const lite = (await client.model.list())[0]!;
    await client.case.create({ folder: `${folder}-case`, title: 'bench', reference: '' });
    await scanToEnd(client, lite.id, path.join(root, 'warm'));
    const used = () => treeSeconds(process.pid);
    const plainBefore = await decodingSeconds(jpegs);
    const [before, from] = [used(), performance.now()];
    await scanToEnd(client, lite.id, folder);
    const line = (used() - before) / jpegs.length;
    const clock = (performance.now() - from) / 1000;
    const { compute: scoring, decode: decoding, finders } = engine.pids();
    const peaks = [process.pid, scoring, decoding, ...finders].map(peakMegabytesOf);
    const decode = (plainBefore + (await decodingSeconds(jpegs))) / 2;
    const times = (seconds: number): string =>
      `${milliseconds(seconds).toFixed(0)} ms, ${(seconds / decode).toFixed(1)}`;
    yield `${name}: decoding once ${milliseconds(decode).toFixed(0)} ms; the scan, from file to row, ${times(line)} times that`;
    yield `  on the clock: ${(jpegs.length / clock).toFixed(2)} files/s, ${((line * jpegs.length) / clock).toFixed(2)} cores busy; ${finders.length} finder processes; ${peaks.reduce((a, b) => a + b, 0).toFixed(0)} MB at most in all of them`;
    const part = (work: (jpeg: Buffer) => Promise<unknown>) =>
      cost(
        () => compute.pid(),
        async () => {
          for (const jpeg of jpegs) await work(jpeg);
        },
      ).then(({ seconds }) => seconds / jpegs.length);
    yield `  a smaller picture: ${times(await part((jpeg) => decodeReduced(jpeg)))} times`;
    const images = await Promise.all(jpegs.slice(0, PICTURES).map(pixelsOf));
    const find = async (look: Look | undefined): Promise<number> => {
      const pictures = await Promise.all(
        images.map(async (image) => {
          const whole = photographOf(image);
          const reduced = await whole.reduced();
          return look?.by === 'tiles' ? image : { ...whole, reduced: async () => reduced };
        }),
      );
      const { seconds } = await cost(
        () => compute.pid(),
        async () => {
          for (const picture of pictures) await finder.find(picture, look);
        },
      );
      return seconds / images.length;
    };
    const [now, in3, in2] = [await find(undefined), await find(IN_3), await find(IN_2)];
    yield `  finding: ${times(now)} times; as in pipeline 3: ${times(in3)} times; at every tile, as in pipeline 2: ${times(in2)} times`;
  } finally {
    await engine.close();
  }
}

const hits = (placed: readonly Placed[], found: readonly FoundFace[]): number => {
  const near = ({ x, y, facePx }: Placed): boolean =>
    found.some(({ box }) => Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) < facePx * 0.8);
  return placed.filter(near).length;
};

/** By size, tilt and light: found of those that are there, and how many more, now and closely. */
async function* recall(portraits: readonly Buffer[], finder: FaceFinder): AsyncGenerator<string> {
  yield 'face, px | tilt | light | there | found in pipeline 2 (false) | in 3 | now';
  const settings: Setting[] = [
    ...[40, 52, 64, 110, 250, 600].flatMap((facePx) =>
      [0, 30, 90, 180].map((tilt) => ({ facePx, tilt, light: 'plain' as const })),
    ),
    ...[64, 160].flatMap((facePx) =>
      (['dark', 'blurred'] as const).flatMap((light) => [0, 90].map((tilt) => ({ facePx, tilt, light }))),
    ),
  ];
  for (const [i, setting] of settings.entries()) {
    const some = Array.from(
      { length: setting.facePx > 500 ? 2 : FACES },
      (_, k) => portraits[(i * FACES + k * 31) % portraits.length]!,
    );
    const { jpeg, placed } = await photograph(some, i, setting);
    const image = await pixelsOf(jpeg);
    const found = [await finder.find(image, IN_2), await finder.find(image, IN_3), await finder.find(image)];
    const cell = (found: readonly FoundFace[]) => `${hits(placed, found)} (${found.length - hits(placed, found)})`;
    yield `${setting.facePx} | ${setting.tilt} | ${setting.light} | ${placed.length} | ${found.map(cell).join(' | ')}`;
  }
}

/** Lines of the report. */
export async function* benchPhotographs(arguments_: readonly string[]): AsyncGenerator<string> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-bench-'));
  const each = Number(arguments_.find((one) => /^\d+$/.test(one)) ?? EACH);
  const compute = createCompute({ provider: 'cpu', threads: 1 });
  const finder = createFaceFinder(compute);
  try {
    const portraits = await benchPortraits(arguments_.find((one) => one.includes('/')));
    const plain: Setting = { facePx: 250, tilt: 0, light: 'plain' };
    const six = (i: number) => Array.from({ length: FACES }, (_, k) => portraits[(i * FACES + k) % portraits.length]!);
    mkdirSync(path.join(root, 'warm'));
    for (const i of [0, 1]) {
      const { jpeg } = await photograph(i === 0 ? [] : six(i), 90 + i, plain);
      writeFileSync(path.join(root, 'warm', `${i}.jpg`), jpeg);
      await finder.find(await pixelsOf(jpeg));
    }
    for (const [name, faces] of [
      ['without a face', 0],
      ['with six faces', FACES],
    ] as const) {
      const pictures: Buffer[] = [];
      const different = Math.max(PICTURES, Math.ceil(each / QUALITIES));
      for (let i = 0; i < different; i++) pictures.push((await photograph(faces ? six(i) : [], i, plain)).jpeg);
      const saved = (_: unknown, i: number): Promise<Buffer> =>
        sharp(pictures[i % different])
          .jpeg({ quality: 75 + Math.floor(i / different) })
          .toBuffer();
      const jpegs = await Promise.all(Array.from({ length: each }, saved));
      yield* costs(name, jpegs, finder, compute, root);
    }
    if (arguments_.includes('recall')) yield* recall(portraits, finder);
  } finally {
    await compute.close();
    rmSync(root, { recursive: true, force: true });
  }
}
