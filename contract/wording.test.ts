// One room of words: every outcome without a score says what it is and what follows, the same in the
// window, on the command line and in a report.
import { expect, test } from 'vitest';
import type { UnscoredOutcome } from './verdict.ts';
import { exactScoreText, KIND_WORDS, scoreText, thresholdText, unscoredWords } from './wording.ts';

const OUTCOMES: readonly [UnscoredOutcome, string][] = [
  [{ kind: 'noFace' }, 'No face found'],
  [
    { kind: 'faceTooSmall', sizePx: 29.6, minimumPx: 40, cropSha256: null },
    'Face too small: 30 px, at least 40 px are needed',
  ],
  [{ kind: 'unreadable', reason: 'truncated', message: 'It ends early.' }, 'Unreadable: It ends early.'],
  [{ kind: 'toolError', message: 'It ended.' }, 'Tool error: It ended.'],
  [
    {
      kind: 'outOfDomain',
      cropSha256: null,
      reasons: [
        { kind: 'beyondLimit', measure: 'facePx', value: 30.4, limit: 36, end: 'low' },
        { kind: 'beyondLimit', measure: 'yawProxy', value: 0.2213, limit: 0.2188, end: 'high' },
        { kind: 'notMeasured', measure: 'sharpness', found: 'NaN' },
        { kind: 'boxShape', widthPx: 386, heightPx: 109 },
        { kind: 'finderUnsure', finderScore: 0.516 },
        { kind: 'partOfSurerFace' },
        { kind: 'fewColours', colours: 256 },
        { kind: 'otherRange', curve: 'PQ' },
        { kind: 'afterDamage' },
        'a sentence of an earlier version',
      ],
    },
    'Outside model limits: face size 30 px, validated from 36 px; turn of the head 0.221, validated up to 0.219; sharpness could not be measured (NaN); the box is 386 × 109 px, which is not the shape of a face; the face finder is hardly sure that it is a face (0.52); it overlaps a face that the finder is surer of, and may be a part of that head; the picture has 256 colours in all: it was reduced to a palette, as in a GIF; its high dynamic range (PQ) is not brought to the standard range here, so its light is not what models were validated on; the frame follows a decoding error and no key frame came in between: what was lost may still be in it; a sentence of an earlier version',
  ],
];

test('every outcome without a score has its words', () => {
  expect(OUTCOMES.map(([{ kind }]) => kind).sort()).toEqual(
    Object.keys(KIND_WORDS)
      .filter((kind) => kind !== 'scored')
      .sort(),
  );
  for (const [outcome, words] of OUTCOMES) expect(unscoredWords(outcome)).toBe(words);
});

test('a raw score is never written as the 0 or 1 that a network does not reach, and a threshold there keeps its distance', () => {
  expect([1e-9, 0.004, 0.892, 0.9951, 1 - 1e-12].map(scoreText)).toEqual(['<0.01', '<0.01', '0.89', '>0.99', '>0.99']);
  expect([1e-9, 0.00006, 0.892, 0.99991, 1 - 1e-12].map(exactScoreText)).toEqual([
    '<0.0001',
    '<0.0001',
    '0.8920',
    '>0.9999',
    '>0.9999',
  ]);
  expect([2.9257468762341343e-16, 0.3, 0.99884, 0.9999999968, 1].map(thresholdText)).toEqual([
    '2.9e-16',
    '0.3',
    '0.9988',
    '1 - 3.2e-9',
    '1',
  ]);
});
