// Metrics against oracles: constants computed with NumPy and SciPy (mannwhitneyu,
// isotonic_regression, binomtest, a direct minimisation for the logistic fit), identities of the
// definitions, and cases worked by hand.
import { expect, test } from 'vitest';
import {
  areaByWeights,
  areaUnderRoc,
  delongDifference,
  delongVariance,
  equalErrorRate,
  type LabelledScore,
  rocCurve,
  thinned,
} from '../../models/metrics/roc.ts';
import { randomStream } from '../../models/tensor/random.ts';
import { bootstrapInterval, quantile, rateOf, wilsonInterval } from '../examine/intervals.ts';
import {
  cllr,
  crossEntropy,
  type LabelledRatio,
  log10LikelihoodRatio,
  neutralEntropy,
  tippett,
} from '../examine/likelihood-ratio.ts';
import {
  empiricalBounds,
  fitLogistic,
  log10FromShare,
  pavShare,
  poolAdjacentViolators,
  type WeightedLogit,
} from './calibrate.ts';

const GENUINE = [
  -0.8, -1.2, -0.2, -0.9, -1.6, -0.6, 0.6, 0.1, -1.8, -2.5, -1.7, -1.0, -3.8, -1.3, -2.5, -1.9, -1.7, -1.4, -0.5, 0.3,
  -1.2, 0.6, -1.8, -0.6, 0.1, -0.9, -1.9, -2.1, -1.5, -0.7,
];
const FORGED = [
  -0.4, 0.7, 0.8, 1.8, 1.3, 1.5, 0.1, 0.8, 2.1, 3.1, -0.8, 3.1, 2.9, 2.1, 1.4, 0.6, 3.0, 3.7, 3.5, 2.8, 1.5, -0.7, 1.0,
  1.9, -0.8,
];
const scores: LabelledScore[] = [
  ...GENUINE.map((score, i) => ({ score, label: 0 as const, source: `g${i}` })),
  ...FORGED.map((score, i) => ({ score, label: 1 as const, source: `f${i}` })),
];
const logits: WeightedLogit[] = scores.map(({ score, label }) => ({ logit: score, label, weight: 1 }));

test('AUC is Mann-Whitney’s U over the number of pairs, ties counting half', () => {
  expect(areaUnderRoc(scores)).toBeCloseTo(0.9446666666666667, 14);
  expect(
    areaUnderRoc([
      { score: 1, label: 1, source: '' },
      { score: 1, label: 0, source: '' },
    ]),
  ).toBe(0.5);
  expect(areaUnderRoc(scores.filter((s) => s.label === 1))).toBeNaN();
});

test('a weight counts as that many copies', () => {
  const weights = scores.map((_, i) => i % 3);
  const copies = scores.flatMap((s, i) => Array.from({ length: i % 3 }, () => s));
  expect(areaUnderRoc(scores, weights)).toBeCloseTo(areaUnderRoc(copies), 14);
});

test('DeLong’s variance agrees with its definition in NumPy', () => {
  expect(delongVariance(scores)).toBeCloseTo(0.0007645964240102169, 15);
});

/** Another score of the same faces, its own noise added. */
const second: LabelledScore[] = scores.map((one, i) => ({ ...one, score: one.score + Math.sin(i * 12.9898) }));

test('the difference of two areas has DeLong’s variance: of both, less twice their covariance', () => {
  const { difference, variance } = delongDifference(scores, second);
  expect(difference).toBeCloseTo(areaUnderRoc(scores) - areaUnderRoc(second), 14);
  // By the definition: how each face is placed among the other class, pair by pair.
  const psi = (y: number, x: number): number => (x < y ? 1 : x === y ? 0.5 : 0);
  const placed = (all: readonly LabelledScore[]) => {
    const [x, y] = [0, 1].map((label) => all.filter((s) => s.label === label).map((s) => s.score)) as [
      number[],
      number[],
    ];
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    return {
      x: x.map((one) => mean(y.map((other) => psi(other, one)))),
      y: y.map((one) => mean(x.map((other) => psi(one, other)))),
    };
  };
  const covariance = (a: number[], b: number[]): number => {
    const [ma, mb] = [a, b].map((values) => values.reduce((sum, v) => sum + v, 0) / values.length) as [number, number];
    return a.reduce((sum, v, i) => sum + (v - ma) * (b[i]! - mb), 0) / (a.length - 1);
  };
  const [a, b] = [placed(scores), placed(second)];
  const between = covariance(a.x, b.x) / GENUINE.length + covariance(a.y, b.y) / FORGED.length;
  expect(variance).toBeCloseTo(delongVariance(scores) + delongVariance(second) - 2 * between, 14);
  expect(delongDifference(second, scores)).toMatchObject({ difference: -difference });
  expect(delongDifference(scores, scores)).toEqual({ difference: 0, variance: 0 });
});

