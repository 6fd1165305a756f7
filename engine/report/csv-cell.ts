// A cell of a table that a spreadsheet will open: what came from elsewhere is text there, and runs
// nothing.

const NUMBER = /^-?\d+([.,]\d+)?$/;

/**
 * A cell that a spreadsheet would run as a formula is led by an apostrophe: file names are not to
 * be trusted. Numbers stay numbers.
 */
export const harmlessCell = (cell: string): string =>
  /^[=+\-@\t\r]/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
