// Which of many embeddings lie nearest to one: all of them compared, a part at a time, so that others
// of the process get their turn. Exact, and no index to be kept: a million take a fraction of a second.
import { setImmediate } from 'node:timers/promises';
import { type Embeddings, NUMBERS, RECORD_WORDS } from '../case/embeddings-file.ts';

/** A face by its number, and how far it lies away. */
export type Near = { faceId: number; distance: number };

/** Compared between two turns of others: some ten milliseconds. */
const PART = 32_768;

/**
 * At most `limit` faces no farther than `within` (Euclidean), the nearest first, of equals the one of
 * the lower number. `count` of them were compared.
 */
export async function nearestTo(
  wanted: Float32Array,
  { count, words, floats }: Embeddings,
  { limit, within, isLeftOut }: { limit: number; within: number; isLeftOut: (faceId: number) => boolean },
): Promise<{ compared: number; near: Near[] }> {
  const heap = createFarthestHeap(limit, within * within);
  let compared = 0;
  for (let from = 0; from < count; from += PART) {
    if (from > 0) await setImmediate();
    const to = Math.min(count, from + PART);
    for (let i = from; i < to; i++) {
      const at = i * RECORD_WORDS;
      const faceId = words[at]!;
      if (isLeftOut(faceId)) continue;
      compared += 1;
      const squared = squaredDistance(wanted, floats, at + 2, heap.farthest());
      if (squared <= heap.farthest()) heap.add(faceId, squared);
    }
  }
  return { compared, near: heap.sorted() };
}

/** Left off where it is beyond `most` already: the sum only grows. */
function squaredDistance(a: Float32Array, b: Float32Array, at: number, most: number): number {
  let sum = 0;
  for (let i = 0; i < NUMBERS; i += 16) {
    for (let k = i; k < i + 16; k++) {
      const difference = a[k]! - b[at + k]!;
      sum += difference * difference;
    }
    if (sum > most) return sum;
  }
  return sum;
}

type Kept = { faceId: number; squared: number };

const isFarther = (a: Kept, b: Kept): boolean =>
  a.squared > b.squared || (a.squared === b.squared && a.faceId > b.faceId);

/** The `limit` nearest so far, the farthest of them on top. */
function createFarthestHeap(limit: number, most: number) {
  const heap: Kept[] = [];
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j]!, heap[i]!];
  };
  const rise = (from: number): void => {
    for (let i = from; i > 0; ) {
      const above = (i - 1) >> 1;
      if (!isFarther(heap[i]!, heap[above]!)) return;
      swap(i, above);
      i = above;
    }
  };
  const sink = (): void => {
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let top = i;
      if (left < heap.length && isFarther(heap[left]!, heap[top]!)) top = left;
      if (right < heap.length && isFarther(heap[right]!, heap[top]!)) top = right;
      if (top === i) return;
      swap(i, top);
      i = top;
    }
  };
  return {
    farthest: (): number => (heap.length < limit ? most : heap[0]!.squared),
    add(faceId: number, squared: number): void {
      const one = { faceId, squared };
      if (heap.length < limit) {
        heap.push(one);
        rise(heap.length - 1);
      } else if (isFarther(heap[0]!, one)) {
        heap[0] = one;
        sink();
      }
    },
    sorted: (): Near[] =>
      heap
        .toSorted((a, b) => a.squared - b.squared || a.faceId - b.faceId)
        .map(({ faceId, squared }) => ({ faceId, distance: Math.sqrt(squared) })),
  };
}
