// Weights that were trained with real = 1 speak for genuine. Turned round here, exactly, so that
// every logit of the workstation speaks for forged: one row changes its sign, two change places.
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';

type Tensors = ReadonlyMap<string, Float32Tensor>;

/** The same network with its classifier turned round. Throws where `fc` is missing. */
export function turnHeadRound(tensors: Tensors): Map<string, Float32Tensor> {
  const turned = new Map(tensors);
  for (const name of ['fc.weight', 'fc.bias']) {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The network has no ${name}.`);
    turned.set(name, turn(tensor));
  }
  return turned;
}

function turn({ shape, data }: Float32Tensor): Float32Tensor {
  if (shape[0] === 1)
    return float32Tensor(
      shape,
      data.map((value) => -value),
    );
  const half = data.length / 2;
  const swapped = new Float32Array(data.length);
  swapped.set(data.subarray(half));
  swapped.set(data.subarray(0, half), half);
  return float32Tensor(shape, swapped);
}
