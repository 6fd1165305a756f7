// A portrait whose face has another shape: warped on a coarse grid, picture and landmarks alike,
// before anything is forged. Few sitters then count for more, because none is seen twice with the
// same features. Pure; chance is given.
import type { PixelPoint } from '../../../contract/units.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import type { Portrait } from './portraits.ts';
import { type GridShift, shiftAt, warp } from './warp.ts';

/** Nodes along a side: features move against each other, a feature itself stays smooth. */
const NODES = 6;
/** The rest stays as it is, with the detail that resampling takes. */
const BENT = 0.7;
/**
 * Steps of the fixed point that finds where a landmark went; displacements are far below a node's
 * distance.
 */
const STEPS = 4;

const IDENTITY = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };

/**
 * `amount`: the largest displacement at a node as a share of the face box's longer side, 0..0.2.
 */
export function jitterShape(portrait: Portrait, amount: number, random: RandomStream): Portrait {
  if (random.uniform() >= BENT) return portrait;
  const { image, box, landmarks } = portrait;
  const reach = amount * Math.max(box.width, box.height);
  const shifts = Float64Array.from({ length: NODES * NODES * 2 }, () => random.uniform(-reach, reach));
  const grid = { nodes: NODES, shifts };
  const { widthPx: width, heightPx: height } = image;
  const warped = warp(image, IDENTITY, { left: 0, top: 0, width, height }, grid);
  return { ...portrait, image: warped, landmarks: landmarks.map((point) => whereTo(point, grid, { width, height })) };
}

/**
 * The result's pixel at p is the picture's at p + shift(p); what was at `from` is found where p +
 * shift(p) = from.
 */
function whereTo(from: PixelPoint, grid: GridShift, { width, height }: { width: number; height: number }): PixelPoint {
  const shift = new Float64Array(2);
  const share = (at: number, size: number): number => Math.min(1, Math.max(0, (at - 0.5) / Math.max(1, size - 1)));
  let at = from;
  for (let step = 0; step < STEPS; step++) {
    shiftAt(grid, share(at.x, width), share(at.y, height), shift);
    at = { x: from.x - shift[0]!, y: from.y - shift[1]! };
  }
  return at;
}
