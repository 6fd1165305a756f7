// Moving pixels: an affine map, and on top of it a displacement given on a coarse grid. Pure.
import type { PixelPoint } from '../../../contract/units.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';

/** x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = { a: number; b: number; c: number; d: number; e: number; f: number };

export const applyAffine = ({ a, b, c, d, e, f }: Affine, { x, y }: PixelPoint): PixelPoint => ({
  x: a * x + b * y + c,
  y: d * x + e * y + f,
});

/**
 * The affine map that takes `from` nearest to `to` in least squares (normal equations about the
 * means).
 */
export function fitAffine(from: readonly PixelPoint[], to: readonly PixelPoint[]): Affine {
  const mean = (points: readonly PixelPoint[], axis: 'x' | 'y') =>
    points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  const [fx, fy, tx, ty] = [mean(from, 'x'), mean(from, 'y'), mean(to, 'x'), mean(to, 'y')];
  let [xx, xy, yy, xu, yu, xv, yv] = [0, 0, 0, 0, 0, 0, 0];
  from.forEach((p, i) => {
    const [x, y, u, v] = [p.x - fx, p.y - fy, to[i]!.x - tx, to[i]!.y - ty];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xu += x * u;
    yu += y * u;
    xv += x * v;
    yv += y * v;
  });
  const det = xx * yy - xy * xy || 1;
  const [a, b] = [(xu * yy - yu * xy) / det, (yu * xx - xu * xy) / det];
  const [d, e] = [(xv * yy - yv * xy) / det, (yv * xx - xv * xy) / det];
  return { a, b, c: tx - a * fx - b * fy, d, e, f: ty - d * fx - e * fy };
}

/**
 * Displacements at the nodes of a grid over a width x height picture, nodes x nodes of them, x and
 * y in turn.
 */
export type GridShift = { nodes: number; shifts: Float64Array };

/**
 * Spreads displacements known at `points` over a grid by inverse distance squared; `reach` (pixels)
 * keeps it smooth.
 */
export function gridFromPoints(
  points: readonly PixelPoint[],
  shifts: readonly PixelPoint[],
  size: { left: number; top: number; width: number; height: number; reach: number },
  nodes = 9,
): GridShift {
  const grid = new Float64Array(nodes * nodes * 2);
  for (let node = 0; node < nodes * nodes; node++) {
    const x = size.left + ((node % nodes) / (nodes - 1)) * size.width;
    const y = size.top + (Math.floor(node / nodes) / (nodes - 1)) * size.height;
    let [dx, dy, total] = [0, 0, 1e-9];
    points.forEach((p, i) => {
      const weight = 1 / ((p.x - x) ** 2 + (p.y - y) ** 2 + size.reach ** 2);
      total += weight;
      dx += weight * shifts[i]!.x;
      dy += weight * shifts[i]!.y;
    });
    grid[node * 2] = dx / total;
    grid[node * 2 + 1] = dy / total;
  }
  return { nodes, shifts: grid };
}

/**
 * Where to sample from, and the target's place: pixel (0, 0) of the result lies at (left, top) of
 * the target's plane.
 */
export type WarpTarget = { left: number; top: number; width: number; height: number };

/**
 * The picture whose pixel at p is `image` at affine(p) (+ the grid's displacement there), bilinear,
 * edges repeated. Coordinates have pixel centres at .5.
 */
export function warp(image: RgbImage, affine: Affine, target: WarpTarget, grid?: GridShift): RgbImage {
  const { width, height, left, top } = target;
  const out = new Uint8Array(width * height * 3);
  const { a, b, c, d, e, f } = affine;
  const shift = new Float64Array(2);
  for (let y = 0; y < height; y++) {
    const py = top + y + 0.5;
    const v = y / Math.max(1, height - 1);
    for (let x = 0; x < width; x++) {
      const px = left + x + 0.5;
      if (grid) shiftAt(grid, x / Math.max(1, width - 1), v, shift);
      sampleBilinear(
        image,
        a * px + b * py + c + shift[0]! - 0.5,
        d * px + e * py + f + shift[1]! - 0.5,
        out,
        (y * width + x) * 3,
      );
    }
  }
  return { widthPx: width, heightPx: height, data: out };
}

/** Writes the displacement at (u, v), shares 0..1 of the plane's width and height, to `out`. */
export function shiftAt({ nodes, shifts }: GridShift, u: number, v: number, out: Float64Array): void {
  const ix = Math.min(nodes - 2, Math.floor(u * (nodes - 1)));
  const iy = Math.min(nodes - 2, Math.floor(v * (nodes - 1)));
  const fx = u * (nodes - 1) - ix;
  const fy = v * (nodes - 1) - iy;
  const at = (iy * nodes + ix) * 2;
  for (let axis = 0; axis < 2; axis++) {
    const upper = shifts[at + axis]! * (1 - fx) + shifts[at + 2 + axis]! * fx;
    const lower = shifts[at + nodes * 2 + axis]! * (1 - fx) + shifts[at + nodes * 2 + 2 + axis]! * fx;
    out[axis] = upper * (1 - fy) + lower * fy;
  }
}

/**
 * Writes the colour at (x, y), pixel centres at whole numbers, edges repeated, rounded. No array or
 * object is made for a pixel.
 */
function sampleBilinear(image: RgbImage, x: number, y: number, out: Uint8Array, to: number): void {
  const { widthPx, heightPx, data } = image;
  const cx = x < 0 ? 0 : Math.min(x, widthPx - 1);
  const cy = y < 0 ? 0 : Math.min(y, heightPx - 1);
  const x0 = Math.floor(cx);
  const y0 = Math.floor(cy);
  const right = x0 + 1 < widthPx ? 3 : 0;
  const below = y0 + 1 < heightPx ? widthPx * 3 : 0;
  const fx = cx - x0;
  const fy = cy - y0;
  let p = (y0 * widthPx + x0) * 3;
  for (let k = to; k < to + 3; k++, p++) {
    const upperLeft = data[p]!;
    const lowerLeft = data[p + below]!;
    const upper = upperLeft + (data[p + right]! - upperLeft) * fx;
    const lower = lowerLeft + (data[p + below + right]! - lowerLeft) * fx;
    out[k] = upper + (lower - upper) * fy + 0.5;
  }
}
