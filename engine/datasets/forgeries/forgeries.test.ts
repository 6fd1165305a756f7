// Forgeries and degradations on a drawn face: what is changed, what is not, and that chance is the
// seed's alone. The finder's package brings real photographs; here everything must be known to the
// pixel.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALTERATIONS } from '../../../contract/stability.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { randomStream } from '../../../models/tensor/random.ts';
import { sha256Of } from '../../blobs/blob-store.ts';
import { decodeStill } from '../../media/decode-still.ts';
import { drawnFile } from '../../media/heif/testing/drawn-picture.ts';
import { type DetectedFace, detectInPictures } from '../face-detections.ts';
import { detectFaces, openPortraitSamples, portraitSamplesSchema } from '../open-samples.ts';
import { sampleBatches, samplesInProcess } from '../samples-in-process.ts';
import { splitFromName } from '../split.ts';
import { boxBlur } from './blur.ts';
import { applyColour, colourMatrix } from './colour.ts';
import { mirror } from './cut-sample.ts';
import { degrade, drawDegradation, throughJpeg } from './degrade.ts';
import { forgerySource } from './forgery-source.ts';
import { fillPolygon, regionHull } from './hull.ts';
import { jitterShape } from './jitter-shape.ts';
import { keepFace, listPortraits, readPortraits } from './portraits.ts';
import { selfBlend, unblended } from './self-blend.ts';
import { swapFace } from './swap.ts';
import { drawnFace, faceLandmarks } from './testing/drawn-face.ts';
import { fitAffine, warp } from './warp.ts';

const face = drawnFace(1);
const other = drawnFace(2);
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-forgeries-'));
const folder = path.join(root, 'portraits');
const facesFile = path.join(root, 'faces.ndjson');

/** As the finder would answer for a drawn face. */
const facesOf = async (bytes: Uint8Array): Promise<{ image: RgbImage; faces: DetectedFace[] }> => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const image = { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
  return { image, faces: [{ box: face.box, landmarks: [...faceLandmarks] }] };
};