test('faces of one source count as one: each face ten times over says no more of a difference', () => {
  const tenfold = (all: readonly LabelledScore[]) => all.flatMap((one) => Array.from({ length: 10 }, () => one));
  const once = delongDifference(scores, second);
  const many = delongDifference(tenfold(scores), tenfold(second));
  expect(many.difference).toBeCloseTo(once.difference, 14);
  expect(many.variance).toBeCloseTo(once.variance, 14);
  // As ten sources of their own they would be taken for ten times as much.
  const apart = (all: readonly LabelledScore[]) => tenfold(all).map((one, i) => ({ ...one, source: `${i}` }));
  expect(delongDifference(apart(scores), apart(second)).variance).toBeLessThan(once.variance / 9);
});

test('where both classes have the same sources, the variance is that of a bootstrap over sources', () => {
  const random = randomStream(11);
  const of = Array.from({ length: 120 }, (_, person) => {
    const [shared, swing] = [random.normal(0, 1), random.normal(0, 0.7)];
    return ([0, 0, 1, 1] as const).map((label) => {
      const base = label + shared + random.normal(0, 0.5);
      const one = (score: number): LabelledScore => ({ score, label, source: `${person}` });
      return [one(base), one(base + swing + random.normal(0, 0.5))] as const;
    });
  }).flat();
  const [a, b] = [of.map(([one]) => one), of.map(([, one]) => one)];
  const { difference, variance } = delongDifference(a, b);
  const [areaA, areaB] = [areaByWeights(a), areaByWeights(b)];
  const [low, high] = bootstrapInterval(
    a.map(({ source }) => source),
    'difference',
    (weights) => areaA(weights) - areaB(weights),
  )!;
  expect((high - low) / (2 * 1.96 * Math.sqrt(variance))).toBeCloseTo(1, 0.7);
  expect(Math.abs((high + low) / 2 - difference)).toBeLessThan(Math.sqrt(variance) / 4);
});

test('the ROC’s area by trapezoids is the AUC, and its ends are its ends', () => {
  const roc = rocCurve(scores);
  let area = 0;
  for (let i = 1; i < roc.length; i++)
    area +=
      ((roc[i]!.falsePositive - roc[i - 1]!.falsePositive) * (roc[i]!.truePositive + roc[i - 1]!.truePositive)) / 2;
  expect(area).toBeCloseTo(areaUnderRoc(scores), 12);
  expect(roc[0]).toMatchObject({ falsePositive: 0, truePositive: 0 });
  expect(roc.at(-1)).toMatchObject({ falsePositive: 1, truePositive: 1 });
  expect(thinned(roc, 5)).toHaveLength(5);
  expect(thinned(roc, 5).at(-1)).toEqual(roc.at(-1));
});

test('the equal error rate of two classes that share one in four is a quarter', () => {
  const four: LabelledScore[] = [
    ...[1, 2, 3, 6].map((score) => ({ score, label: 0 as const, source: '' })),
    ...[4, 5, 7, 2.5].map((score) => ({ score, label: 1 as const, source: '' })),
  ];
  const { rate, threshold } = equalErrorRate(rocCurve(four));
  expect(rate).toBeCloseTo(0.25, 12);
  expect(threshold).toBe(4);
  const apart = scores.map((s) => ({ ...s, score: s.label }));
  expect(equalErrorRate(rocCurve(apart)).rate).toBe(0);
});

test('Wilson’s interval is SciPy’s', () => {
  for (const [count, of, low, high] of [
    [0, 20, 0, 0.16112515805281935],
    [3, 20, 0.05236874589621662, 0.3604188647407569],
    [17, 40, 0.28509392559950375, 0.5780493145800892],
    [40, 40, 0.9123783988027133, 1],
  ] as const) {
    const interval = wilsonInterval(count, of);
    expect(interval[0]).toBeCloseTo(low, 9);
    expect(interval[1]).toBeCloseTo(high, 9);
  }
});

test('quantiles are NumPy’s', () => {
  expect([0.1, 0.5, 0.9].map((q) => quantile([1, 2, 4, 8], q))).toEqual([1.3, 3, 6.800000000000001]);
});

test('the bootstrap resamples sources: ten faces of one person are no more than one', () => {
  const once = Array.from({ length: 30 }, (_, i) => ({ source: `p${i}`, is: i < 6 }));
  const tenfold = once.flatMap((item) => Array.from({ length: 10 }, () => item));
  const [a, b] = [rateOf(once, 'x'), rateOf(tenfold, 'x')];
  expect(b.rate).toBe(a.rate);
  expect(b.interval[1] - b.interval[0]).toBeCloseTo(a.interval[1] - a.interval[0], 6);
  // Binomial with n = 30, p = 0.2: the standard deviation is 0.073, so 95 % are about 0.143 to
  // either side.
  const drawn = bootstrapInterval(
    once.map(({ source }) => source),
    'x',
    (weights) => {
      const total = weights.reduce((sum, w) => sum + w, 0);
      return once.reduce((sum, { is }, i) => sum + (is ? weights[i]! : 0), 0) / total;
    },
  )!;
  expect(drawn[0]).toBeGreaterThan(0.03);
  expect(drawn[0]).toBeLessThan(0.1);
  expect(drawn[1]).toBeGreaterThan(0.3);
  expect(drawn[1]).toBeLessThan(0.4);
});

