// Cuts between shots, found in a coarse grid of luma: whole numbers only, so that every machine
// finds the same cuts.

/** Columns and rows of the grid; one sample in each cell's middle. */
export const COLUMNS = 64;
export const ROWS = 36;
/** Mean difference of 8-bit luma from one frame to the next that a cut has at least. */
const CUT_DIFFERENCE = 18;
/**
 * And at least this many times the mean difference of the frames before it: fast movement is no
 * cut.
 */
const CUT_RATIO = 3;
/** Frames whose differences are remembered. */
const MEMORY = 8;
/**
 * A cut between two people before one backdrop changes a part of the picture: cells that are so
 * unlike what was there and beside it that no movement of a cell explains them; this part of all,
 * and so many times what changed in the frames before.
 */
export const [CELL_DIFFERENCE, CELL_SHARE] = [20, 0.04];
const CELL_RATIO = 4;

/** Samples of one plane, with the bits they have. */
export type LumaPlane = {
  samples: Uint8Array | Uint16Array;
  stride: number;
  step: number;
  offset: number;
  bits: number;
  widthPx: number;
  heightPx: number;
};

/** The grid of one frame, 8-bit. */
export function lumaGrid({ samples, stride, step, offset, bits, widthPx, heightPx }: LumaPlane): Uint8Array {
  const grid = new Uint8Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    const y = Math.floor(((2 * row + 1) * heightPx) / (2 * ROWS));
    for (let column = 0; column < COLUMNS; column++) {
      const x = Math.floor(((2 * column + 1) * widthPx) / (2 * COLUMNS));
      grid[row * COLUMNS + column] = samples[offset + y * stride + x * step]! >> (bits - 8);
    }
  }
  return grid;
}

/** Cells of a grid that are like none of the nine around their place in the one before. */
function changedCells(grid: Uint8Array, previous: Uint8Array): number {
  let changed = 0;
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < COLUMNS; column++)
      if (isUnlikeAll(grid[row * COLUMNS + column]!, previous, row, column, CELL_DIFFERENCE)) changed += 1;
  return changed;
}

/** Whether a value is further than `difference` from all nine about a place of a grid. */
export function isUnlikeAll(
  value: number,
  previous: Uint8Array,
  row: number,
  column: number,
  difference: number,
): boolean {
  for (let y = Math.max(0, row - 1); y <= Math.min(ROWS - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(COLUMNS - 1, column + 1); x++)
      if (Math.abs(value - previous[y * COLUMNS + x]!) <= difference) return false;
  return true;
}

const meanOf = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length);

/**
 * Give it the frames' grids in order; it says for each whether a new shot begins with it. The first
 * frame begins none. A cut in the middle of fast movement may be missed.
 */
export function createCutFinder(): (grid: Uint8Array) => boolean {
  let previous: Uint8Array | undefined;
  let before: { difference: number; cells: number }[] = [];
  return (grid) => {
    if (!previous) {
      previous = grid;
      return false;
    }
    let difference = 0;
    for (let i = 0; i < grid.length; i++) difference += Math.abs(grid[i]! - previous[i]!);
    const cells = changedCells(grid, previous);
    previous = grid;
    const isWhole =
      difference >= CUT_DIFFERENCE * grid.length &&
      difference >= CUT_RATIO * meanOf(before.map((one) => one.difference));
    // Of a part it is told by the frames before, of which there have to be some.
    const isPart =
      before.length > 1 &&
      cells >= CELL_SHARE * grid.length &&
      cells >= CELL_RATIO * meanOf(before.map((one) => one.cells));
    const isCut = isWhole || isPart;
    before = isCut ? [] : [...before, { difference, cells }].slice(-MEMORY);
    return isCut;
  };
}