beforeAll(async () => {
  mkdirSync(folder);
  for (let n = 0; n < 12; n++) {
    const { image } = drawnFace(n);
    const raw = { width: image.widthPx, height: image.heightPx, channels: 3 as const };
    await sharp(image.data, { raw })
      .png()
      .toFile(path.join(folder, `P${n}.png`));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const changedPixels = (a: RgbImage, b: RgbImage): boolean[] =>
  Array.from({ length: a.widthPx * a.heightPx }, (_, i) =>
    [0, 1, 2].some((c) => a.data[i * 3 + c] !== b.data[i * 3 + c]),
  );

test('a self-blend differs from its genuine partner inside the mask alone, and leaves its input as it was', () => {
  for (let seed = 0; seed < 20; seed++) {
    const before = face.image.data.slice();
    const { image, mask } = selfBlend(face.image, faceLandmarks, randomStream(seed));
    const partner = unblended(face.image, faceLandmarks, randomStream(seed));
    const changed = changedPixels(image, partner);
    expect(changed.filter((differs, i) => differs && mask[i] === 0)).toHaveLength(0);
    expect(mask.some((value) => value > 50)).toBe(true);
    expect(changed.some(Boolean)).toBe(true);
    expect(face.image.data).toEqual(before);
  }
});

test('a swap shows the other face inside the mask and the target outside', () => {
  const { image, mask } = swapFace(face2(face), face2(other), randomStream(5));
  expect(changedPixels(image, face.image).filter((differs, i) => differs && mask[i] === 0)).toHaveLength(0);
  expect(changedPixels(image, face.image).filter(Boolean).length).toBeGreaterThan(500);
});

const face2 = ({ image }: { image: RgbImage }) => ({ image, landmarks: faceLandmarks });

test('the same stream makes the same forgery, another stream another', () => {
  const once = selfBlend(face.image, faceLandmarks, randomStream(3));
  expect(selfBlend(face.image, faceLandmarks, randomStream(3))).toEqual(once);
  expect(selfBlend(face.image, faceLandmarks, randomStream(4)).image.data).not.toEqual(once.image.data);
});

test('a region’s hull lies where its landmarks are', () => {
  const lips = regionHull(faceLandmarks, 'lips');
  const [ys, mouth] = [lips.map(({ y }) => y), faceLandmarks.slice(48).map(({ y }) => y)];
  expect(Math.min(...ys)).toBe(Math.min(...mouth));
  expect(Math.max(...ys)).toBe(Math.max(...mouth));
});

test('a polygon is filled by the even-odd rule at pixel centres, as far as it lies in the grid', () => {
  const square = [
    [1, 1],
    [4, 1],
    [4, 3],
    [1, 3],
  ].map(([x, y]) => ({ x: x!, y: y! }));
  const mask = fillPolygon(square, { left: 0, top: 0, width: 5, height: 4 });
  expect([...mask]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  const beside = fillPolygon(square, { left: 2, top: 0, width: 5, height: 2 });
  expect([...beside]).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 0]);
});

test('a box blur keeps a constant, spreads a point evenly, and repeats edges', () => {
  const field = (data: number[]) => ({ width: 5, height: 1, channels: 1, data: Float32Array.from(data) });
  expect([...boxBlur(field([7, 7, 7, 7, 7]), 2, 3).data]).toEqual([7, 7, 7, 7, 7]);
  expect([...boxBlur(field([0, 0, 3, 0, 0]), 1, 1).data]).toEqual([0, 1, 1, 1, 0]);
  expect([...boxBlur(field([3, 0, 0, 0, 6]), 1, 1).data]).toEqual([2, 1, 0, 2, 4]);
});

test('a fitted affine map is the one that was applied, and warping by the identity changes nothing', () => {
  const map = { a: 1.1, b: -0.2, c: 5, d: 0.3, e: 0.9, f: -4 };
  const moved = faceLandmarks.map(({ x, y }) => ({
    x: map.a * x + map.b * y + map.c,
    y: map.d * x + map.e * y + map.f,
  }));
  const fitted = fitAffine(faceLandmarks, moved);
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f'] as const) expect(fitted[key]).toBeCloseTo(map[key], 9);
  const whole = { left: 0, top: 0, width: face.image.widthPx, height: face.image.heightPx };
  expect(warp(face.image, { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 }, whole)).toEqual(face.image);
});

test('colour changes are what they are called', () => {
  const pixel = Uint8Array.of(100, 150, 200);
  const none = { shift: [0, 0, 0], saturation: 1, contrast: 1, brightness: 0 } as const;
  expect([...applyColour(pixel, colourMatrix(none))]).toEqual([100, 150, 200]);
  expect([...applyColour(pixel, colourMatrix({ ...none, shift: [5, -5, 0] }))]).toEqual([105, 145, 200]);
  const grey = applyColour(pixel, colourMatrix({ ...none, saturation: 0 }));
  expect(new Set(grey).size).toBe(1);
  expect(grey[0]).toBe(Math.round(0.299 * 100 + 0.587 * 150 + 0.114 * 200));
});

test('a lower JPEG quality is further from the picture', async () => {
  const distance = async (quality: number) => {
    const { data } = await throughJpeg(face.image, quality, false);
    return data.reduce((sum, value, i) => sum + Math.abs(value - face.image.data[i]!), 0);
  };
  expect(await distance(30)).toBeGreaterThan(1.3 * (await distance(90)));
});

test('a degraded picture keeps its face at a usable size, and the stream decides everything', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const what = drawDegradation(randomStream(seed), 100);
    const image = await degrade(face.image, what, randomStream(seed));
    expect(100 * what.resize).toBeGreaterThanOrEqual(44);
    expect(image.data.length).toBe(image.widthPx * image.heightPx * 3);
  }
  const what = { ...drawDegradation(randomStream(1), 100), noise: 6 };
  const [a, b] = [await degrade(face.image, what, randomStream(9)), await degrade(face.image, what, randomStream(9))];
  expect(a).toEqual(b);
});

const samplesOf = (more: object = {}) =>
  portraitSamplesSchema.parse({ kind: 'portraits', folder, split: 'all', facesFile, seed: 11, inputPx: 64, ...more });

