// What the two face networks see, and what becomes of what they say: worked by hand on pictures and
// numbers small enough for that.
import { expect, test } from 'vitest';
import type { RgbImage } from '../image/rgb-image.ts';
import { FINDER_INPUT_SIZE, finderInput, landmarkInput, landmarkPlacement, viewOf } from './finder-input.ts';
import { type Candidate, mergeCandidates, overlap, readCandidates, readLandmarks } from './finder-output.ts';
import { LANDMARK_INPUT_PX, LANDMARK_MEAN_RGB } from './landmarks.ts';
import { FINDER_INPUT_PX } from './ssd-mobilenet.ts';

/** One colour, with its left half in another. */
function halves(widthPx: number, heightPx: number, left: number[], right: number[]): RgbImage {
  const data = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % widthPx;
    return (x < widthPx / 2 ? left : right)[i % 3]!;
  });
  return { widthPx, heightPx, data };
}

const whole = ({ widthPx, heightPx }: RgbImage) => ({ x: 0, y: 0, width: widthPx, height: heightPx });
const SIDE = FINDER_INPUT_PX;

test('the finder sees red, green and blue in planes of their own, from -1 to 1, at the top left, black beside it', () => {
  const image = halves(1024, 512, [0, 255, 127.5 | 0], [255, 0, 0]);
  const { shape, data } = finderInput(image, [viewOf(whole(image))]);
  expect(shape).toEqual([1, 3, SIDE, SIDE]);
  const at = (channel: number, x: number, y: number) => data[(channel * SIDE + y) * SIDE + x]!;
  expect([0, 1, 2].map((channel) => at(channel, 10, 10))).toEqual([-1, 1, Math.fround(127 / 127.5 - 1)]);
  expect([0, 1, 2].map((channel) => at(channel, 500, 250))).toEqual([1, -1, -1]);
  // A picture twice as wide as high fills the upper half.
  expect([0, 1, 2].map((channel) => at(channel, 500, 257))).toEqual([-1, -1, -1]);
  expect(at(1, 10, 255)).toBe(1);
});

test('views of one picture stand one after the other, and a buffer that is used again keeps nothing of before', () => {
  const image = halves(600, 600, [255, 255, 255], [0, 0, 0]);
  const views = [viewOf({ x: 0, y: 0, width: 300, height: 300 }), viewOf({ x: 310, y: 0, width: 290, height: 145 })];
  const buffer = new Float32Array(2 * FINDER_INPUT_SIZE).fill(7);
  const { data } = finderInput(image, views, buffer);
  expect(data).toBe(buffer);
  // At the picture's own edge the black beside it is mixed in.
  const inside = 100 * SIDE + 100;
  expect([0, 1, 2].map((channel) => data[channel * SIDE * SIDE + inside])).toEqual([1, 1, 1]);
  expect(data[0]).toBeGreaterThan(0);
  expect(new Set(data.subarray(FINDER_INPUT_SIZE))).toEqual(new Set([-1]));
});

test('the landmark network sees a face centred in its square, each channel less its mean, black beside it', () => {
  const image = halves(200, 200, [10, 20, 30], [10, 20, 30]);
  const { shape, data } = landmarkInput(image, [{ x: 20, y: 20, width: 50, height: 100 }]);
  expect(shape).toEqual([1, 3, LANDMARK_INPUT_PX, LANDMARK_INPUT_PX]);
  expect(landmarkPlacement({ x: 20, y: 20, width: 50, height: 100 })).toEqual({
    width: 56,
    height: 112,
    left: 28,
    top: 0,
  });
  const at = (channel: number, x: number, y: number) => data[(channel * 112 + y) * 112 + x]!;
  for (const [channel, mean] of LANDMARK_MEAN_RGB.entries()) {
    expect(at(channel, 56, 56)).toBeCloseTo(([10, 20, 30][channel]! - mean) / 255, 6);
    for (const x of [0, 27, 84, 111]) expect(at(channel, x, 56)).toBeCloseTo(-mean / 255, 6);
  }
});

/** Priors as the network has them: top, left, bottom, right as fractions of its square. */
const PRIORS = Float32Array.of(0.25, 0.25, 0.75, 0.75, 0, 0, 0.2, 0.2, 0.8, 0.8, 1, 1);

