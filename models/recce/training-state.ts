// What a training run has come to: weights, what the optimiser remembers, and the step. With the
// setup it decides every step that follows. Changed in place by the trainer.
import { randomStream } from '../tensor/random.ts';
import { type Float32Tensor, float32Tensor, sizeFromShape } from '../tensor/tensor.ts';
import type { KeyShape } from './key-shape.ts';
import { recceKeys } from './keys.ts';
import { isTrained } from './training-graph.ts';
import type { TrainingSetup } from './training-setup.ts';

export type TrainingState = {
  /** Steps done. */
  step: number;
  /** Every float32 tensor of the state dict, running statistics included. */
  readonly weights: ReadonlyMap<string, Float32Tensor>;
  /** Adam's running means of the gradients and of their squares, of the trained weights only. */
  readonly first: ReadonlyMap<string, Float32Array>;
  readonly second: ReadonlyMap<string, Float32Array>;
  /** Running average of weights and statistics; empty without one. */
  readonly average: ReadonlyMap<string, Float32Tensor>;
};

/** The state before the first step, from a model's weights (copied). */
export function freshState(setup: TrainingSetup, base: ReadonlyMap<string, Float32Tensor>): TrainingState {
  const copy = () => new Map([...base].map(([name, { shape, data }]) => [name, float32Tensor(shape, data.slice())]));
  const trained = [...base.keys()].filter((name) => isTrained(name, setup.freeze));
  const zeros = () => new Map(trained.map((name) => [name, new Float32Array(base.get(name)!.data.length)]));
  return {
    step: 0,
    weights: copy(),
    first: zeros(),
    second: zeros(),
    average: setup.averageDecay === null ? new Map() : copy(),
  };
}

/**
 * Weights of a network that has not learned anything: He's normal initialisation over the fan-in
 * (He et al., 2015) for convolutions, PyTorch's uniform one for linear layers, BatchNorm at its
 * identity.
 */
export function initialWeights(setup: TrainingSetup): Map<string, Float32Tensor> {
  const keys = recceKeys(setup.network, false).filter(({ dtype }) => dtype === 'float32');
  return new Map(keys.map((key) => [key.name, initialTensor(key, setup.seed)]));
}

function initialTensor({ name, shape }: KeyShape, seed: number): Float32Tensor {
  const data = new Float32Array(sizeFromShape(shape));
  const stream = randomStream(seed).fork(`initial ${name}`);
  if (shape.length === 4) {
    const std = Math.sqrt(2 / sizeFromShape(shape.slice(1)));
    for (let i = 0; i < data.length; i++) data[i] = stream.normal(0, std);
  } else if (shape.length === 2) {
    const bound = 1 / Math.sqrt(shape[1]!);
    for (let i = 0; i < data.length; i++) data[i] = stream.uniform(-bound, bound);
  } else data.fill(name.endsWith('.running_var') || name.endsWith('.weight') ? 1 : 0);
  return float32Tensor(shape, data);
}
