// Crops: a verdict is made again from evidence, box and recipe, and compared by hash. So a crop has
// the same bytes on every machine.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { resizeRules } from '../../models/image/resize-rules.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { cropFace } from './crop-face.ts';

/** Integers only, and no two rows alike: the same picture in every engine. */
function drawnPicture(widthPx: number, heightPx: number): RgbImage {
  const value = (i: number) => (Math.imul(i + 1, 2654435761) >>> 26) + ((i >> 5) % 150);
  return { widthPx, heightPx, data: Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => value(i)) };
}

/**
 * 68 points in a box; those of eyes, nose and mouth a little askew, so that the aligned recipe
 * turns the picture.
 */
const landmarksIn = (x: number, y: number, side: number) =>
  Array.from({ length: 68 }, (_, i) => ({
    x: x + (side * ((i * 29) % 68)) / 68,
    y: y + (side * ((i * 13) % 68)) / 68,
  })).map((point, i) => {
    const fixed: Record<number, [number, number]> = { 30: [0.53, 0.56], 48: [0.33, 0.8], 54: [0.72, 0.74] };
    const [fx, fy] = fixed[i] ?? (i >= 36 && i < 42 ? [0.3, 0.4] : i >= 42 && i < 48 ? [0.68, 0.34] : []);
    return fx === undefined ? point : { x: x + fx * side, y: y + fy! * side };
  });

const image = drawnPicture(320, 240);
const face = (x: number, y: number, side: number) => ({
  image,
  box: { x, y, width: side * 0.9, height: side },
  landmarks: landmarksIn(x, y, side),
});
const FACES = {
  'shrunk, inside the picture': [face(60.4, 30.7, 150.3), 64],
  enlarged: [face(100.2, 80.9, 40.6), 128],
  'over the corner of the picture': [face(250.1, 170.6, 90.2), 96],
} as const;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test.each([
  ['square-1.3', 'shrunk, inside the picture', 'c3730979b48b706ab43fba7dfe977d23951b08534dd4c0b05fab12c714086e27'],
  ['square-1.3', 'enlarged', '7783ca9a97640283a59b34ff6c4b76669a4dc0e870d6fdc7ec475c382cbf0068'],
  ['square-1.3', 'over the corner of the picture', 'd825bc62e7b7f035995445594f229a519e6e80fd0e26a542e65daade41ab01c7'],
  ['aligned-1.3', 'shrunk, inside the picture', '1507f8bcc125a8a70a97297480cff102079f0d3cababf9a42201ab573ae688c6'],
  ['aligned-1.3', 'enlarged', '9d2f91a8ba4406be1b168184e6f3a0e66b8a9bea76447a0c200d13d8ea31f8d7'],
  ['aligned-1.3', 'over the corner of the picture', '4c6567ce087d1b9d605eac3da16fe23876cb42318a58cb919c33732298be43ca'],
] as const)('%s, %s, has these bytes on every machine', (recipe, which, expected) => {
  const [source, sidePx] = FACES[which];
  const crop = cropFace(recipe, source, sidePx);
  expect([crop.widthPx, crop.heightPx, crop.data.length]).toEqual([sidePx, sidePx, sidePx * sidePx * 3]);
  expect(sha256(crop.data)).toBe(expected);
});

test('the square recipe is the area mean of the square around the box, 1.3 times its longer side', () => {
  const box = { x: 40, y: 30, width: 80, height: 100 };
  const crop = cropFace('square-1.3', { image, box, landmarks: [] }, 65);
  // A square of 130 pixels from (15, 15): each pixel of the crop is the mean of two by two.
  for (const [x, y] of [
    [0, 0],
    [10, 33],
    [64, 64],
  ] as const)
    for (let c = 0; c < 3; c++) {
      const at = (dx: number, dy: number) => image.data[((15 + 2 * y + dy) * 320 + 15 + 2 * x + dx) * 3 + c]!;
      const mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
      expect(Math.abs(crop.data[(y * 65 + x) * 3 + c]! - mean), `${x}, ${y}, ${c}`).toBeLessThanOrEqual(0.5);
    }
});

