// Which faces a step sees: epochs shuffled one after the other, cut into batches without leaving
// any out. A function of seed and step alone, so that a resumed run goes on with the faces it would
// have seen.
import { randomStream } from '../../../models/tensor/random.ts';
import type { SampleDraw } from '../../compute/training-messages.ts';
import type { Samples } from '../../datasets/open-samples.ts';
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

/** Samples that the training process makes for itself. */
export type RunSamples = { description: Samples; count: number; group: number };

/** A face as a batch asks for it: the source's place in the list, and the sample in it. */
export type Draw = { source: number; epoch: number; index: number };

/** A source as far as the order of a run knows it. */
export type Drawn = Pick<SampleSource, 'count' | 'group'> & { weight: number };

/** Samples that are drawn from one source in a row: a pair. */
const UNIT = 2;
/** Units after which the sources' turns repeat. */
const ROUND = 240;

/** Whose turn each unit of a round is: by weight, spread evenly (smooth weighted round robin). */
function turnsOf(sources: readonly Drawn[]): number[] {
  const total = sources.reduce((sum, { weight }) => sum + weight, 0);
  const credit = sources.map(() => 0);
  return Array.from({ length: sources.length === 1 ? 1 : ROUND }, () => {
    for (const [i, { weight }] of sources.entries()) credit[i]! += weight;
    const next = credit.indexOf(Math.max(...credit));
    credit[next]! -= total;
    return next;
  });
}

/**
 * The draws of the batch after `step` steps. Every batch holds the sources in the shares of their
 * weights; each is gone through epoch by epoch, shuffled. Groups of samples are shuffled as wholes;
 * see SampleSource.
 */
export function drawsOfBatch(step: number, batchSize: number, sources: readonly Drawn[], seed: number): Draw[] {
  const turns = turnsOf(sources);
  const orders = new Map<string, Uint32Array>();
  return Array.from({ length: batchSize }, (_, i) => {
    const at = step * batchSize + i;
    const [unit, within] = [Math.floor(at / UNIT), at % UNIT];
    const source = turns[unit % turns.length]!;
    const before = turns.slice(0, unit % turns.length).filter((turn) => turn === source).length;
    const units = Math.floor(unit / turns.length) * turns.filter((turn) => turn === source).length + before;
    return drawAt(units * UNIT + within, source, sources[source]!, seed, orders);
  });
}

/** The draw at `position` of one source's own sequence. */
function drawAt(
  position: number,
  source: number,
  { count, group = 1 }: Drawn,
  seed: number,
  orders: Map<string, Uint32Array>,
): Draw {
  const epoch = Math.floor(position / count);
  const key = `${source}/${epoch}`;
  const order = orders.get(key) ?? epochOrder(count / group, seed, epoch);
  orders.set(key, order);
  const within = position % count;
  return { source, epoch, index: order[Math.floor(within / group)]! * group + (within % group) };
}

/** A source of a run and its share of every batch. */
export type WeightedSource = { samples: RunSamples; weight: number };

/** The samples of the batch after `step` steps. */
export function batchAt(
  sources: readonly WeightedSource[],
  step: number,
  batchSize: number,
  seed: number,
): SampleDraw[] {
  const drawn = sources.map(({ samples: { count, group }, weight }) => ({ count, group, weight }));
  return drawsOfBatch(step, batchSize, drawn, seed).map(({ source, epoch, index }) => ({
    samples: sources[source]!.samples.description,
    epoch,
    index,
  }));
}