test('faces are looked for once; a search that was stopped goes on, and a torn last line is passed over', async () => {
  let looked = 0;
  const counting = async (bytes: Uint8Array) => {
    looked += 1;
    if (looked === 8) throw new Error('stopped');
    return facesOf(bytes);
  };
  const deps = { facesOf: counting, faceOfCrop: counting };
  await expect(detectFaces(samplesOf(), deps)).rejects.toThrow('stopped');
  await detectFaces(samplesOf(), deps);
  expect(looked).toBe(13);
  await detectFaces(samplesOf(), deps);
  expect(looked).toBe(13);
  expect((await detectInPictures([], facesFile, facesOf)).size).toBe(12);
});

test('samples come in pairs of a genuine face and its forgery, whatever was asked for before', async () => {
  const source = await openPortraitSamples(samplesOf());
  expect(source.count).toBe(24);
  const [late, early] = [await source.sample(1, 7), await source.sample(0, 0)];
  expect(late.label).toBe(1);
  expect(early.label).toBe(0);
  expect(late.pixels).toHaveLength(64 * 64 * 3);
  expect(await source.sample(1, 7)).toEqual(late);
  expect((await source.sample(2, 7)).pixels).not.toEqual(late.pixels);
  expect((await source.sample(1, 6)).source).toBe(late.source);
  expect((await source.forged(1, 7)).mask.some((value) => value > 0)).toBe(true);
  expect((await source.forged(1, 6)).mask.every((value) => value === 0)).toBe(true);
});

test('the battery’s pictures of a sample are of its own crop, also where that is mirrored, and change nothing of it', async () => {
  const [source, plain] = [
    await openPortraitSamples(samplesOf({ battery: true })),
    await openPortraitSamples(samplesOf()),
  ];
  const apart = (a: Uint8Array, b: Uint8Array): number =>
    a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
  for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const { altered, ...sample } = await source.forged(0, index);
    expect(sample).toEqual(await plain.forged(0, index));
    expect(altered!.map(({ length }) => length)).toEqual(ALTERATIONS.map(() => 64 * 64 * 3));
    const turned = mirror(sample.pixels, 64);
    for (const [i, alteration] of ALTERATIONS.entries()) {
      const [own, other] = [apart(altered![i]!, sample.pixels), apart(altered![i]!, turned)];
      expect(own).toBeGreaterThan(0);
      if (alteration === 'mirrored') expect(other).toBeLessThan(own);
      if (alteration === 'jpeg90') expect(own).toBeLessThan(other);
    }
  }
  expect('altered' in (await plain.forged(0, 0))).toBe(false);
  expect('altered' in (await source.sample(0, 0))).toBe(false);
});

test('a bent face has other features in every epoch, its landmarks move with them, and its pair is bent alike', async () => {
  const { image, box } = drawnFace(1);
  const dotted = { ...image, data: image.data.slice() };
  const spot = faceLandmarks[30]!;
  for (let dy = -2; dy <= 2; dy++)
    for (let dx = -2; dx <= 2; dx++)
      dotted.data.set([255, 0, 255], ((Math.floor(spot.y) + dy) * image.widthPx + Math.floor(spot.x) + dx) * 3);
  const portrait = { source: 'a', image: dotted, box, landmarks: [...faceLandmarks] };
  const bent = Array.from({ length: 12 }, (_, seed) => jitterShape(portrait, 0.1, randomStream(seed)));
  expect(new Set(bent.map((one) => one.image.data.join())).size).toBeGreaterThan(2);
  for (const one of bent) {
    const at = one.landmarks[30]!;
    const found = (Math.floor(at.y) * image.widthPx + Math.floor(at.x)) * 3;
    expect(one.image.data[found]! - one.image.data[found + 1]!).toBeGreaterThan(150);
  }
  const source = forgerySource([portrait, { ...portrait, source: 'b' }], {
    seed: 3,
    inputPx: 64,
    cropRecipe: 'square-1.3',
    degradation: null,
    shapeJitter: 0.1,
  });
  const [genuine, forged] = [await source.forged(1, 0), await source.forged(1, 1)];
  const outside = [...forged.mask.keys()].filter((i) => forged.mask[i] === 0);
  expect(outside.length).toBeGreaterThan(500);
  for (const i of outside) expect(Math.abs(genuine.pixels[i * 3]! - forged.pixels[i * 3]!)).toBeLessThan(24);
});

