// What a composite says of a face, by what its parts said: never a score where one of them gave none.
import { expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import type { NewFace } from '../../contract/face.ts';
import type { Model } from '../../contract/model.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import { detailWords } from '../../contract/wording.ts';
import { type Fusing, fusedOutcome, fusedVerdicts } from './fuse-outcomes.ts';
import type { CutFace } from './judge-faces.ts';

const hash = (digit: string) => digit.repeat(64) as Sha256;
const part = (digit: string, name: string, weight: number) => ({
  ...{ modelId: hash(digit), name, weight, validationSha256: hash('0') },
});
const model = {
  name: 'both',
  passport: {
    composite: {
      fusion: 'logistic',
      intercept: -0.5,
      parts: [part('a', 'cheap', 0.5), part('b', 'costly', 2)],
      fittedOn: hash('f'),
    },
  },
  validation: null,
  operatingPoints: { low: 0.4, high: 0.6 },
} as unknown as Fusing;

const scored = (logit: number, digit: string): VerdictOutcome => ({
  kind: 'scored',
  logit,
  score: 1 / (1 + Math.exp(-logit)),
  leaning: null,
  log10LikelihoodRatio: null,
  cropSha256: hash(digit),
});
const outside: VerdictOutcome = {
  kind: 'outOfDomain',
  reasons: [{ kind: 'beyondLimit', measure: 'facePx', value: 30, limit: 36, end: 'low' }],
  cropSha256: hash('d'),
};

test('parts that both scored are added up, and the row holds what each answered of which crop', () => {
  const outcome = fusedOutcome(model, [scored(1, 'c'), scored(-0.25, 'e')]);
  expect(outcome).toMatchObject({
    kind: 'scored',
    logit: -0.5,
    leaning: 'towardsGenuine',
    cropSha256: hash('c'),
    parts: [
      { modelId: hash('a'), logit: 1, cropSha256: hash('c') },
      { modelId: hash('b'), logit: -0.25, cropSha256: hash('e') },
    ],
  });
});

test('a part outside its limits gives no score, and says whose limits they are', () => {
  const outcome = fusedOutcome(model, [scored(9, 'c'), outside]);
  expect(outcome.kind).toBe('outOfDomain');
  expect(detailWords(outcome as Exclude<VerdictOutcome, { kind: 'scored' }>)).toBe(
    'costly: face size 30 px, validated from 36 px',
  );
});

test('what keeps every part from it is of the picture, and is said once', () => {
  expect(fusedOutcome(model, [outside, outside])).toEqual(outside);
  const small: VerdictOutcome = { kind: 'faceTooSmall', sizePx: 20, minimumPx: 40, cropSha256: hash('c') };
  expect(fusedOutcome(model, [small, { ...small, cropSha256: hash('e') }])).toEqual(small);
});

test('its own limits hold as well', () => {
  const limits = [{ measure: 'brightness' as const, low: 0.4, high: null }];
  const validation = { domain: { limits, features: null }, calibration: { slope: 1, intercept: 0, bounds: [-1, 1] } };
  const own = { ...model, validation: validation as unknown as Model['validation'] };
  const both = [scored(1, 'c'), scored(1, 'e')];
  expect(fusedOutcome(own, both, { brightness: 0.2 })).toMatchObject({
    kind: 'outOfDomain',
    reasons: [{ measure: 'brightness' }],
  });
  expect(fusedOutcome(own, both, { brightness: 0.5 })).toMatchObject({
    kind: 'scored',
    log10LikelihoodRatio: expect.closeTo(0.869, 3),
  });
});

test('where the workstation failed over a part the whole has failed', () => {
  const face = { face: { faceIndex: 0 } as NewFace, measures: {} } as CutFace;
  const failed = [{ face: null, outcome: { kind: 'toolError', message: 'the logit is NaN.' } as const }];
  expect(fusedVerdicts(model, [face], [[{ face: face.face, outcome: scored(1, 'c') }], failed])).toEqual([
    { face: null, outcome: { kind: 'toolError', message: 'costly: the logit is NaN.' } },
  ]);
});
