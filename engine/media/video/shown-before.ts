// Whether a frame of a film shows something that was not shown by the one looked at last. Whole numbers
// only, so that every machine looks at the same frames. Cuts from one frame to the next:
// scene-change.ts.
import { CELL_DIFFERENCE, CELL_SHARE, COLUMNS, isUnlikeAll, type LumaPlane, ROWS } from './scene-change.ts';

/**
 * A picture in cells, row by row, 8-bit: the mean of all samples of each, and by how much they differ
 * from the sample to the left on average. A picture may leave single samples, or the means, as they are.
 */
export type CellView = { means: Uint8Array; contrasts: Uint8Array };

/** By how much a cell's contrast is another, as CELL_DIFFERENCE of its mean. */
const CONTRAST_DIFFERENCE = 12;
/** Columns and rows by which a picture may have moved as a whole since it was looked at. */
const [MOST_ACROSS, MOST_DOWN] = [8, 4];

/**
 * Parts of the picture in which light and dark are held against each other, cells of each, and columns and
 * rows by which a part may have moved by itself.
 */
const [PART_COLUMNS, PART_ROWS, PART_MOVED] = [16, 12, 2];
/** From what spread of a part's cells on there is something to be seen; about that of a pale face. */
const SEEN_SPREAD = 12;
/** Correlation below which nothing of one is seen in the other, as one over its square. */
const UNRELATED = 16;

/** Takes every sample once: some milliseconds of a large picture. */
export function cellView({ samples, stride, step, offset, bits, widthPx, heightPx }: LumaPlane): CellView {
  const means = new Uint8Array(COLUMNS * ROWS);
  const contrasts = new Uint8Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    const [top, bottom] = spanOf(row, ROWS, heightPx);
    for (let column = 0; column < COLUMNS; column++) {
      const [left, right] = spanOf(column, COLUMNS, widthPx);
      let [sum, steps] = [0, 0];
      for (let y = top; y < bottom; y++) {
        let at = offset + y * stride + left * step;
        let before = samples[at]!;
        for (let x = left; x < right; x++, at += step) {
          const luma = samples[at]!;
          sum += luma;
          steps += luma > before ? luma - before : before - luma;
          before = luma;
        }
      }
      const scale = (bottom - top) * (right - left) * 2 ** (bits - 8);
      means[row * COLUMNS + column] = sum / scale;
      contrasts[row * COLUMNS + column] = steps / scale;
    }
  }
  return { means, contrasts };
}

/** From which sample to before which a cell goes; at least one. */
function spanOf(cell: number, cells: number, px: number): [number, number] {
  const from = Math.min(px - 1, Math.floor((cell * px) / cells));
  return [from, Math.max(from + 1, Math.floor(((cell + 1) * px) / cells))];
}

/**
 * True where a part of the picture as large as one that makes a cut is like nothing that was there,
 * however the whole has moved; or where light and dark are spread in a twelfth of it as in nothing that was
 * there, though each cell by itself may be like one: among nine of every light there is one for any. By
 * which way it came to be so (at once, by fading) is not asked.
 */
export function showsAnother(view: CellView, looked: CellView): boolean {
  const least = CELL_SHARE * view.means.length;
  if (unlikeCells(view, looked, 0, 0) < least && !isAnyPartUnrelated(view, looked, 0, 0)) return false;
  let best = { difference: Number.POSITIVE_INFINITY, across: 0, down: 0 };
  for (let down = -MOST_DOWN; down <= MOST_DOWN; down++)
    for (let across = -MOST_ACROSS; across <= MOST_ACROSS; across++) {
      const difference = differenceAt(view.means, looked.means, across, down);
      if (difference < best.difference) best = { difference, across, down };
    }
  return (
    unlikeCells(view, looked, best.across, best.down) >= least ||
    isAnyPartUnrelated(view, looked, best.across, best.down)
  );
}

/** Where `looked` is shifted so. */
function isAnyPartUnrelated({ means }: CellView, looked: CellView, across: number, down: number): boolean {
  const moves = Array.from({ length: 2 * PART_MOVED + 1 }, (_, i) => i - PART_MOVED);
  for (let row = 0; row < ROWS; row += PART_ROWS)
    for (let column = 0; column < COLUMNS; column += PART_COLUMNS) {
      const isRelated = moves.some((y) =>
        moves.some((x) => isRelatedPart(means, looked.means, { row, column, across: across + x, down: down + y })),
      );
      if (!isRelated) return true;
    }
  return false;
}

/** Also where nothing is to be seen in it, or too little of it lies in both. */
function isRelatedPart(
  means: Uint8Array,
  looked: Uint8Array,
  { row, column, across, down }: { row: number; column: number; across: number; down: number },
): boolean {
  const { rows, columns } = overlapOf(across, down);
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let y = Math.max(row, rows[0]); y < Math.min(row + PART_ROWS, rows[1]); y++)
    for (let x = Math.max(column, columns[0]); x < Math.min(column + PART_COLUMNS, columns[1]); x++) {
      const at = y * COLUMNS + x;
      const [one, other] = [means[at]!, looked[at + down * COLUMNS + across]!];
      n += 1;
      a += one;
      b += other;
      aa += one * one;
      bb += other * other;
      ab += one * other;
    }
  const [spread, both, before] = [n * aa - a * a, n * ab - a * b, n * bb - b * b];
  const isSeen = 2 * n >= PART_COLUMNS * PART_ROWS && spread >= (n * SEEN_SPREAD) ** 2;
  return !isSeen || (both > 0 && UNRELATED * both * both >= spread * before);
}

/** Rows and columns, from and to before, of the cells that lie in a view that is shifted so as well. */
const overlapOf = (across: number, down: number) => ({
  rows: [Math.max(0, -down), Math.min(ROWS, ROWS - down)] as const,
  columns: [Math.max(0, -across), Math.min(COLUMNS, COLUMNS - across)] as const,
});

/** Cells whose mean or contrast is like none of the nine about their place, shifted so, in what was looked at. */
function unlikeCells(view: CellView, looked: CellView, across: number, down: number): number {
  const { rows, columns } = overlapOf(across, down);
  let unlike = 0;
  for (let row = rows[0]; row < rows[1]; row++)
    for (let column = columns[0]; column < columns[1]; column++) {
      const at = row * COLUMNS + column;
      const [y, x] = [row + down, column + across];
      if (
        isUnlikeAll(view.means[at]!, looked.means, y, x, CELL_DIFFERENCE) ||
        isUnlikeAll(view.contrasts[at]!, looked.contrasts, y, x, CONTRAST_DIFFERENCE)
      )
        unlike += 1;
    }
  return unlike;
}

/** Mean difference of the cells that lie in both, where `looked` is shifted so. */
function differenceAt(means: Uint8Array, looked: Uint8Array, across: number, down: number): number {
  const { rows, columns } = overlapOf(across, down);
  const shift = down * COLUMNS + across;
  let sum = 0;
  for (let row = rows[0]; row < rows[1]; row++)
    for (let at = row * COLUMNS + columns[0]; at < row * COLUMNS + columns[1]; at++)
      sum += Math.abs(means[at]! - looked[at + shift]!);
  return sum / ((rows[1] - rows[0]) * (columns[1] - columns[0]));
}