test('no error among few sources is no proof that there is none', () => {
  const rate = rateOf(
    Array.from({ length: 20 }, (_, i) => ({ source: `p${i}`, is: false })),
    'x',
  );
  expect(rate.rate).toBe(0);
  expect(rate.interval[1]).toBeCloseTo(0.16112515805281935, 9);
});

test('the logistic fit is the minimum of the balanced loss', () => {
  const { slope, intercept } = fitLogistic(logits);
  expect(slope).toBeCloseTo(1.90831837, 6);
  expect(intercept).toBeCloseTo(-0.00841866, 6);
});

test('two normal classes give the line that theory gives', () => {
  // Means -1 and 1, variance 1: the log ratio of the densities is 2 x. Quantiles stand in for
  // draws.
  const normal = Array.from({ length: 400 }, (_, i) => probit((i + 0.5) / 400));
  const points = normal.flatMap((z): WeightedLogit[] => [
    { logit: z - 1, label: 0, weight: 1 },
    { logit: z + 1, label: 1, weight: 1 },
  ]);
  const { slope, intercept } = fitLogistic(points);
  expect(slope).toBeCloseTo(2, 1);
  expect(intercept).toBeCloseTo(0, 4);
});

/** Inverse of the normal distribution by bisection of its integral: slow and sure. */
function probit(p: number): number {
  let [low, high] = [-8, 8];
  const below = (x: number): number => {
    let sum = 0;
    for (let i = 0; i < 400; i++) {
      const t = -8 + ((x + 8) * (i + 0.5)) / 400;
      sum += Math.exp((-t * t) / 2) * ((x + 8) / 400);
    }
    return sum / Math.sqrt(2 * Math.PI);
  };
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

test('pool adjacent violators is SciPy’s isotonic regression', () => {
  const steps = poolAdjacentViolators(logits);
  expect(steps.map(({ from }) => from)).toEqual([-3.8, -0.8, 0.7]);
  expect(steps.map(({ forgedShare }) => forgedShare)[1]).toBeCloseTo(0.3956043956043956, 12);
  expect([steps[0]!.forgedShare, steps[2]!.forgedShare]).toEqual([0, 1]);
  expect(pavShare(steps, -9)).toBe(0);
  expect(log10FromShare(0.5)).toBe(0);
});

const ratiosOf = (log10: (logit: number) => number): LabelledRatio[] =>
  logits.map(({ logit, label, weight }) => ({ log10: log10(logit), label, weight }));

test('Cllr and its minimum are those of their definition in NumPy', () => {
  const { slope, intercept } = fitLogistic(logits);
  expect(cllr(ratiosOf((x) => (slope * x + intercept) / Math.LN10))).toBeCloseTo(0.438294432804344, 7);
  const steps = poolAdjacentViolators(logits);
  expect(cllr(ratiosOf((x) => log10FromShare(pavShare(steps, x))))).toBeCloseTo(0.2937240932076728, 9);
});

test('a ratio of 1 for every face costs 1 bit at even odds and the prior’s entropy elsewhere', () => {
  const silent = ratiosOf(() => 0);
  expect(cllr(silent)).toBeCloseTo(1, 12);
  for (const odds of [-2, -0.5, 1]) expect(crossEntropy(silent, odds)).toBeCloseTo(neutralEntropy(odds), 12);
});

test('Tippett shares fall from 1 to the last face, forged above genuine', () => {
  const points = tippett(ratiosOf((x) => x));
  expect(points[0]).toMatchObject({ genuine: 1, forged: 1 });
  expect(points.every((p, i) => i === 0 || p.forged <= points[i - 1]!.forged)).toBe(true);
  expect(points.every((p) => p.forged >= p.genuine)).toBe(true);
});

test('bounds grow with the number of sources and never pass what that number can show', () => {
  const perfect = (n: number) =>
    Array.from({ length: 2 * n }, (_, i) => ({ log10: i < n ? -5 : 5, label: (i < n ? 0 : 1) as 0 | 1, weight: 1 }));
  for (const n of [10, 100, 1000]) {
    const [low, high] = empiricalBounds(perfect(n));
    // Worked by hand: no misleading ratio but the added one, so t / (n + 1) < n / (n + 1) bounds
    // the threshold t by n.
    expect(high).toBeCloseTo(Math.log10(n), 1);
    expect(low).toBeCloseTo(-Math.log10(n), 1);
  }
  const useless = perfect(50).map((r, i) => ({ ...r, label: (i % 2) as 0 | 1 }));
  expect(empiricalBounds(useless)).toEqual([0, 0]);
});

test('a verdict’s ratio stays inside the bounds', () => {
  const calibration = { slope: 2, intercept: 0, bounds: [-1.5, 2] as [number, number] };
  expect(log10LikelihoodRatio(1, calibration)).toBeCloseTo(2 / Math.LN10, 12);
  expect(log10LikelihoodRatio(40, calibration)).toBe(2);
  expect(log10LikelihoodRatio(-40, calibration)).toBe(-1.5);
});
