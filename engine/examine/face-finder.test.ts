// Photographs looked at from coarse to fine, with the real networks: what the box network sees in
// every tile is found, and smaller faces as well.
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { type Photograph, photographOf } from '../media/photograph.ts';
import { createFaceFinder, type FaceFinder } from './face-finder.ts';

async function pixels(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data };
}

/** A wall of stones, as many edges as a photograph has. */
function wall(widthPx: number, heightPx: number): RgbImage {
  const data = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const row = Math.floor(y / 90);
      const stone = Math.floor((x + (row % 2) * 70) / 140);
      const isJoint = y % 90 < 6 || (x + (row % 2) * 70) % 140 < 6;
      const shade = isJoint ? 70 : 110 + ((stone * 37 + row * 53) % 60) + ((x * 7 + y * 13) % 11);
      const at = (y * widthPx + x) * 3;
      data[at] = shade;
      data[at + 1] = shade - 8;
      data[at + 2] = shade - 20;
    }
  return { widthPx, heightPx, data };
}

/** Face of a sample photograph, about 2.2 of its widths of it. */
const face = (side: number) =>
  sharp(samplePhotograph(3)).extract({ left: 560, top: 300, width: 500, height: 500 }).resize(side, side);

/** A photograph of 12 megapixels with faces in it: about a third of `side` wide, turned. */
async function withFaces(places: readonly { left: number; top: number }[], side: number, angle = 0): Promise<RgbImage> {
  const { widthPx: width, heightPx: height, data } = wall(4000, 3000);
  const input = await sharp(await face(side).ensureAlpha().png().toBuffer())
    .rotate(angle, { background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png()
    .toBuffer();
  return pixels(
    sharp(data, { raw: { width, height, channels: 3 } }).composite(places.map((place) => ({ input, ...place }))),
  );
}

describe('looked at from coarse to fine', () => {
  let compute: Compute;
  let finder: FaceFinder;
  beforeAll(() => {
    compute = createCompute({ provider: 'cpu', threads: 2 });
    finder = createFaceFinder(compute);
  });
  afterAll(() => compute.close());
  const middle = { left: 2900, top: 1500 };

  /** A photograph that counts how often all of its pixels are asked for. */
  function counted(image: RgbImage): { photograph: Photograph; asked: () => number } {
    let times = 0;
    const photograph = photographOf(image);
    const ask = (): Promise<RgbImage> => {
      times += 1;
      return photograph.pixels();
    };
    return { photograph: { ...photograph, pixels: ask }, asked: () => times };
  }

  test('a photograph without a face has none, and its pixels are never asked for as a whole', async () => {
    const { photograph, asked } = counted(wall(4000, 3000));
    expect(await finder.find(photograph)).toEqual([]);
    expect(asked()).toBe(0);
  });

  test('faces of a hundredth of its longer side are found, with their landmarks', async () => {
    const image = await withFaces([middle, { left: 300, top: 2500 }], 110);
    const found = await finder.find(image);
    expect(found.map(({ box }) => [Math.round(box.x / 200), Math.round(box.y / 200)])).toEqual([
      [15, 8],
      [2, 13],
    ]);
    for (const { box, landmarks } of found) {
      expect(box.width).toBeGreaterThan(25);
      expect(box.width).toBeLessThan(60);
      const within = landmarks.filter(({ x, y }) => x > box.x - 10 && x < box.x + box.width + 10 && y > box.y - 10);
      expect(within.length).toBeGreaterThan(60);
    }
  });

  test.each([
    [1, 3],
    [2, 3],
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 4],
  ])('sample %i has %i faces, and all are found', async (n, faces) => {
    expect(await finder.find(await pixels(sharp(samplePhotograph(n)).rotate()))).toHaveLength(faces);
  });

  test.each([
    [130, 30],
    [130, -30],
    [600, 30],
    [2400, 0],
  ])('a face in a cut of %i pixels that leans by %i degrees is found, upright', async (side, angle) => {
    const found = await finder.find(await withFaces([{ left: 700, top: 100 }], side, angle));
    expect(found).toHaveLength(1);
    expect(found[0]!.foundAtRotation).toBe(0);
  });

  test.each([90, 180, 270] as const)('small faces that lie or hang are found turned by %i degrees', async (turned) => {
    const upright = await withFaces([middle], 150);
    const [before] = await finder.find(upright);
    const image = rotateQuarter(upright, turned);
    const found = await finder.find(image);
    expect(found.map(({ foundAtRotation }) => foundAtRotation)).toEqual([360 - turned]);
    const { box } = found[0]!;
    const back = rotateQuarterBox(box, turned, upright);
    expect(Math.hypot(back.x - before!.box.x, back.y - before!.box.y)).toBeLessThan(8);
    expect(Math.abs(box.width * box.height - before!.box.width * before!.box.height)).toBeLessThan(
      0.2 * box.width * box.height,
    );
  });
});

/** A box of the picture turned clockwise, in the upright one. */
function rotateQuarterBox(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  turned: 90 | 180 | 270,
  { widthPx, heightPx }: RgbImage,
) {
  if (turned === 180) return { x: widthPx - x - width, y: heightPx - y - height };
  return turned === 90 ? { x: y, y: heightPx - x - width } : { x: widthPx - y - height, y: x };
}
