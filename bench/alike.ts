// Looking for one face among a million and among a hundred thousand: all embeddings compared, beside
// what a sum over the same numbers costs, which no exact search can go below.

import { type Embeddings, NUMBERS, RECORD_WORDS } from '../engine/case/embeddings-file.ts';
import { nearestTo } from '../engine/persons/nearest.ts';
import { randomStream } from '../models/tensor/random.ts';

const TIMES = 5;

/** Embeddings of persons far apart, and of every twentieth face a near one of face 1. */
function made(count: number): Embeddings {
  const stream = randomStream(1);
  const words = new Uint32Array(count * RECORD_WORDS);
  const floats = new Float32Array(words.buffer);
  for (let i = 0; i < count; i++) {
    const at = i * RECORD_WORDS;
    words[at] = i + 1;
    // As those of faces lie: some 0.8 apart, the near ones 0.3.
    const spread = i % 20 === 0 ? 0.045 : 0.12;
    for (let k = 0; k < NUMBERS; k++) floats[at + 2 + k] = stream.uniform(-spread, spread);
  }
  return { count, words, floats };
}

function sumOf({ count, floats }: Embeddings): number {
  let sum = 0;
  for (let i = 0; i < count * RECORD_WORDS; i++) sum += floats[i]!;
  return sum;
}

async function least(run: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TIMES; i++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** `npm run bench -- alike`. */
export async function* benchAlike(): AsyncGenerator<string> {
  for (const count of [100_000, 1_000_000]) {
    const all = made(count);
    const wanted = all.floats.slice(2, 2 + NUMBERS);
    const search = (within: number) =>
      nearestTo(wanted, all, { limit: 200, within, isLeftOut: (faceId) => faceId === 1 });
    const sum = await least(() => sumOf(all));
    for (const within of [0.6, 10]) {
      const cost = await least(() => search(within));
      yield `the 200 nearest of ${count} within ${within}: ${(cost / sum).toFixed(2)} x a sum over their numbers (processor ${cost.toFixed(0)} ms)`;
    }
  }
}
