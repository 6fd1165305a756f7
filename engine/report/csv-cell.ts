// A cell of a table that a spreadsheet will open: what came from elsewhere is text there, and runs
// nothing.

const NUMBER = /^-?\d+([.,]\d+)?$/;
/**
 * Where a formula may begin: at the beginning of a cell, and behind what another program, or the same
 * one in another country, takes for the end of a cell, quoted or not. Full-width signs count as well.
 */
const BEGINNING = /(^|[;,\t])([^\S\t]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r])/g;

/**
 * What a spreadsheet would run as a formula is led by an apostrophe: file names are not to be
 * trusted. Numbers stay numbers.
 */
export const harmlessCell = (cell: string): string =>
  NUMBER.test(cell) ? cell : cell.replace(BEGINNING, (_, end = '', blanks = '') => `${end}'${blanks}`);
