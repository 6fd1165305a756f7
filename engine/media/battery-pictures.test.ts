// The battery's pictures: the same bytes on every machine, made of no more of the picture than a
// recipe looks at, and what their names say. JPEG against libvips.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { ALTERATIONS, type Alteration } from '../../contract/stability.ts';
import { blurred, brightened, mirrored, throughJpeg } from '../../models/image/alter.ts';
import { type RgbImage, rgbImage } from '../../models/image/rgb-image.ts';
import { batteryOf } from './battery-pictures.ts';
import { cropFace } from './crop-face.ts';
import type { CropSource } from './crop-source.ts';
import { samplePhotograph } from './finder-weights.ts';

/** Smooth, with an edge; integers only, so that it is the same picture in every engine. */
const drawn = (widthPx: number, heightPx: number): RgbImage => {
  const at = (x: number, y: number) => ((x * x + 3 * y * y) >> 7) % 180;
  const data = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % widthPx, Math.floor(pixel / widthPx)];
    return at(x + 7 * (i % 3), y) + (x > 150 ? 50 : 0);
  });
  return rgbImage(widthPx, heightPx, data);
};

/** Eyes, nose and mouth of a face held a little askew; the other points on a line. */
const landmarksOf = (x: number, y: number, side: number) =>
  Array.from({ length: 68 }, (_, i) => {
    const places: Record<number, [number, number]> = { 30: [0.53, 0.56], 48: [0.33, 0.8], 54: [0.72, 0.74] };
    const [fx, fy] = places[i] ?? (i >= 36 && i < 42 ? [0.3, 0.4] : i >= 42 && i < 48 ? [0.68, 0.34] : [i / 68, 0.9]);
    return { x: x + fx * side, y: y + fy * side };
  });

const RECIPES = ['square-1.3', 'aligned-1.3', 'box-1.25'] as const;
const SIDE = 64;
const source: CropSource = {
  image: drawn(400, 360),
  box: { x: 131.3, y: 117.6, width: 90.5, height: 110.25 },
  landmarks: landmarksOf(131.3, 117.6, 105),
};
function picture(of: CropSource, recipe: string, alteration: Alteration): RgbImage {
  for (const one of batteryOf(of, { cropRecipe: recipe, inputPx: SIDE })())
    if (one.alteration === alteration) return one.crop;
  throw new Error(`The battery has no ${alteration}.`);
}
const meanStep = (a: RgbImage, b: RgbImage): number =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;

let photograph: RgbImage;
beforeAll(async () => {
  const { data, info } = await sharp(readFileSync(samplePhotograph(1)))
    .resize(301, 233, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  photograph = rgbImage(info.width, info.height, new Uint8Array(data));
});

test.each([90, 70, 50])('JPEG at %i loses what the JPEG of an encoder loses', async (quality) => {
  const { widthPx: width, heightPx: height, data } = photograph;
  const file = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality, chromaSubsampling: '4:2:0' })
    .toBuffer();
  const theirs = rgbImage(width, height, new Uint8Array(await sharp(file).raw().toBuffer()));
  const ours = throughJpeg(photograph, quality);
  expect(meanStep(ours, theirs)).toBeLessThan(0.3 * meanStep(theirs, photograph));
});

test('a blur leaves a flat picture as it is, and spreads a point evenly', () => {
  const flat = rgbImage(9, 9, new Uint8Array(243).fill(77));
  expect(blurred(flat, 2)).toEqual(flat);
  const point = rgbImage(
    9,
    9,
    new Uint8Array(243).map((_, i) => (Math.floor(i / 3) === 40 ? 255 : 0)),
  );
  const { data } = blurred(point, 1);
  const at = (x: number, y: number) => data[(y * 9 + x) * 3]!;
  expect(at(4, 4)).toBe(Math.round(255 / (1 + 2 * Math.exp(-0.5) + 2 * Math.exp(-2) + 2 * Math.exp(-4.5)) ** 2));
  expect([at(3, 4), at(4, 3), at(4, 5)]).toEqual([at(5, 4), at(5, 4), at(5, 4)]);
  expect(mirrored(mirrored(photograph))).toEqual(photograph);
  expect(brightened(flat, 1.1).data[0]).toBe(85);
});

test('what moves or enlarges the box gives the crop of the whole picture under that box', () => {
  const longer = 110.25;
  const [cx, cy] = [source.box.x + 90.5 / 2, source.box.y + longer / 2];
  const wanted: Partial<Record<Alteration, (x: number, y: number) => { x: number; y: number }>> = {
    movedAcross: (x, y) => ({ x: x + 0.05 * longer, y }),
    movedDown: (x, y) => ({ x, y: y + 0.05 * longer }),
    enlarged: (x, y) => ({ x: cx + 1.1 * (x - cx), y: cy + 1.1 * (y - cy) }),
  };
  for (const recipe of RECIPES)
    for (const [alteration, move] of Object.entries(wanted)) {
      const [a, b] = [
        move(source.box.x, source.box.y),
        move(source.box.x + source.box.width, source.box.y + source.box.height),
      ];
      const whole = {
        image: source.image,
        box: { ...a, width: b.x - a.x, height: b.y - a.y },
        landmarks: source.landmarks.map(({ x, y }) => move(x, y)),
      };
      const found = picture(source, recipe, alteration as Alteration);
      // Sums of other numbers: a byte may be rounded the other way.
      expect(meanStep(found, cropFace(recipe, whole, SIDE)), `${recipe} ${alteration}`).toBeLessThan(0.01);
    }
});

test('altered pixels are those of the whole picture altered, as far as a recipe looks', () => {
  for (const recipe of RECIPES) {
    const whole = { ...source, image: throughJpeg(source.image, 70) };
    expect(meanStep(picture(source, recipe, 'jpeg70'), cropFace(recipe, whole, SIDE)), recipe).toBeLessThan(0.2);
  }
});

test('mirrored, an upright face is the mirrored crop, and each point the one on the other side', () => {
  for (const recipe of RECIPES) {
    const upright = { ...source, box: { ...source.box, x: 131, y: 118, width: 90, height: 110 } };
    const found = picture(upright, recipe, 'mirrored');
    const mirror = mirrored(cropFace(recipe, upright, SIDE));
    // The template of the aligned recipe is not quite even, and a square may lie a pixel off.
    const off = meanStep(found, mirror);
    expect(off, recipe).toBeLessThan(0.5 * meanStep(cropFace(recipe, upright, SIDE), mirror));
  }
});

test('a face at the corner of its picture is altered too, and one larger than its picture', () => {
  for (const recipe of RECIPES)
    for (const box of [
      { x: -20.5, y: 300, width: 80, height: 80 },
      { x: -50, y: -50, width: 600, height: 500 },
    ]) {
      const all = [
        ...batteryOf(
          { ...source, box, landmarks: landmarksOf(box.x, box.y, box.width) },
          { cropRecipe: recipe, inputPx: SIDE },
        )(),
      ];
      expect(all.map(({ alteration }) => alteration)).toEqual(ALTERATIONS);
      expect(all.every(({ crop }) => crop.widthPx === SIDE && crop.data.length === SIDE * SIDE * 3)).toBe(true);
    }
});

test('battery v1 gives these bytes: another is another version', () => {
  const hash = createHash('sha256');
  for (const recipe of RECIPES)
    for (const { crop } of batteryOf(source, { cropRecipe: recipe, inputPx: SIDE })()) hash.update(crop.data);
  expect(hash.digest('hex')).toBe('f4cae3394496b4684c917f1c4255a16f8fc4eda362b9d610359caf3e13835fba');
});
