// What the report says of a video: one that was not examined must not read as one in which nothing
// was found.
import { expect, test } from 'vitest';
import type { Evidence } from '../../../contract/evidence.ts';
import type { ReportTimeline, ReportTrack } from '../../../contract/report.ts';
import { factRows, trackWords } from './videos.ts';

test('of a video that could not be read nothing is said but that, and why', () => {
  const evidence = {
    sha256: 'a'.repeat(64),
    state: { kind: 'unreadable', reason: 'truncated', message: 'It is cut off before its index.' },
  } as unknown as Evidence;
  const sampling = { kind: 'rate', framesPerSecond: 2, sceneChanges: true };
  const timeline = { sampling, frames: [], tracks: [], finished: true } as unknown as ReportTimeline;
  expect(factRows(evidence, timeline)).toEqual([['Not examined', 'It is cut off before its index.']]);
});

test('a track without a score says why in words, and of how many faces', () => {
  const points = Array.from({ length: 8 }, () => ({}));
  const outcome = { kind: 'notScored', reasons: { outOfDomain: 7, faceTooSmall: 1 } };
  expect(trackWords({ outcome, points } as unknown as ReportTrack)).toBe(
    'Not scored: outside model limits: 7, face too small: 1 of 8 faces.',
  );
});
