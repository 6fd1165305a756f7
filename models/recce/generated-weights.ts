// Weights that any language can make again: the generator behind fixtures/pytorch-reference.json
// (ranges by tensor name).
import { fnv1a32, randomStream, uniformFloat32 } from '../tensor/random.ts';
import { type Float32Tensor, float32Tensor, sizeFromShape } from '../tensor/tensor.ts';
import type { KeyShape } from './key-shape.ts';

/** Gain of a weight's range by its name; the first rule that fits. */
function gainFromName(name: string): number {
  const rules: readonly [boolean, number][] = [
    [name === 'fc.weight', 0.5],
    [name === 'encoder.fc.weight', 1],
    [name.startsWith('decoder6.'), 0.5],
    [name.endsWith('.pointwise.weight'), name.includes('.rep.') ? 0.75 : 1.25],
    [name.endsWith('.skip.weight'), 1],
    [name.endsWith('.conv1.weight') && name !== 'encoder.conv1.weight', 1.25],
  ];
  return rules.find(([fits]) => fits)?.[1] ?? 1.5;
}

function rangeFromKey({ name, shape }: KeyShape): [number, number] {
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  if (leaf === 'running_mean' || leaf === 'bias') return [-0.125, 0.125];
  if (leaf === 'running_var' || shape.length === 1) return [0.75, 1.25];
  const bound = gainFromName(name) * Math.sqrt(3 / sizeFromShape(shape.slice(1)));
  return [-bound, bound];
}

/**
 * One generated tensor: a mulberry32 stream seeded by FNV-1a of the name, uniform in the range of
 * its kind.
 */
export function generatedTensor(key: KeyShape): Float32Tensor {
  const [low, high] = rangeFromKey(key);
  return float32Tensor(key.shape, uniformFloat32(randomStream(fnv1a32(key.name)), sizeFromShape(key.shape), low, high));
}
