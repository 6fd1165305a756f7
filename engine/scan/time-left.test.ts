import { expect, test } from 'vitest';
import { createTimeLeft } from './time-left.ts';

test('an hour of film that is left is not one more file: nothing is said before a video was worked on, then by bytes', () => {
  let now = 0;
  const left = createTimeLeft({ stills: 10, videoBytes: 900 }, () => now);
  now = 1000;
  left.done('stills', 9);
  // Nine of ten files are done in a second; three videos are not.
  expect(left.remainingMs()).toBe(null);
  now = 11_000;
  left.done('videoBytes', 100);
  expect(left.remainingMs()).toBeCloseTo(80_000 + 1000 / 9, 0);
  now = 12_000;
  left.done('stills', 1);
  expect(left.remainingMs()).toBe(80_000);
  now = 92_000;
  left.done('videoBytes', 800);
  expect(left.remainingMs()).toBe(0);
});

test('more than was expected leaves nothing, never less than nothing', () => {
  let now = 0;
  const left = createTimeLeft({ stills: 1, videoBytes: 0 }, () => now);
  now = 5;
  left.done('videoBytes', 70);
  left.done('stills', 2);
  expect(left.remainingMs()).toBe(0);
});
