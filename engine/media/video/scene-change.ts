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

/**
 * Give it the frames' grids in order; it says for each whether a new shot begins with it. The first
 * frame begins none.
 */
export function createCutFinder(): (grid: Uint8Array) => boolean {
  let previous: Uint8Array | undefined;
  let before: number[] = [];
  return (grid) => {
    if (!previous) {
      previous = grid;
      return false;
    }
    let difference = 0;
    for (let i = 0; i < grid.length; i++) difference += Math.abs(grid[i]! - previous[i]!);
    previous = grid;
    const mean = before.reduce((sum, one) => sum + one, 0) / Math.max(1, before.length);
    const isCut = difference >= CUT_DIFFERENCE * grid.length && difference >= CUT_RATIO * mean;
    before = isCut ? [] : [...before, difference].slice(-MEMORY);
    return isCut;
  };
}
