// What a report says of results that were repeated.
import { expect, test } from 'vitest';
import { rerunSentence, stabilityRunsSentence } from './integrity.ts';

const NONE = { identical: 0, withinTolerance: 0, different: 0, notPossible: 0 };

test('of how many results how many were repeated, each by its latest repetition, and which reruns did not come to an end', () => {
  const last = { at: '2026-01-02T03:04:05.000Z', counts: { ...NONE, identical: 1 }, rowsSha256: 'a'.repeat(64) };
  const standing = {
    ...{ results: 36, repeated: 35, counts: { ...NONE, identical: 1, different: 34 }, differed: 34, differing: [] },
    ...{ reruns: 3, interrupted: 1, notAsRecorded: 0 },
  };
  const said = rerunSentence({ ...last, standing });
  expect(said).toContain('35 of 36 results repeated');
  expect(said).toContain('1 bit-identical, 0 within the stated tolerance, 34 different, 0 could not be repeated');
  expect(said).toContain('3 reruns, the latest at 2026-01-02T03:04:05.000Z');
  expect(said).toContain('1 rerun did not come to an end');
  expect(rerunSentence({ ...last, standing: { ...standing, notAsRecorded: 2 } })).toContain(
    'The rows of 2 reruns are not those that the log has',
  );
  expect(rerunSentence(null)).toBe('No result was repeated before this report.');
});

test('it says in how many runs stability was measured, and of how many the rows are not those of the log', () => {
  expect(stabilityRunsSentence({ runs: 1, notAsRecorded: 0, elsewhere: 0 })).toBe(
    'Stability was measured in 1 run; of each result the latest is printed.',
  );
  expect(stabilityRunsSentence({ runs: 3, notAsRecorded: 1, elsewhere: 2 })).toMatch(
    /^Stability was measured in 3 runs; .* 2 runs of them ended elsewhere, .* The rows of 1 run are not those that the log has; none of them is printed\.$/,
  );
});
