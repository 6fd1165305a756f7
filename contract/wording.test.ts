// One room of words: every outcome without a score says what it is and what follows, the same in the
// window, on the command line and in a report.
import { expect, test } from 'vitest';
import { BATTERY, type StabilityRow } from './stability.ts';
import type { Leaning, UnscoredOutcome } from './verdict.ts';
import {
  exactScoreText,
  KIND_WORDS,
  meanSentences,
  scoreText,
  stabilityRates,
  thresholdText,
  unscoredWords,
} from './wording.ts';

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

test('beside a face’s stability stands how often such faces leaned wrongly, its own kind first', () => {
  const rate = (count: number, of: number) => ({
    count,
    of,
    rate: of && count / of,
    interval: [0.01, 0.2] as [number, number],
  });
  const group = (count: number, of: number) => ({
    wrong: rate(count, of),
    falselyForged: rate(count, 200),
    falselyGenuine: rate(0, 200),
  });
  const difference = { value: 0.02, interval: [0.008, 0.033] as [number, number], p: 0.002 };
  const mean = {
    auc: 0.946,
    aucInterval: [0.92, 0.97] as [number, number],
    eer: 0.1,
    cllr: 0.5,
    cllrMin: 0.4,
    difference,
  };
  const measured = { battery: BATTERY, stable: group(1, 110), others: group(7, 73), mean };
  const row = (leanings: readonly (Leaning | null)[], recorded: Leaning | null = 'towardsForged'): StabilityRow => ({
    ...{
      verdictId: 1 as never,
      modelId: 'a'.repeat(64) as never,
      relativePath: '1/one.jpg',
      face: 1,
      battery: BATTERY,
    },
    ...{ result: 'made', reason: null, recorded: { logit: 2, leaning: recorded }, asFound: null, beside: [] },
    ...{ environment: [], before: null },
    altered: leanings.map((leaning) => ({ alteration: 'jpeg90', logit: 2, score: 0.9, leaning, outside: [] })),
  });
  const [firm, shaky] = [row(['towardsForged', 'towardsForged']), row(['towardsForged', 'cannotTell'])];
  expect(stabilityRates(firm, measured)).toBe(
    'Of the validation faces that, as this one, kept their leaning under all of battery v1, 1 of 110 leaned wrongly (0.9 %, 95 % interval 1.0 to 20.0); of the others, 7 of 73 leaned wrongly (9.6 %, 95 % interval 1.0 to 20.0).',
  );
  expect(stabilityRates(firm, { ...measured, elsewhere: true })).toMatch(
    /1 of 110 leaned wrongly .* These rates are of a validation record that is in the case alone/,
  );
  expect(stabilityRates(shaky, { ...measured, others: group(0, 0) })).toBe(
    'Of the validation faces that, as this one, did not keep their leaning under all of battery v1, there were none; of those that did, 1 of 110 leaned wrongly (0.9 %, 95 % interval 1.0 to 20.0).',
  );
  for (const nothing of [null, { ...measured, battery: 'battery v2' }])
    expect(stabilityRates(firm, nothing)).toMatch(/was not measured with battery v1 when its model was validated/);
  expect(stabilityRates(row(['cannotTell'], 'cannotTell'), measured)).toBe('');
  expect(stabilityRates(row([null], null), measured)).toBe('');

  const said = (more: Partial<typeof difference>) =>
    meanSentences({ ...measured, mean: { ...mean, difference: { ...difference, ...more } } });
  expect(said({})).toMatch(
    / is better than the score itself: its AUC is higher by 0\.020 \(95 % interval 0\.008 to 0\.033; DeLong .*p = 0\.002\)/,
  );
  expect(said({ value: -0.02, interval: [-0.03, -0.01], p: 0 })).toMatch(/ is worse .* lower by 0\.020 .*p < 0\.001/);
  expect(said({ value: 0.004, interval: [-0.01, 0.02], p: 0.5 })).toMatch(/It cannot be told from the score itself/);
});
