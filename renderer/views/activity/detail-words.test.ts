import { expect, test } from 'vitest';
import { detailFacts, plainProblem } from './detail-words.ts';

test('an entry’s details have names people read, and no JSON', () => {
  expect(
    detailFacts({
      evidenceId: 3,
      secondReview: true,
      operatingPoints: { low: 0.2, high: 0.8 },
      workers: { desk: { files: 2, faces: 3 } },
      unheardOf: null,
    }),
  ).toEqual([
    ['File number', '3'],
    ['Second review', 'yes'],
    ['Operating points', 'low 0.2, high 0.8'],
    ['Workers', 'desk files 2, faces 3'],
    ['Unheard of', '–'],
  ]);
});

test('an error code of the system is a sentence', () => {
  expect(plainProblem("ENOENT: no such file or directory, open '/e/a.jpg'")).toBe("It is not there: '/e/a.jpg'");
  expect(plainProblem("EACCES: permission denied, open '/e/a.jpg'")).toBe("Reading it is not permitted: '/e/a.jpg'");
  expect(plainProblem('9f86d0')).toBe('9f86d0');
});
