// What the network of the first look (full-range.ts) is shown of a picture, and what it says.
import type { Region } from '../image/resample.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { CELL_PX } from './full-range.ts';

/** Where a face may be: its box in pixels of the picture looked at, and the network's logit. */
export type Glimpse = { box: Region; logit: number };

/** A part of a picture that is looked at in one run, its sides in pixels. */
export type Tile = { x: number; y: number; width: number; height: number };

/** Tiles of that size that cover a picture and overlap by at least `overlap` pixels. */
export function tilesOver(
  { widthPx, heightPx }: Pick<RgbImage, 'widthPx' | 'heightPx'>,
  { width, height, overlap }: { width: number; height: number; overlap: number },
): Tile[] {
  const starts = (length: number, side: number): number[] => {
    if (length <= side) return [0];
    const count = Math.ceil((length - overlap) / (side - overlap));
    return Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / (count - 1)));
  };
  return starts(heightPx, height).flatMap((y) => starts(widthPx, width).map((x) => ({ x, y, width, height })));
}

/** The bytes of a tile [height, width, 3]; black outside the picture. */
export function tileBytes({ widthPx, heightPx, data }: RgbImage, { x, y, width, height }: Tile): Uint8Array {
  const bytes = new Uint8Array(width * height * 3);
  const columns = Math.min(width, widthPx - x);
  for (let row = 0; row < Math.min(height, heightPx - y); row++) {
    const from = ((y + row) * widthPx + x) * 3;
    bytes.set(data.subarray(from, from + columns * 3), row * width * 3);
  }
  return bytes;
}

/**
 * Cells [5, rows, columns] of picture `at` of a run whose logit is above `limit`, as boxes in
 * pixels of that picture.
 */
export function readGlimpses(
  cells: Float32Array,
  { at, width, height }: { at: number; width: number; height: number },
  limit: number,
): Glimpse[] {
  const columns = width / CELL_PX;
  const count = columns * (height / CELL_PX);
  const found: Glimpse[] = [];
  for (let cell = 0; cell < count; cell++)
    if (cells[at * 5 * count + cell]! > limit) found.push(glimpseAt(cells, { at, columns, count }, cell));
  return found;
}

/** One cell of picture `at`, whose output has `count` cells in rows of `columns`. */
function glimpseAt(
  cells: Float32Array,
  { at, columns, count }: { at: number; columns: number; count: number },
  cell: number,
): Glimpse {
  const plane = (channel: number): number => cells[(at * 5 + channel) * count + cell]!;
  const [width, height] = [Math.max(1, plane(3)), Math.max(1, plane(4))];
  const middleX = ((cell % columns) + 0.5) * CELL_PX + plane(1);
  const middleY = (Math.floor(cell / columns) + 0.5) * CELL_PX + plane(2);
  return { logit: plane(0), box: { x: middleX - width / 2, y: middleY - height / 2, width, height } };
}

/**
 * The surest cell in the inner half of picture `at` of a run on squares of `side` pixels: its logit,
 * its box, and by how much that face is turned clockwise from upright, in degrees -180..180, as its
 * eyes and mouth lie. The angle is right where the face stands within some 100 degrees of upright;
 * of one on its head it is not.
 */
export function surestInside(
  { cells, points }: { cells: Float32Array; points: Float32Array },
  { at, side }: { at: number; side: number },
): Glimpse & { roll: number } {
  const columns = side / CELL_PX;
  const count = columns ** 2;
  let best = -1;
  for (let row = columns / 4; row < (columns * 3) / 4; row++)
    for (let cell = row * columns + columns / 4; cell < row * columns + (columns * 3) / 4; cell++)
      if (best < 0 || cells[at * 5 * count + cell]! > cells[at * 5 * count + best]!) best = cell;
  const point = (channel: number): number => points[(at * 8 + channel) * count + best]!;
  const [downX, downY] = [point(6) - (point(0) + point(2)) / 2, point(7) - (point(1) + point(3)) / 2];
  return { ...glimpseAt(cells, { at, columns, count }, best), roll: (Math.atan2(-downX, downY) * 180) / Math.PI };
}

/** A box that is this much larger is another face, or none: it hides no small one inside it. */
const SAME_SIZE = 2;

/**
 * Of glimpses of about one size whose middles lie in each other's inner half, the surest; the
 * surest first.
 */
export function mergeGlimpses(glimpses: readonly Glimpse[]): Glimpse[] {
  const kept: Glimpse[] = [];
  for (const one of [...glimpses].sort((a, b) => b.logit - a.logit)) {
    const [x, y] = [one.box.x + one.box.width / 2, one.box.y + one.box.height / 2];
    const hidden = kept.some(({ box }) => {
      if (box.width > SAME_SIZE * Math.max(one.box.width, CELL_PX * 2)) return false;
      const [dx, dy] = [Math.abs(x - box.x - box.width / 2), Math.abs(y - box.y - box.height / 2)];
      return dx < Math.max(CELL_PX * 2, box.width / 2) && dy < Math.max(CELL_PX * 2, box.height / 2);
    });
    if (!hidden) kept.push(one);
  }
  return kept;
}