test('a box that is its prior lies where the prior does; of a view, in the view’s own pixels', () => {
  const outputs = { encodings: new Float32Array(2 * 3 * 4), scores: Float32Array.of(0, 0, 0, 0.9, 0.1, 0) };
  const view = viewOf({ x: 1000, y: 500, width: 1024, height: 1024 });
  expect(readCandidates(outputs, PRIORS, 0, view, 0.5)).toEqual([]);
  expect(readCandidates(outputs, PRIORS, 1, view, 0.5)).toEqual([
    { score: Math.fround(0.9), box: { x: 1256, y: 756, width: 512, height: 512 } },
  ]);
  expect(readCandidates(outputs, PRIORS, 1, view, Math.fround(0.1))).toHaveLength(2);
});

test('centres move by tenths of the prior, sizes by exp of fifths: y before x, height before width', () => {
  const encodings = Float32Array.of(1, -2, 5 * Math.log(0.5), 5 * Math.log(0.25), ...new Float32Array(8));
  const outputs = { encodings, scores: Float32Array.of(1, 0, 0) };
  const [{ box }] = readCandidates(outputs, PRIORS, 0, viewOf({ x: 0, y: 0, width: 512, height: 512 }), 0.5) as [
    Candidate,
  ];
  // Prior: centre (256, 256), 256 square. Centre: y + 25.6, x - 51.2; height 128, width 64.
  for (const [name, value] of Object.entries({ x: 172.8, y: 217.6, width: 64, height: 128 }))
    expect(box[name as 'x'], name).toBeCloseTo(value, 3);
});

test('a box ends where its view ends, and never has a negative size', () => {
  const far = Float32Array.of(-40, -40, 0, 0, ...new Float32Array(8));
  const outputs = { encodings: far, scores: Float32Array.of(1, 0, 1) };
  const [outside, corner] = readCandidates(outputs, PRIORS, 0, viewOf({ x: 10, y: 10, width: 512, height: 256 }), 0.5);
  expect([outside!.box.width, outside!.box.height]).toEqual([0, 0]);
  // The picture fills the upper half of the square: below it there is nothing.
  expect(corner!.box.height).toBe(0);
});

const candidate = (x: number, y: number, side: number, score: number): Candidate => ({
  box: { x, y, width: side, height: side },
  score,
});

test('overlap is the shared area over the union, and over the smaller box', () => {
  const [a, b] = [candidate(0, 0, 10, 1).box, candidate(5, 0, 10, 1).box];
  expect(overlap(a, b).union).toBeCloseTo(50 / 150, 12);
  expect(overlap(a, b).smaller).toBeCloseTo(0.5, 12);
  expect(overlap(a, candidate(20, 0, 10, 1).box)).toEqual({ union: 0, smaller: 0 });
  expect(overlap(a, candidate(0, 0, 0, 1).box)).toEqual({ union: 0, smaller: 0 });
});

test('of boxes of one face the surest stays, also where a tile saw only a part; neighbours stay; ties go to the first', () => {
  const [weak, sure, part, neighbour] = [
    candidate(0, 0, 100, 0.6),
    candidate(5, 5, 100, 0.9),
    candidate(40, 40, 30, 0.8),
    candidate(90, 5, 100, 0.7),
  ];
  expect(mergeCandidates([weak, sure, part, neighbour])).toEqual([sure, neighbour]);
  const [one, other] = [candidate(0, 0, 100, 0.5), candidate(1, 0, 100, 0.5)];
  expect(mergeCandidates([one, other])).toEqual([one]);
  expect(mergeCandidates([other, one])).toEqual([other]);
});

test('a point of the landmark network lies in the picture where the face was taken from', () => {
  const box = { x: 100, y: 200, width: 50, height: 100 };
  const points = new Float32Array(2 * 136);
  // Face 1: the middle of the square is the middle of the box; the face’s left edge is at 28 of
  // 112.
  points.set([0.5, 0.5, 28 / 112, 0, 84 / 112, 1], 136);
  const [middle, topLeft, bottomRight, ...rest] = readLandmarks(points, 1, box);
  expect(middle).toEqual({ x: 125, y: 250 });
  expect(topLeft).toEqual({ x: 100, y: 200 });
  expect(bottomRight).toEqual({ x: 150, y: 300 });
  expect(rest).toHaveLength(65);
});
