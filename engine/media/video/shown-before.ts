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
 * however the whole has moved. By which way it came to be so (at once, by fading) is not asked.
 */
export function showsAnother(view: CellView, looked: CellView): boolean {
  const least = CELL_SHARE * view.means.length;
  if (unlikeCells(view, looked, 0, 0) < least) return false;
  let best = { difference: Number.POSITIVE_INFINITY, across: 0, down: 0 };
  for (let down = -MOST_DOWN; down <= MOST_DOWN; down++)
    for (let across = -MOST_ACROSS; across <= MOST_ACROSS; across++) {
      const difference = differenceAt(view.means, looked.means, across, down);
      if (difference < best.difference) best = { difference, across, down };
    }
  return unlikeCells(view, looked, best.across, best.down) >= least;
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
