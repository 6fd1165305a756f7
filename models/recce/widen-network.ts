// A wider network that computes what a narrower one does, to go on learning from (Chen, Goodfellow,
// Shlens: Net2Net, ICLR 2016, section 2.4): every channel is there once or more often, and whoever
// reads it reads its copies with shares that sum to one. The shares differ, so that the copies get
// different gradients and come to be channels of their own.
import { type RandomStream, randomStream } from '../tensor/random.ts';
import { type Float32Tensor, float32Tensor, sizeFromShape } from '../tensor/tensor.ts';
import type { RecceConfig } from './config.ts';
import { recceKeys } from './keys.ts';

/** Bounds of what a copy's share is drawn from before the shares of one channel are made to sum to 1. */
const SHARE_RANGE = [0.5, 1.5] as const;

/**
 * For `to` channels, which of `from` each is a copy of: copies lie beside each other, evenly
 * spread. It depends on the two counts alone, and keeps halves and thirds apart, so that layers which share or
 * concatenate channels agree.
 */
const copiedFrom = (from: number, to: number): number[] =>
  Array.from({ length: to }, (_, channel) => Math.floor((channel * from) / to));

/**
 * Tensors of a network of the width `to.width` that gives what these give, up to rounding.
 * `tensors` are those of `recceKeys(from)` that are float32. Throws RangeError when `to` is
 * narrower, or has another number of classes.
 */
export function widenNetwork(
  tensors: ReadonlyMap<string, Float32Tensor>,
  from: RecceConfig,
  to: RecceConfig,
  seed: number,
): Map<string, Float32Tensor> {
  if (to.width < from.width || to.numClasses !== from.numClasses)
    throw new RangeError(`A network of width ${from.width} cannot become one of width ${to.width} by widening.`);
  const keys = recceKeys(to, false).filter(({ dtype }) => dtype === 'float32');
  return new Map(
    keys.map(({ name, shape }) => [
      name,
      widenTensor(tensors.get(name)!, shape, randomStream(seed).fork(`widen ${name}`)),
    ]),
  );
}

/** Dimensions: what goes out, what comes in (of layers that have it), places of a kernel. */
function widenTensor({ shape, data }: Float32Tensor, wide: readonly number[], stream: RandomStream): Float32Tensor {
  const [outFrom = 1, inFrom = 1] = shape;
  const [outTo = 1, inTo = 1] = wide;
  const places = sizeFromShape(shape.slice(2));
  const source = copiedFrom(inFrom, inTo);
  const values = new Float32Array(sizeFromShape(wide));
  for (const [out, row] of copiedFrom(outFrom, outTo).entries()) {
    const shares = sharesOf(source, inFrom, stream);
    for (const [into, column] of source.entries())
      for (let place = 0; place < places; place++)
        values[(out * inTo + into) * places + place] = shares[into]! * data[(row * inFrom + column) * places + place]!;
  }
  return float32Tensor(wide, values);
}

/** One share a copy; those of one channel sum to 1, that of a channel without copies is 1. */
function sharesOf(source: readonly number[], channelCount: number, stream: RandomStream): number[] {
  const copies = new Array<number>(channelCount).fill(0);
  for (const channel of source) copies[channel]!++;
  const drawn = source.map((channel) => (copies[channel] === 1 ? 1 : stream.uniform(...SHARE_RANGE)));
  const sums = new Array<number>(channelCount).fill(0);
  source.forEach((channel, i) => {
    sums[channel]! += drawn[i]!;
  });
  return drawn.map((share, i) => share / sums[source[i]!]!);
}
