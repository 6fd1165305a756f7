// Several small parts of pictures in one view of the box network: a square of cells, in each a part
// that is enlarged or shrunk to it.
import type { Region } from '../image/resample.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import { FINDER_INPUT_SIZE, placeInFinderInput } from './finder-input.ts';
import { type Candidate, readCandidates } from './finder-output.ts';
import { FINDER_INPUT_PX } from './ssd-mobilenet.ts';

/** Side of a cell in pixels of the network. */
const MOSAIC_CELL_PX = 128;
const CELLS_A_ROW = FINDER_INPUT_PX / MOSAIC_CELL_PX;
/** Parts in one view. */
export const MOSAIC_CELLS = CELLS_A_ROW ** 2;

/** A part of a picture. */
export type Part = { image: RgbImage; region: Region };

const scaleOf = ({ width, height }: Region): number => MOSAIC_CELL_PX / Math.max(width, height);

/** At most MOSAIC_CELLS parts as the box network's input, f32 [1, 3, 512, 512]; black beside them. */
export function mosaicInput(parts: readonly Part[]): Float32Tensor {
  const data = new Float32Array(FINDER_INPUT_SIZE).fill(-1);
  parts.forEach(({ image, region }, i) => {
    const scale = scaleOf(region);
    const size = {
      width: Math.max(1, Math.round(region.width * scale)),
      height: Math.max(1, Math.round(region.height * scale)),
    };
    const [left, top] = [(i % CELLS_A_ROW) * MOSAIC_CELL_PX, Math.floor(i / CELLS_A_ROW) * MOSAIC_CELL_PX];
    placeInFinderInput(data, image, region, { ...size, left, top });
  });
  return float32Tensor([1, 3, FINDER_INPUT_PX, FINDER_INPUT_PX], data);
}

/**
 * Boxes in each part, in pixels of its picture: those whose middle lies in its cell, cut to the
 * cell.
 */
export function readMosaic(
  outputs: { encodings: Float32Array; scores: Float32Array },
  priors: Float32Array,
  parts: readonly Part[],
  minimumScore: number,
): Candidate[][] {
  const square = { x: 0, y: 0, width: FINDER_INPUT_PX, height: FINDER_INPUT_PX };
  const all = readCandidates(outputs, priors, 0, { region: square, pixelsPerInput: 1 }, minimumScore);
  return parts.map(({ region }, i) => {
    const [left, top] = [(i % CELLS_A_ROW) * MOSAIC_CELL_PX, Math.floor(i / CELLS_A_ROW) * MOSAIC_CELL_PX];
    const scale = scaleOf(region);
    const inCell = (value: number, from: number): number => Math.min(MOSAIC_CELL_PX, Math.max(0, value - from));
    return all.flatMap(({ box, score }) => {
      const [x, y] = [box.x + box.width / 2 - left, box.y + box.height / 2 - top];
      if (x < 0 || x >= MOSAIC_CELL_PX || y < 0 || y >= MOSAIC_CELL_PX) return [];
      const [x0, x1] = [inCell(box.x, left) / scale, inCell(box.x + box.width, left) / scale];
      const [y0, y1] = [inCell(box.y, top) / scale, inCell(box.y + box.height, top) / scale];
      return [{ score, box: { x: region.x + x0, y: region.y + y0, width: x1 - x0, height: y1 - y0 } }];
    });
  });
}
