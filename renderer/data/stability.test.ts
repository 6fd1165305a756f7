import { expect, test } from 'vitest';
import { measuredWords } from './stability.ts';

test('what is said of a measuring says of how many nothing could be measured, and why', () => {
  expect(measuredWords({ tried: 0, not: 0, reason: null })).toMatch(/^Nothing here leans/);
  expect(measuredWords({ tried: 2, not: 0, reason: null })).toMatch(/^Stability measured of 2 results\. See/);
  const missing = 'Its evidence cannot be read.';
  expect(measuredWords({ tried: 1, not: 1, reason: missing })).toBe(
    'Stability could not be measured of 1 result: Its evidence cannot be read.',
  );
  expect(measuredWords({ tried: 3, not: 1, reason: missing })).toMatch(
    /^Stability measured of 2 results\. .* of 1 result: Its/,
  );
});
