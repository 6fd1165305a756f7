// Which faces a step sees: epochs shuffled one after the other, cut into batches without leaving any out. A function of seed and
// step alone, so that a resumed run goes on with the faces it would have seen.
import type { TrainingBatch } from '../../../models/recce/training-step.ts';
import { randomStream } from '../../../models/tensor/random.ts';
import type { SampleSource } from '../../datasets/samples.ts';

/** The order of one epoch: a permutation of 0..count-1 (Fisher & Yates). */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  const stream = randomStream(seed).fork(`order of epoch ${epoch}`);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** A face as a batch asks for it. */
export type Draw = { epoch: number; index: number };

/** The draws of the batch after `step` steps. Groups of samples are shuffled as wholes; see SampleSource. */
export function drawsOfBatch(
  step: number,
  batchSize: number,
  { count, group = 1 }: Pick<SampleSource, 'count' | 'group'>,
  seed: number,
): Draw[] {
  const orders = new Map<number, Uint32Array>();
  return Array.from({ length: batchSize }, (_, i) => {
    const position = step * batchSize + i;
    const epoch = Math.floor(position / count);
    const order = orders.get(epoch) ?? epochOrder(count / group, seed, epoch);
    orders.set(epoch, order);
    const within = position % count;
    return { epoch, index: order[Math.floor(within / group)]! * group + (within % group) };
  });
}

/** Pixels and labels of the batch after `step` steps. */
export async function readBatch(
  source: SampleSource,
  step: number,
  batchSize: number,
  seed: number,
): Promise<TrainingBatch> {
  const draws = drawsOfBatch(step, batchSize, source, seed);
  const samples = await Promise.all(draws.map(({ epoch, index }) => source.sample(epoch, index)));
  return { pixels: samples.map(({ pixels }) => pixels), labels: samples.map(({ label }) => label) };
}
