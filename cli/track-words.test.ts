// What is printed of a track: a median only where there are faces enough for one.
import { expect, test } from 'vitest';
import type { TrackOutcome } from '../contract/track.ts';
import { trackWords } from './wording.ts';

const scoredBy = (facesScored: number): TrackOutcome => ({
  ...{ kind: 'scored', windowMedianScore: 0.25, medianScore: 0.25, leaning: null, facesScored },
  ...{ windowFaces: facesScored, windowFromMs: 1000, windowToMs: facesScored === 1 ? 1000 : 2000 },
});

test('a track of one or two scored faces is single frames, without a median', () => {
  expect(trackWords(scoredBy(1), 1)).toMatch(/^single frame at 1\.00 s: raw score 0\.25/);
  expect(trackWords(scoredBy(2), 4)).toMatch(/^2 single frames, 1\.00 s to 2\.00 s: .*2 of 4 faces scored, too few/);
  expect(trackWords(scoredBy(3), 3)).toContain('median raw score 0.25');
});