test('the box recipe stretches the box and an eighth of it on each side, cut at the border', () => {
  const columns = { widthPx: 40, heightPx: 20, data: new Uint8Array(40 * 20 * 3) };
  columns.data.forEach((_, i) => {
    columns.data[i] = Math.floor(i / 3) % 40;
  });
  // From 8 - 2 to 8 + 18 and one more: 21 pixels wide on 21, each its own column's number.
  const inside = cropFace('box-1.25', { image: columns, box: { x: 8, y: 4, width: 16, height: 8 }, landmarks: [] }, 21);
  expect([...inside.data.subarray(0, 63).filter((_, i) => i % 3 === 0)]).toEqual(
    Array.from({ length: 21 }, (_, x) => x + 6),
  );
  const corner = cropFace(
    'box-1.25',
    { image: columns, box: { x: 30, y: 10, width: 16, height: 8 }, landmarks: [] },
    12,
  );
  expect([...corner.data.subarray(0, 36).filter((_, i) => i % 3 === 0)]).toEqual(
    Array.from({ length: 12 }, (_, x) => x + 28),
  );
});

test('the aligned recipe puts eyes, nose and mouth where the template has them', () => {
  // White dots of 5 x 5 at the five points of a level face on black.
  const dots = { widthPx: 320, heightPx: 240, data: new Uint8Array(320 * 240 * 3) };
  const template = [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
  ];
  const points = template.map(([x, y]) => ({ x: 50 + 1.5 * x!, y: 20 + 1.5 * y! }));
  for (const { x, y } of points)
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        dots.data.fill(
          255,
          ((Math.floor(y) + dy) * 320 + Math.floor(x) + dx) * 3,
          ((Math.floor(y) + dy) * 320 + Math.floor(x) + dx) * 3 + 3,
        );
  const landmarks = Array.from({ length: 68 }, () => ({ x: 0, y: 0 }));
  landmarks.fill(points[0]!, 36, 42).fill(points[1]!, 42, 48);
  [landmarks[30], landmarks[48], landmarks[54]] = points.slice(2) as [never, never, never];
  const side = 256;
  const crop = cropFace('aligned-1.3', { image: dots, box: { x: 0, y: 0, width: 1, height: 1 }, landmarks }, side);
  for (const [x, y] of template) {
    const place = (v: number) => Math.floor(((v + 0.15 * 112) * side) / (112 * 1.3));
    expect(crop.data[(place(y!) * side + place(x!)) * 3], `${x}, ${y}`).toBeGreaterThan(200);
  }
  expect(crop.data.filter((value) => value > 127).length / 3).toBeLessThan(side * side * 0.02);
});

test('a recipe that is not known is refused by name', () => {
  expect(() => cropFace('no-such', face(0, 0, 10), 10)).toThrow(
    /no-such is not known; known are square-1\.3, aligned-1\.3/,
  );
});

test.each([
  // 1.3 times the longer side, and the template's side over the distance of the points.
  ['square-1.3', 195],
  ['aligned-1.3', 234],
] as const)('%s with a resizing rule is cut as large as the face is, then resized by the rule', (recipe, ownSidePx) => {
  const [source] = FACES['shrunk, inside the picture'];
  const own = cropFace(recipe, source, ownSidePx);
  for (const [name, rule] of resizeRules) expect(cropFace(recipe, source, 64, name)).toEqual(rule(own, 64, 64));
});

test('the stretched box is resized by the rule as it lies in the picture', () => {
  const source = { image, box: { x: 40, y: 30, width: 80, height: 100 }, landmarks: [] };
  expect(cropFace('box-1.25', source, 64, 'bilinear-no-antialias')).toEqual(cropFace('box-1.25', source, 64));
  expect(cropFace('box-1.25', source, 64, 'bicubic-antialias')).not.toEqual(cropFace('box-1.25', source, 64));
});

test('the words of older passports leave the cut as it was', () => {
  const [source] = FACES.enlarged;
  for (const word of ['area-bilinear', 'cubic', 'bicubic', 'bilinear'])
    expect(cropFace('aligned-1.3', source, 64, word)).toEqual(cropFace('aligned-1.3', source, 64));
});
