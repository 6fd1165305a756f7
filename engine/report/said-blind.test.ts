import { expect, test } from 'vitest';
import type { Opinion } from '../../contract/opinion.ts';
import type { ReportTimeline } from '../../contract/report.ts';
import { saidBlindBefore } from './report-index.ts';
import { howGiven } from './sections/opinions.ts';

const videos = [
  {
    tracks: [
      { id: 7, points: [{ faceId: 70 }, { faceId: 71 }] },
      { id: 8, points: [{ faceId: 80 }] },
      // The same face as followed by another scan.
      { id: 17, points: [{ faceId: 70 }, { faceId: 72 }] },
    ],
  },
] as unknown as ReportTimeline[];

let n = 0;
const said = (examinerName: string, conclusion: string, blind: boolean, on: object): Opinion =>
  ({
    ...{ id: ++n, evidenceId: 1, faceId: null, trackId: null, secondReview: false },
    ...{ examinerName, conclusion, blind, ...on },
  }) as unknown as Opinion;

test('an opinion that was changed once the score was seen says so, and what had been said blind', () => {
  const first = said('Bo Berg', 'forged', true, { trackId: 7 });
  const changed = said('bo  berg', 'genuine', false, { trackId: 7 });
  const other = said('Ada Lind', 'genuine', false, { trackId: 7 });
  const index = { saidBlind: saidBlindBefore([first, changed, other], videos) };
  expect(howGiven(first, index)).toBe(', score hidden');
  expect(howGiven(changed, index)).toBe(', score seen (said blind before: forged)');
  // Who never said anything blind has changed nothing.
  expect(howGiven(other, index)).toBe('');
});

test('it holds for a face of the track, a track of another scan with the face, and the other way round; not for what shares no face', () => {
  const first = said('Bo', 'forged', true, { trackId: 7 });
  const onFace = said('Bo', 'genuine', false, { faceId: 71 });
  const again = said('Bo', 'genuine', false, { trackId: 17 });
  const elsewhere = said('Bo', 'genuine', false, { trackId: 8 });
  const whole = said('Bo', 'genuine', false, {});
  const saidBlind = saidBlindBefore([first, onFace, again, elsewhere, whole], videos);
  expect([onFace, again, elsewhere, whole].map(saidBlind)).toEqual(['forged', 'forged', undefined, undefined]);
  const face = said('Cy', 'inconclusive', true, { faceId: 80 });
  const noted = said('Cy', 'note', false, { faceId: 80 });
  const gone = said('Cy', 'withdrawn', false, { faceId: 80 });
  const track = said('Cy', 'forged', false, { trackId: 8 });
  const later = saidBlindBefore([face, noted, gone, track], videos);
  expect([noted, gone, track].map(later)).toEqual([undefined, undefined, 'inconclusive']);
});
