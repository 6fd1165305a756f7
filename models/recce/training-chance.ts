// All chance inside a training step, drawn from the run's seed and the step's number: the same step
// drawn twice is the same, and a resumed run needs to remember nothing.
import type { DropoutMask } from '../nn/training-layers.ts';
import { type RandomStream, randomStream } from '../tensor/random.ts';
import { type Float32Tensor, float32Tensor, sizeFromShape } from '../tensor/tensor.ts';

/** The stream of one step (counted from 1). */
const streamOf = (seed: number, step: number): RandomStream => randomStream(seed).fork(`step ${step}`);

/** A dropout mask: 0 with probability `rate`, else 1 / (1 - rate). */
export function drawMask({ name, shape }: DropoutMask, rate: number, seed: number, step: number): Float32Tensor {
  const { word } = streamOf(seed, step).fork(name);
  const kept = 1 / (1 - rate);
  const limit = rate * 2 ** 32;
  const data = new Float32Array(sizeFromShape(shape));
  for (let i = 0; i < data.length; i++) data[i] = word() < limit ? 0 : kept;
  return float32Tensor(shape, data);
}

/**
 * White noise of `std` for pictures [n, 3, s, s]; each picture gets it with probability one half,
 * else zeros.
 */
export function drawNoise(shape: readonly number[], std: number, seed: number, step: number): Float32Tensor {
  const stream = streamOf(seed, step).fork('noise');
  const data = new Float32Array(sizeFromShape(shape));
  const perPicture = data.length / shape[0]!;
  for (let n = 0; n < shape[0]!; n++) {
    const picture = stream.fork(`picture ${n}`);
    if (picture.uniform() <= 0.5) continue;
    for (let i = n * perPicture; i < (n + 1) * perPicture; i++) data[i] = picture.normal(0, std);
  }
  return float32Tensor(shape, data);
}
