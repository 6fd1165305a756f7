import { expect, test } from 'vitest';
import { fitnessWarnings, measuredWords } from './fitness.ts';
import type { Model } from './model.ts';

type Record = NonNullable<Model['validation']>;
const passport = { geometry: 'declared', inputPx: 299, cropRecipe: 'square-1.3' } as Model['passport'];
const record = (auc: number, aucInterval: [number, number], sources: number) =>
  ({ auc, aucInterval, sources }) as Record;

test('a model is called measured, with its figure and on how many, never validated', () => {
  expect(measuredWords(record(0.565, [0.49, 0.64], 20))).toBe('measured: AUC 0.56 on 20 persons or videos');
  expect(measuredWords(null)).toBe('not measured');
});

test('a model whose interval reaches 0.6, that was measured on few or whose input was assumed is warned of', () => {
  expect(fitnessWarnings({ passport, validation: record(0.92, [0.9, 0.94], 400) })).toEqual([]);
  expect(fitnessWarnings({ passport, validation: record(0.68, [0.6, 0.75], 400) })).toEqual([
    expect.stringContaining('hardly better than guessing'),
  ]);
  expect(fitnessWarnings({ passport, validation: record(0.92, [0.8, 0.99], 49) })).toEqual([
    expect.stringContaining('49 persons or videos only'),
  ]);
  const known = { ...record(0.99, [0.98, 1], 400), learnedFrom: ['/data/portraits'] };
  expect(fitnessWarnings({ passport, validation: known })).toEqual([
    expect.stringMatching(/learned from \(\/data\/portraits\).*persons that it has not seen/),
  ]);
  const assumed = { ...passport, geometry: 'assumed' as const };
  expect(fitnessWarnings({ passport: assumed, validation: record(0.565, [0.49, 0.64], 20) })).toEqual([
    expect.stringContaining('299 pixels, square-1.3) was assumed at least in part'),
    expect.stringContaining('cannot be told from chance'),
    expect.stringContaining('20 persons or videos only'),
  ]);
  expect(fitnessWarnings({ passport, validation: null })).toEqual([expect.stringContaining('never measured here')]);
});

test('a fusion says which of its parts is at chance or turned over, and when one of them does better alone', () => {
  const part = (name: string, auc: number, cllr: number) =>
    ({ modelId: name, name, auc, aucInterval: [auc - 0.05, auc + 0.05], cllr }) as never;
  const of = [part('Coin', 0.49, 1.02), part('Good', 0.86, 0.73)];
  const fused = (cllr: number, weights: [number, number]) =>
    fitnessWarnings({
      passport: {
        ...passport,
        composite: { parts: weights.map((weight, i) => ({ modelId: ['Coin', 'Good'][i], weight })) } as never,
      },
      validation: { ...record(0.86, [0.8, 0.9], 400), calibration: { cllr } as never, parts: { of, together: [] } },
    });
  expect(fused(0.7, [0.02, 1])).toEqual(['Coin by itself cannot be told from chance (AUC 0.49).']);
  expect(fused(0.783, [-0.017, 1.037])).toEqual([
    'Coin by itself cannot be told from chance (AUC 0.49).',
    'The weight of Coin is negative: what it calls forged counts as genuine.',
    'Good alone costs less than the fusion: Cllr 0.730 against 0.783.',
  ]);
});
