// What page one of a report says of the opinions in it.
import { expect, test } from 'vitest';
import { standingWords } from './cover.ts';

test('page one says how many of the opinions carry a reason, and promises none that is not there', () => {
  const said = (...notes: string[]) => standingWords({ standing: notes.map((note) => ({ note })) });
  expect(said('The ear is doubled.', '', ' ', '')).toBe('4 opinions stand in this report, 1 with a reason');
  expect(said('')).toBe('1 opinion stands in this report, none with a reason');
  expect(said('The ear is doubled.', 'Grain is even.')).toBe('2 opinions stand in this report, each with a reason');
});
