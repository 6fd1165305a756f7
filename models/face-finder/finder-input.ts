// Pixels into the two face networks. The only place that knows their sizes and value ranges.
import { type Region, resampleRows } from '../image/resample.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import { LANDMARK_INPUT_PX, LANDMARK_MEAN_RGB } from './landmarks.ts';
import { FINDER_INPUT_PX } from './ssd-mobilenet.ts';

/**
 * A part of a picture the finder looks at, and how many picture pixels one network pixel stands
 * for.
 */
export type View = { region: Region; pixelsPerInput: number };

/** A view of `region`: fitted into the network's square at the top left, black beside it. */
export const viewOf = (region: Region): View => ({
  region,
  pixelsPerInput: Math.max(region.width, region.height) / FINDER_INPUT_PX,
});

/**
 * How a colour value 0..255 becomes a network's: (value - mean of its channel) / divisor + shift.
 */
type Range = { mean: readonly [number, number, number]; divisor: number; shift: number };
const FINDER_RANGE: Range = { mean: [0, 0, 0], divisor: 127.5, shift: -1 };
const LANDMARK_RANGE: Range = { mean: LANDMARK_MEAN_RGB, divisor: 255, shift: 0 };

/**
 * Where in a batch a picture is written: from element
 * `at` on, into planes of side x side, from `left`, `top` on.
 */
type Target = { data: Float32Array; at: number; side: number; left: number; top: number };

/**
 * Writes a region of a picture at `width` x `height` pixels into the planes of one batch entry;
 * black outside the picture.
 */
function placeRegion(
  image: RgbImage,
  region: Region,
  { width, height }: { width: number; height: number },
  { data, at, side, left, top }: Target,
  { mean, divisor, shift }: Range,
): void {
  resampleRows(image, region, { width, height, border: 0 }, (row, y) => {
    for (let channel = 0; channel < 3; channel++) {
      const zero = mean[channel]!;
      let to = at + channel * side * side + (y + top) * side + left;
      for (let i = channel; i < width * 3; i += 3) data[to++] = (row[i]! - zero) / divisor + shift;
    }
  });
}

/** Numbers in the box network's input for one view. */
export const FINDER_INPUT_SIZE = 3 * FINDER_INPUT_PX * FINDER_INPUT_PX;

/**
 * Views of one picture as the box network's input, f32 [views, 3, 512, 512] in -1..1; black is -1.
 * Written into `data` when a buffer of exactly that size is given.
 */
export function finderInput(
  image: RgbImage,
  views: readonly View[],
  data: Float32Array = new Float32Array(views.length * FINDER_INPUT_SIZE),
): Float32Tensor {
  const side = FINDER_INPUT_PX;
  data.fill(-1);
  views.forEach(({ region, pixelsPerInput }, i) => {
    const width = Math.max(1, Math.round(region.width / pixelsPerInput));
    const height = Math.max(1, Math.round(region.height / pixelsPerInput));
    const target = { data, at: i * 3 * side * side, side, left: 0, top: 0 };
    placeRegion(image, region, { width, height }, target, FINDER_RANGE);
  });
  return float32Tensor([views.length, 3, side, side], data);
}

/**
 * Writes a region of a picture into one view of the box network, `width` x `height` pixels from
 * `left`, `top` on.
 */
export function placeInFinderInput(
  data: Float32Array,
  image: RgbImage,
  region: Region,
  { width, height, left, top }: { width: number; height: number; left: number; top: number },
): void {
  placeRegion(image, region, { width, height }, { data, at: 0, side: FINDER_INPUT_PX, left, top }, FINDER_RANGE);
}

/**
 * Where a face box lies in the landmark network's square: scaled to fit, centred, black beside it.
 */
export function landmarkPlacement(box: Region): { width: number; height: number; left: number; top: number } {
  const scale = LANDMARK_INPUT_PX / Math.max(box.width, box.height);
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  return {
    width,
    height,
    left: Math.floor((LANDMARK_INPUT_PX - width) / 2),
    top: Math.floor((LANDMARK_INPUT_PX - height) / 2),
  };
}

/** Face boxes of one picture as the landmark network's input, f32 [faces, 3, 112, 112]. */
export function landmarkInput(image: RgbImage, boxes: readonly Region[]): Float32Tensor {
  const side = LANDMARK_INPUT_PX;
  const plane = side * side;
  const data = new Float32Array(boxes.length * 3 * plane);
  const black = LANDMARK_MEAN_RGB.map((mean) => -mean / LANDMARK_RANGE.divisor);
  for (let i = 0; i < boxes.length * 3; i++) data.fill(black[i % 3]!, i * plane, (i + 1) * plane);
  boxes.forEach((box, i) => {
    const { width, height, left, top } = landmarkPlacement(box);
    placeRegion(image, box, { width, height }, { data, at: i * 3 * plane, side, left, top }, LANDMARK_RANGE);
  });
  return float32Tensor([boxes.length, 3, side, side], data);
}
