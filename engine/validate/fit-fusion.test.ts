// The fusion against a direct minimisation of the same objective (SciPy), and what has to hold of any.
import { expect, test } from 'vitest';
import { fusedLogit } from '../examine/fuse-outcomes.ts';
import { type FusionPoint, fitFusion } from './fit-fusion.ts';
import { fuseParts } from './fuse-models.ts';
import { pearson } from './together.ts';

test('where all faces of a class were left out, the refusal says so and not that the set lacks them', () => {
  const none = { faces: [[], []], notScored: [{ reason: 'outside the limits of A', count: 120 }] };
  const fuse = () => fuseParts([], none, {} as never);
  expect(fuse).toThrow(
    'A fusion is fitted on genuine and forged faces that every part scores. No genuine and no forged face was left after what was left out: 120 outside the limits of A.',
  );
});

const GENUINE = [
  [-0.8, -10],
  [-1.2, 4],
  [-0.2, -22],
  [-0.9, -3],
  [-1.6, -15],
  [0.6, -8],
  [0.1, 6],
  [-1.8, -30],
  [1.3, -12],
  [-1.0, 2],
] as const;
const FORGED = [
  [-0.4, 12],
  [0.7, -6],
  [0.8, 25],
  [1.8, 9],
  [1.3, -2],
  [0.1, 14],
  [2.1, 7],
  [-0.8, 18],
  [1.5, 3],
  [0.6, -9],
] as const;
const points: FusionPoint[] = [
  ...GENUINE.map((logits, i) => ({ logits, label: 0 as const, weight: i === 2 || i === 3 ? 0.5 : 1 })),
  ...FORGED.map((logits, i) => ({ logits, label: 1 as const, weight: i < 2 ? 0.5 : 1 })),
];

test('minimises the log loss with both classes weighing the same', () => {
  const { intercept, parts } = fitFusion(points);
  // The pull of 1e-4 moves them by less than a hundredth.
  expect(intercept).toBeCloseTo(-0.673, 1);
  expect(parts[0]!.weight / 2.46583691).toBeCloseTo(1, 1);
  expect(parts[1]!.weight / 0.22738586).toBeCloseTo(1, 1);
  const loss = points.reduce((sum, { logits, label, weight }) => {
    const z = fusedLogit({ intercept, parts }, logits);
    return sum + (weight / (2 * (label === 1 ? 9 : 9))) * Math.log1p(Math.exp(label === 1 ? -z : z));
  }, 0);
  expect(loss).toBeGreaterThanOrEqual(0.267971175);
  expect(loss).toBeLessThan(0.26802);
});

test('gives the same whatever scale a part answers in, and whichever part is named first', () => {
  const plain = fitFusion(points);
  const scaled = fitFusion(
    points.map((point) => ({ ...point, logits: [1000 * point.logits[1]! - 70, point.logits[0]!] })),
  );
  for (const { logits } of points)
    expect(fusedLogit(scaled, [1000 * logits[1]! - 70, logits[0]!])).toBeCloseTo(fusedLogit(plain, logits), 8);
});

test('a part that says what another says adds nothing', () => {
  const alone = fitFusion(points.map((point) => ({ ...point, logits: [point.logits[0]!] })));
  const twice = fitFusion(points.map((point) => ({ ...point, logits: [point.logits[0]!, point.logits[0]!] })));
  for (const { logits } of points)
    expect(fusedLogit(twice, [logits[0]!, logits[0]!])).toBeCloseTo(fusedLogit(alone, [logits[0]!]), 2);
});

test('refuses what cannot be fitted', () => {
  expect(() => fitFusion(points.filter(({ label }) => label === 0))).toThrow(/genuine and forged/);
  expect(() => fitFusion(points.map((point) => ({ ...point, logits: [point.logits[0]!, 3] })))).toThrow(
    /every face the same/,
  );
});

test('correlation is that of the books, and none where nothing varies', () => {
  const pairs = [
    [1, 2],
    [2, 1],
    [3, 4],
    [4, 3],
  ] as const;
  expect(pearson(pairs, [1, 1, 1, 1])).toBeCloseTo(0.6, 12);
  expect(pearson(pairs, [1, 0, 1, 0])).toBeCloseTo(1, 12);
  expect(
    pearson(
      pairs.map(([a]) => [a, 1] as const),
      [1, 1, 1, 1],
    ),
  ).toBeNaN();
});
