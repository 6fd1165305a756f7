// Labelled faces for measuring groups of persons, with their embeddings: portraits of which each is of
// another person, with altered copies of some, and the faces of a labelled set of forgeries. Pictures
// are read where they lie; nothing of them is kept but, where a file is named for it, their numbers.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { createCompute } from '../engine/compute/compute.ts';
import { loadLabelledSet } from '../engine/datasets/load-labelled-set.ts';
import { createFaceEmbedder } from '../engine/examine/face-embedder.ts';
import { createFaceFinder } from '../engine/examine/face-finder.ts';
import { measureQuality } from '../engine/media/face-quality.ts';
import type { FoundFace } from '../engine/media/find-faces.ts';
import type { RgbImage } from '../models/image/rgb-image.ts';

export type PersonFace = {
  /** The file it is of, and whose: of a forgery the video it was made from. */
  file: string;
  source: string;
  /** `portrait`, an alteration of one, `genuine` or `forged`. */
  kind: string;
  sizePx: number;
  sharpness: number;
  numbers: Float32Array;
};

const shorter = async (picture: Buffer, share: number): Promise<Sharp> => {
  const { width = 0 } = await sharp(picture).metadata();
  return sharp(picture).resize(Math.round(width * share));
};
/** What is done to a portrait, by name. */
const ALTERATIONS: Readonly<Record<string, (picture: Buffer) => Promise<Sharp>>> = {
  'JPEG 30': async (picture) => sharp(picture).jpeg({ quality: 30 }),
  'half size': async (picture) => (await shorter(picture, 1 / 2)).jpeg({ quality: 80 }),
  'third size': async (picture) => (await shorter(picture, 1 / 3)).jpeg({ quality: 70 }),
  'tilted 8 degrees': async (picture) => sharp(picture).rotate(8, { background: 'black' }).jpeg({ quality: 90 }),
  darker: async (picture) => sharp(picture).linear(0.55).jpeg({ quality: 90 }),
  'blurred 2 px': async (picture) => sharp(picture).blur(2).jpeg({ quality: 90 }),
  'blurred 4 px': async (picture) => sharp(picture).blur(4).jpeg({ quality: 90 }),
};

const rgb = async (picture: Buffer): Promise<RgbImage> => {
  const { data, info } = await sharp(picture)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
};

type Wanted = { file: string; source: string; kind: string; isCut: boolean; picture: () => Promise<Buffer> };

function portraitsIn(folder: string, alteredEvery: number): Wanted[] {
  const names = readdirSync(folder)
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort();
  return names.flatMap((name, i): Wanted[] => {
    const file = path.join(path.basename(folder), name);
    const original = readFileSync(path.join(folder, name));
    const one = { source: file, isCut: false };
    const altered = i % alteredEvery === 0 ? Object.entries(ALTERATIONS) : [];
    return [
      { ...one, file, kind: 'portrait', picture: async () => original },
      ...altered.map(
        ([kind, alter]): Wanted => ({
          ...one,
          file: `${file} ${kind}`,
          kind,
          picture: async () => (await alter(original)).toBuffer(),
        }),
      ),
    ];
  });
}

/** Every so many of the set's sources, with what was made of each. */
async function forgeriesIn(folder: string, every: number): Promise<Wanted[]> {
  const { files } = await loadLabelledSet(folder);
  const sources = [...new Set(files.map(({ source }) => source))].sort().filter((_, i) => i % every === 0);
  const taken = new Set(sources);
  return files
    .filter(({ source }) => taken.has(source))
    .map(({ path: file, source, label }) => ({
      file: path.relative(folder, file),
      source,
      kind: label === 0 ? 'genuine' : 'forged',
      isCut: true,
      picture: async () => readFileSync(file),
    }));
}

const decode = (line: string): PersonFace => {
  const { numbers, ...rest } = JSON.parse(line);
  return { ...rest, numbers: new Float32Array(new Uint8Array(Buffer.from(numbers, 'base64')).buffer) };
};
const encode = ({ numbers, ...rest }: PersonFace): string =>
  JSON.stringify({
    ...rest,
    numbers: Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64'),
  });

/** `data`: a folder with `portraits`, `portraits-older` and `dfdc`. What `kept` has is not made again. */
export async function personFaces(data: string, kept: string | undefined): Promise<PersonFace[]> {
  const wanted = [
    ...portraitsIn(path.join(data, 'portraits'), 4),
    ...portraitsIn(path.join(data, 'portraits-older'), 1000),
    ...(await forgeriesIn(path.join(data, 'dfdc'), 16)),
  ];
  const lines = kept && existsSync(kept) ? readFileSync(kept, 'utf8').trim().split('\n') : [];
  const known = new Map(lines.map((line) => decode(line)).map((one) => [one.file, one]));
  const compute = createCompute({ provider: 'cpu', threads: os.availableParallelism() });
  const [finder, embedder] = [createFaceFinder(compute), createFaceEmbedder(compute)];
  const found: PersonFace[] = [];
  for (const { file, source, kind, isCut, picture } of wanted) {
    const before = known.get(file);
    if (before) {
      found.push(before);
      continue;
    }
    const image = await rgb(await picture());
    const faces: FoundFace[] = isCut ? [await finder.faceOfCrop(image)] : await finder.find(image);
    const area = ({ box }: FoundFace): number => box.width * box.height;
    const face = faces.toSorted((a, b) => area(b) - area(a))[0];
    if (!face) continue;
    const [numbers] = await embedder.embed(image, [face]);
    const { sizePx, sharpness } = measureQuality(image, face.box, face.landmarks);
    const one: PersonFace = { file, source, kind, sizePx, sharpness, numbers: Float32Array.from(numbers!) };
    found.push(one);
    if (kept) appendFileSync(kept, `${encode(one)}\n`);
  }
  await compute.close();
  return found;
}
