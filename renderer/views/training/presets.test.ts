import { expect, test } from 'vitest';
import { trainingRequestSchema } from '../../../contract/training.ts';
import { recceKeys } from '../../../models/recce/keys.ts';
import { FREEZES, freezeOf, PRESETS } from './presets.ts';

const data = { kind: 'portraits', folder: '/faces' };

test('every preset is a request the engine takes, and publishes nothing by itself', () => {
  for (const { fresh, settings } of Object.values(PRESETS)) {
    const base = fresh ?? { kind: 'model', modelId: 'a'.repeat(64) };
    const request = trainingRequestSchema.parse({ name: 'a run', base, data, ...settings });
    expect(request).toMatchObject({ ...settings, publish: false });
    if (fresh) expect(request.base).toEqual(fresh);
  }
});

test('the paper’s is what the paper’s configuration says', () => {
  expect(PRESETS.paper.settings).toMatchObject({
    steps: 90_000,
    batchSize: 32,
    optimiser: 'adam',
    learningRate: 2e-4,
    weightDecay: 1e-5,
    schedule: { kind: 'step', stepSize: 22_500, gamma: 0.5 },
    reconstructionWeight: 0.1,
    metricWeight: 0.1,
    flood: 0.04,
    freeze: [],
  });
  expect(PRESETS.paper.fresh).toMatchObject({ width: 1, inputPx: 299 });
});

test('what is said to stay names weights of the network, and is known again by its prefixes', () => {
  const names = recceKeys({ width: 1, numClasses: 1 }).map(({ name }) => name);
  for (const [name, { prefixes }] of Object.entries(FREEZES)) {
    for (const prefix of prefixes)
      expect(
        names.some((one) => one.startsWith(prefix)),
        prefix,
      ).toBe(true);
    expect(freezeOf([...prefixes])).toBe(name);
  }
  expect(freezeOf(['encoder.block7.'])).toBeUndefined();
});
