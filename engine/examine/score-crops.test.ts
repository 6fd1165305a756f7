// How crops go through the network, and what becomes of one that gives no numbers: an error, never
// a score, a black map or a side of a threshold.
import { expect, test } from 'vitest';
import type { Model } from '../../contract/model.ts';
import { featureSide } from '../../models/recce/config.ts';
import type { Compute } from '../compute/compute.ts';
import { finiteLogit, scoreCrops, scoreRuns } from './score-crops.ts';

const INPUT_PX = 64;
const model = { id: 'a', passport: { inputPx: INPUT_PX, mean: 0.5, std: 0.5 } } as unknown as Model;
const crop = { widthPx: INPUT_PX, heightPx: INPUT_PX, data: new Uint8Array(3 * INPUT_PX ** 2) };

/** Answers every run with outputs of the right sizes, `broken` of them without numbers. */
function computeWith(
  broken: string,
  { provider = 'cpu', batch = null as number | null, runs = [] as number[] } = {},
): Compute {
  const sizes = {
    logit: 1,
    reconstruction: 3 * INPUT_PX ** 2,
    difference: INPUT_PX ** 2,
    gate: featureSide(INPUT_PX) ** 2,
    features: 8,
  };
  const run = async (_: string, { x }: Record<string, { shape: number[] }>) => {
    const n = x!.shape[0]!;
    runs.push(n);
    const outputs = Object.entries(sizes).map(([name, size]) => {
      const data = new Float32Array(n * size).fill(0.25);
      if (name === broken) data[size - 1] = Number.NaN;
      return [name, { dtype: 'float32', shape: [n, size], data }];
    });
    return Object.fromEntries(outputs);
  };
  return { provider, batch, run } as unknown as Compute;
}

test('crops go through the network so many at a time as it was placed for, always so many on a graphics card', async () => {
  const runsOf = async (provider: string, batch: number | null, count: number): Promise<number[]> => {
    const runs: number[] = [];
    const faces = Array.from({ length: count }, (_, i) => ({ crop, i }));
    const seen: number[] = [];
    for await (const run of scoreRuns(computeWith('none', { provider, batch, runs }), model, faces))
      seen.push(...run.map(({ of }) => of.i));
    expect(seen).toEqual(faces.map(({ i }) => i));
    return runs;
  };
  expect(await runsOf('cpu', 2, 5)).toEqual([2, 2, 1]);
  expect(await runsOf('cuda', 2, 5)).toEqual([2, 2, 2]);
  expect(await runsOf('cpu', null, 20)).toEqual([8, 8, 4]);
  expect(await runsOf('cpu', 4, 0)).toEqual([]);
});

test('numbers give a score', async () => {
  expect((await scoreCrops(computeWith('none'), model, [crop]))[0]).toMatchObject({ logit: 0.25 });
});

test.each(['logit', 'difference', 'gate'])('a %s without numbers is an error', async (name) => {
  await expect(scoreCrops(computeWith(name), model, [crop])).rejects.toMatchObject({ code: 'COMPUTE_FAILED' });
});

test('a logit that is no number is on no side', () => {
  expect(finiteLogit(-3, 'a picture')).toBe(-3);
  for (const logit of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => finiteLogit(logit, 'a picture')).toThrow(/a picture: the logit is/);
});
