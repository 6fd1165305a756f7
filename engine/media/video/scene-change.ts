// Cuts between shots, found in a coarse grid of luma: whole numbers only, so that every machine
// finds the same cuts.

/** Columns and rows of the grid; one sample in each cell's middle. */
const COLUMNS = 64;
const ROWS = 36;
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
const [CELL_DIFFERENCE, CELL_SHARE, CELL_RATIO] = [20, 0.04, 4];

/** Columns and rows by which a picture may have moved as a whole since it was looked at. */
const [MOST_ACROSS, MOST_DOWN] = [8, 4];

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

/** Which cells of a grid lie in another that is shifted by so many columns and rows. */
const overlapOf = (across: number, down: number) => ({
  rows: [Math.max(0, -down), Math.min(ROWS, ROWS - down)] as const,
  columns: [Math.max(0, -across), Math.min(COLUMNS, COLUMNS - across)] as const,
});

/**
 * Cells of a grid that are like none of the nine around their place in the one before, which is
 * shifted by `across` columns and `down` rows; of those that lie in both.
 */
function changedCells(grid: Uint8Array, previous: Uint8Array, across = 0, down = 0): number {
  const { rows, columns } = overlapOf(across, down);
  let changed = 0;
  for (let row = rows[0]; row < rows[1]; row++)
    for (let column = columns[0]; column < columns[1]; column++)
      if (isUnlikeAll(grid[row * COLUMNS + column]!, previous, row + down, column + across)) changed += 1;
  return changed;
}

/** Mean difference of luma where `previous` is shifted so, 0..255; of the cells that lie in both. */
function differenceAt(grid: Uint8Array, previous: Uint8Array, across: number, down: number): number {
  const { rows, columns } = overlapOf(across, down);
  let sum = 0;
  for (let row = rows[0]; row < rows[1]; row++) {
    const shift = down * COLUMNS + across;
    for (let at = row * COLUMNS + columns[0]; at < row * COLUMNS + columns[1]; at++)
      sum += Math.abs(grid[at]! - previous[at + shift]!);
  }
  return sum / ((rows[1] - rows[0]) * (columns[1] - columns[0]));
}

/**
 * Whether a frame shows something that another did not: a part of it as large as one that makes a
 * cut is like nothing that was there, however the whole has moved. By which way it came to be so
 * (at once, by fading) is not asked.
 */
export function showsAnother(grid: Uint8Array, looked: Uint8Array): boolean {
  const least = CELL_SHARE * grid.length;
  if (changedCells(grid, looked) < least) return false;
  let best = { difference: Number.POSITIVE_INFINITY, across: 0, down: 0 };
  for (let down = -MOST_DOWN; down <= MOST_DOWN; down++)
    for (let across = -MOST_ACROSS; across <= MOST_ACROSS; across++) {
      const difference = differenceAt(grid, looked, across, down);
      if (difference < best.difference) best = { difference, across, down };
    }
  return changedCells(grid, looked, best.across, best.down) >= least;
}

function isUnlikeAll(luma: number, previous: Uint8Array, row: number, column: number): boolean {
  for (let y = Math.max(0, row - 1); y <= Math.min(ROWS - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(COLUMNS - 1, column + 1); x++)
      if (Math.abs(luma - previous[y * COLUMNS + x]!) <= CELL_DIFFERENCE) return false;
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