test('no sitter is in two splits', async () => {
  const open = async (split: 'training' | 'validation') => openPortraitSamples(samplesOf({ split }));
  const sourcesOf = async (split: 'training' | 'validation') => {
    const source = await open(split);
    const all = await Promise.all(Array.from({ length: source.count }, (_, i) => source.sample(0, i)));
    return new Set(all.map((sample) => sample.source));
  };
  const [training, validation] = [await sourcesOf('training'), await sourcesOf('validation')];
  expect(training.size + validation.size).toBe(12);
  expect([...validation].filter((name) => training.has(name))).toEqual([]);
  // The published SHA-256 of "hello" begins with 2c, that of "abc" with ba.
  expect(splitFromName('hello')).toBe('validation');
  expect(splitFromName('abc')).toBe('training');
});

test('the samples process gives the same samples, in batches, and starts again when it was killed', async () => {
  const source = await openPortraitSamples(samplesOf());
  const apart = await samplesInProcess(samplesOf());
  try {
    expect(apart.count).toBe(source.count);
    const batches: number[][] = [];
    for await (const batch of sampleBatches(apart, 0, [4, 1, 9, 3, 2], { size: 2 }))
      batches.push(batch.map((s) => s.label));
    expect(batches).toEqual([[0, 1], [1, 1], [0]]);
    expect((await apart.sample(3, 5)).pixels).toEqual((await source.sample(3, 5)).pixels);
    process.kill(apart.pid()!, 'SIGKILL');
    expect((await apart.forged(3, 5)).mask).toEqual((await source.forged(3, 5)).mask);
  } finally {
    await apart.close();
  }
});

test('portraits as TIFF, AVIF and HEIC are taken with the pixels that evidence has, and PNG with those it always had', async () => {
  const mixed = path.join(root, 'mixed');
  mkdirSync(mixed);
  const drawn = sharp(face.image.data, {
    raw: { width: face.image.widthPx, height: face.image.heightPx, channels: 3 },
  });
  await drawn.clone().png().toFile(path.join(mixed, 'a.png'));
  await drawn.clone().tiff({ compression: 'lzw' }).toFile(path.join(mixed, 'b.TIF'));
  await drawn.clone().avif({ quality: 90, effort: 0 }).toFile(path.join(mixed, 'c.avif'));
  writeFileSync(path.join(mixed, 'd.heic'), drawnFile('drawn-8-bit'));
  writeFileSync(path.join(mixed, 'notes.txt'), 'no picture');
  const pictures = await listPortraits(mixed, 'all');
  expect(pictures.map((one) => path.basename(one))).toEqual(['a.png', 'b.TIF', 'c.avif', 'd.heic']);
  const placed = { box: { x: 20, y: 10, width: 40, height: 40 }, landmarks: [...faceLandmarks] };
  const places = new Map(pictures.map((one) => [sha256Of(readFileSync(one)), [placed]]));
  const { portraits } = await readPortraits(pictures, places, 64);
  expect(portraits[0]).toEqual(keepFace('a.png', face.image, placed, 64));
  expect(portraits[1]).toEqual({ ...portraits[0]!, source: 'b.TIF' });
  for (const [n, picture] of pictures.entries()) {
    const decoded = await decodeStill(readFileSync(picture));
    if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
    expect(portraits[n]).toEqual(keepFace(path.basename(picture), decoded, placed, 64));
  }
});

test('a portrait that cannot be decoded is named with what the decoder says', async () => {
  const refusing = () => Promise.reject(new Error('It ends early.'));
  await expect(
    detectInPictures([path.join(folder, 'P0.png')], path.join(root, 'new.ndjson'), refusing),
  ).rejects.toThrow('P0.png: It ends early.');
});
