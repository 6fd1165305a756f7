// Which faces are joined: held against average link as it is written down, over every pair.
import { expect, test } from 'vitest';
import { type RandomStream, randomStream } from '../../models/tensor/random.ts';
import { NUMBERS } from '../case/embeddings-file.ts';
import { linkFaces } from './link-faces.ts';

const WITHIN = 0.5;

function linked(numbers: Float32Array, within = WITHIN): number[][] {
  const linking = linkFaces(numbers.slice(), within);
  for (;;) {
    const { done, value } = linking.next();
    if (done) return value;
  }
}

/** Embeddings of persons some 0.8 apart, whose own lie `spread` around them. */
function facesOf(stream: RandomStream, persons: readonly number[], spread: number): Float32Array {
  const middles = new Map<number, Float32Array>();
  const numbers = new Float32Array(persons.length * NUMBERS);
  for (const [i, person] of persons.entries()) {
    const middle = middles.get(person) ?? Float32Array.from({ length: NUMBERS }, () => stream.uniform(-0.12, 0.12));
    middles.set(person, middle);
    for (let k = 0; k < NUMBERS; k++) numbers[i * NUMBERS + k] = middle[k]! + stream.uniform(-spread, spread);
  }
  return numbers;
}

/** The nearest two groups of all joined again and again, every pair of faces reckoned each time. */
function byEveryPair(numbers: Float32Array, within: number): number[][] {
  const row = (i: number): Float32Array => numbers.subarray(i * NUMBERS, (i + 1) * NUMBERS);
  const squared = (a: number, b: number): number =>
    row(a).reduce((sum, value, k) => sum + (value - row(b)[k]!) ** 2, 0);
  const faces = numbers.length / NUMBERS;
  const apart = Array.from({ length: faces }, (_, a) => Array.from({ length: faces }, (_, b) => squared(a, b)));
  let groups = apart.map((_, i) => [i]);
  for (;;) {
    let least = { a: -1, b: -1, mean: Number.POSITIVE_INFINITY };
    for (const [a, one] of groups.entries())
      for (const [b, other] of groups.slice(0, a).entries()) {
        const sum = one.flatMap((i) => other.map((j) => apart[i]![j]!)).reduce((x, y) => x + y, 0);
        const mean = sum / (one.length * other.length);
        if (mean < least.mean) least = { a, b, mean };
      }
    if (least.mean > within ** 2) break;
    const { a, b } = least;
    groups[b]!.push(...groups[a]!);
    groups = groups.filter((_, i) => i !== a);
  }
  return inOrder(groups.filter(({ length }) => length > 1));
}

const inOrder = (groups: readonly number[][]): number[][] =>
  groups.map((one) => one.toSorted((a, b) => a - b)).toSorted((a, b) => a[0]! - b[0]!);

const PERSONS = Array.from({ length: 60 }, (_, i) => (i * 7) % 23);

test('the groups are those of average link over every pair, at several thresholds', () => {
  // Persons whose faces lie as far apart as the threshold: what is joined hangs on every distance.
  const numbers = facesOf(randomStream(5), PERSONS, 0.06);
  const at = (within: number): number[][] => {
    const found = linked(numbers, within);
    expect(found, String(within)).toEqual(byEveryPair(numbers, within));
    return found;
  };
  expect(at(0.3)).toEqual([]);
  expect(at(0.54).length).toBeGreaterThan(10);
  expect(at(0.68)).toHaveLength(23);
  expect(at(1.12).length).toBeLessThan(23);
  expect(at(2)).toHaveLength(1);
});

test('every person is one group, in the order of their first faces, those alone in none, twice the same', () => {
  const persons = [...PERSONS, 100, 101, 102];
  const numbers = facesOf(randomStream(6), persons, 0.03);
  const wanted = [...new Set(PERSONS)].map((person) => persons.flatMap((one, i) => (one === person ? [i] : [])));
  expect(linked(numbers)).toEqual(inOrder(wanted));
  expect(linked(numbers)).toEqual(linked(numbers));
  expect(linked(new Float32Array())).toEqual([]);
  expect(linked(numbers.slice(0, NUMBERS))).toEqual([]);
});

test('the same picture many times is one group; equal distances fall to the lower face', () => {
  const one = facesOf(randomStream(7), [1], 0);
  const same = new Float32Array(50 * NUMBERS);
  for (let i = 0; i < 50; i++) same.set(one, i * NUMBERS);
  expect(linked(same)).toEqual([Array.from({ length: 50 }, (_, i) => i)]);
  // Three in a row, each 0.4 from the next: the first two are joined, and the third lies too far from both.
  const row = new Float32Array(3 * NUMBERS);
  row[NUMBERS] = 0.4;
  row[2 * NUMBERS] = 0.8;
  expect(linked(row)).toEqual([[0, 1]]);
});

test('a chain of faces, each near the next, is not one group as it would be by nearest neighbours alone', () => {
  const chain = new Float32Array(60 * NUMBERS);
  for (let i = 0; i < 60; i++) chain[i * NUMBERS] = i * 0.3;
  const groups = linked(chain);
  expect(Math.max(...groups.map(({ length }) => length))).toBeLessThanOrEqual(3);
  expect(groups).toEqual(byEveryPair(chain, WITHIN));
});
