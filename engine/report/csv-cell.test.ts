import { expect, test } from 'vitest';
import { harmlessCell } from './csv-cell.ts';

test.each([
  ['=1+1', "'=1+1"],
  [' =1+1', "' =1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\uff1dcmd', "'\uff1dcmd"],
  ['\tx', "'\tx"],
  // Where the list separator is another one, this is a cell of its own.
  ['a;=HYPERLINK("x").jpg', 'a;\'=HYPERLINK("x").jpg'],
  ['a, =1', "a,' =1"],
  ['a\t+1', "a\t'+1"],
])('%j runs nothing', (cell, harmless) => expect(harmlessCell(cell)).toBe(harmless));

test.each(['-1.5', '3,25', 'one/photo-1.jpg', 'a; b', 'x=y', 'Edge, left', ''])('%j stays as it is', (cell) =>
  expect(harmlessCell(cell)).toBe(cell),
);
