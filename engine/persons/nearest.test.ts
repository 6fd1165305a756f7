// Which embeddings lie nearest: held against all distances, sorted.
import { expect, test } from 'vitest';
import { randomStream } from '../../models/tensor/random.ts';
import { type Embeddings, NUMBERS, RECORD_WORDS } from '../case/embeddings-file.ts';
import { nearestTo } from './nearest.ts';

const COUNT = 40_000;

/** Faces 1 to 40,000; every tenth has the numbers of the one before it. */
function embeddings(): Embeddings {
  const stream = randomStream(7);
  const words = new Uint32Array(COUNT * RECORD_WORDS);
  const floats = new Float32Array(words.buffer);
  for (let i = 0; i < COUNT; i++) {
    const at = i * RECORD_WORDS;
    words[at] = i + 1;
    if (i % 10 === 9) floats.copyWithin(at + 2, at - NUMBERS, at);
    else for (let k = 0; k < NUMBERS; k++) floats[at + 2 + k] = stream.uniform(-0.1, 0.1);
  }
  return { count: COUNT, words, floats };
}

const all = embeddings();
const numbersOf = (faceId: number): Float32Array => {
  const at = (faceId - 1) * RECORD_WORDS + 2;
  return all.floats.slice(at, at + NUMBERS);
};

test('the nearest are those of all distances, sorted, of equals the lower number first, without the one left out', async () => {
  const wanted = numbersOf(31_417);
  const distanceTo = (faceId: number): number => Math.hypot(...numbersOf(faceId).map((value, k) => value - wanted[k]!));
  const every = Array.from({ length: COUNT }, (_, i) => i + 1)
    .filter((faceId) => faceId !== 31_417)
    .map((faceId) => ({ faceId, distance: distanceTo(faceId) }))
    .toSorted((a, b) => a.distance - b.distance || a.faceId - b.faceId);
  const { compared, near } = await nearestTo(wanted, all, {
    limit: 50,
    within: 2,
    isLeftOut: (faceId) => faceId === 31_417,
  });
  expect(compared).toBe(COUNT - 1);
  expect(near.map(({ faceId }) => faceId)).toEqual(every.slice(0, 50).map(({ faceId }) => faceId));
  near.forEach(({ distance }, i) => {
    expect(distance).toBeCloseTo(every[i]!.distance, 5);
  });
  const within = (every[9]!.distance + every[10]!.distance) / 2;
  const few = await nearestTo(wanted, all, { limit: 50, within, isLeftOut: (faceId) => faceId === 31_417 });
  expect(few.near).toEqual(near.slice(0, 10));
});

test('the same numbers are at distance 0, also at a reach of 0, and nothing comes of no embeddings', async () => {
  const nobody = (): boolean => false;
  const twins = await nearestTo(numbersOf(9), all, { limit: 5, within: 0, isLeftOut: nobody });
  expect(twins.near).toEqual([
    { faceId: 9, distance: 0 },
    { faceId: 10, distance: 0 },
  ]);
  const none = { count: 0, words: new Uint32Array(), floats: new Float32Array() };
  expect(await nearestTo(numbersOf(9), none, { limit: 5, within: 9, isLeftOut: nobody })).toEqual({
    compared: 0,
    near: [],
  });
});
