// Pixels into the two face networks. The only place that knows their sizes and value ranges.
import { type Region, resampleFloat } from '../image/resample.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import { LANDMARK_INPUT_PX, LANDMARK_MEAN_RGB } from './landmarks.ts';
import { FINDER_INPUT_PX } from './ssd-mobilenet.ts';

/** A part of a picture the finder looks at, and how many picture pixels one network pixel stands for. */
export type View = { region: Region; pixelsPerInput: number };

/** A view of `region`: fitted into the network's square at the top left, black beside it. */
export const viewOf = (region: Region): View => ({
  region,
  pixelsPerInput: Math.max(region.width, region.height) / FINDER_INPUT_PX,
});

/** Writes interleaved pixels of a w x h picture into the planes of one batch entry of side `side`. */
function placePixels(
  values: Float64Array,
  w: number,
  h: number,
  target: { data: Float32Array; at: number; side: number; left: number; top: number },
  convert: (value: number, channel: number) => number,
): void {
  const plane = target.side * target.side;
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < h; y++) {
      const row = target.at + channel * plane + (y + target.top) * target.side + target.left;
      for (let x = 0; x < w; x++) target.data[row + x] = convert(values[(y * w + x) * 3 + channel]!, channel);
    }
}

/** Views of one picture as the box network's input, f32 [views, 3, 512, 512] in -1..1; black is -1. */
export function finderInput(image: RgbImage, views: readonly View[]): Float32Tensor {
  const side = FINDER_INPUT_PX;
  const data = new Float32Array(views.length * 3 * side * side).fill(-1);
  views.forEach(({ region, pixelsPerInput }, i) => {
    const width = Math.max(1, Math.round(region.width / pixelsPerInput));
    const height = Math.max(1, Math.round(region.height / pixelsPerInput));
    const values = resampleFloat(image, region, width, height, 0);
    placePixels(
      values,
      width,
      height,
      { data, at: i * 3 * side * side, side, left: 0, top: 0 },
      (value) => value / 127.5 - 1,
    );
  });
  return float32Tensor([views.length, 3, side, side], data);
}

/** Where a face box lies in the landmark network's square: scaled to fit, centred, black beside it. */
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
  const convert = (value: number, channel: number) => (value - LANDMARK_MEAN_RGB[channel]!) / 255;
  for (let i = 0; i < boxes.length * 3; i++) data.fill(convert(0, i % 3), i * plane, (i + 1) * plane);
  boxes.forEach((box, i) => {
    const { width, height, left, top } = landmarkPlacement(box);
    placePixels(
      resampleFloat(image, box, width, height, 0),
      width,
      height,
      { data, at: i * 3 * plane, side, left, top },
      convert,
    );
  });
  return float32Tensor([boxes.length, 3, side, side], data);
}
