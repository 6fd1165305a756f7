// One step of training as two pure halves around the run of the graph: what is fed, and what its
// outputs change. The trainer in the compute process puts ONNX Runtime between them.
import { adamStep } from '../nn/adam.ts';
import { learningRateAt } from '../nn/schedule.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import { inputFromPixels } from './input.ts';
import { drawMask, drawNoise } from './training-chance.ts';
import {
  gradientOutput,
  meanOutput,
  TRAINING_INPUTS,
  TRAINING_OUTPUTS,
  type TrainingGraph,
  varianceOutput,
} from './training-graph.ts';
import type { TrainingSetup } from './training-setup.ts';
import type { TrainingState } from './training-state.ts';

/** Pictures as inputFromPixels takes them, and their labels: 1 forged, 0 genuine. */
export type TrainingBatch = { readonly pixels: readonly Uint8Array[]; readonly labels: readonly number[] };

/** What one step measured. */
export type StepLosses = {
  readonly step: number;
  readonly learningRate: number;
  readonly loss: number;
  readonly classification: number;
  readonly reconstruction: number;
  readonly metric: number;
  /** One a picture, as seen while training (with dropout). */
  readonly logits: readonly number[];
};

/** PyTorch's momentum of running statistics: the share of the new batch. */
const STATISTICS_MOMENTUM = 0.1;

/**
 * Everything the graph is given for the step after `state`. Weights are fed as they are, not
 * copied.
 */
export function feedsOfStep(
  setup: TrainingSetup,
  { trained, masks }: Pick<TrainingGraph, 'trained' | 'masks'>,
  state: TrainingState,
  batch: TrainingBatch,
): Record<string, Float32Tensor> {
  const { batchSize, dropoutRate, noiseStd, seed } = setup;
  if (batch.pixels.length !== batchSize || batch.labels.length !== batchSize)
    throw new RangeError(`A batch of ${batchSize} was expected, ${batch.pixels.length} pictures were given.`);
  const { inputPx } = setup.network;
  const step = state.step + 1;
  return {
    [TRAINING_INPUTS.x]: inputFromPixels(batch.pixels, { inputPx, mean: setup.mean, std: setup.std }),
    [TRAINING_INPUTS.labels]: float32Tensor([batchSize], Float32Array.from(batch.labels)),
    [TRAINING_INPUTS.noise]: drawNoise([batchSize, 3, inputPx, inputPx], noiseStd, seed, step),
    ...Object.fromEntries(masks.map((mask) => [mask.name, drawMask(mask, dropoutRate, seed, step)])),
    ...Object.fromEntries(trained.map((name) => [name, state.weights.get(name)!])),
  };
}

/** Moves `state` on by one step. Throws, leaving it as it was, when the loss is not a number. */
export function applyStep(
  setup: TrainingSetup,
  graph: Pick<TrainingGraph, 'trained' | 'statistics'>,
  state: TrainingState,
  output: (name: string) => Float32Array,
): StepLosses {
  const step = state.step + 1;
  const learningRate = learningRateAt(step, setup.schedule);
  const [loss, classification, reconstruction, metric] = TRAINING_OUTPUTS.map((name) => output(name)[0]!);
  if (!Number.isFinite(loss))
    throw new Error(`The loss of step ${step} is ${loss}: training has diverged. Use a smaller learning rate.`);
  for (const name of graph.trained) {
    const slot = {
      weight: state.weights.get(name)!.data,
      first: state.first.get(name)!,
      second: state.second.get(name)!,
    };
    adamStep(slot, output(gradientOutput(name)), { step, learningRate }, setup.optimiser);
  }
  for (const { name, count } of graph.statistics) updateStatistics(state, name, count, output);
  if (setup.averageDecay !== null) updateAverage(state, step, setup.averageDecay);
  state.step = step;
  return {
    step,
    learningRate,
    loss: loss!,
    classification: classification!,
    reconstruction: reconstruction!,
    metric: metric!,
    logits: [...output('logit')],
  };
}

/**
 * Running statistics of one BatchNorm2d, as PyTorch keeps them: the variance with Bessel's
 * correction.
 */
function updateStatistics(
  { weights }: TrainingState,
  name: string,
  count: number,
  output: (name: string) => Float32Array,
): void {
  const [mean, variance] = [output(meanOutput(name)), output(varianceOutput(name))];
  const running = {
    mean: weights.get(`${name}.running_mean`)!.data,
    variance: weights.get(`${name}.running_var`)!.data,
  };
  const unbias = count / (count - 1);
  for (let c = 0; c < mean.length; c++) {
    running.mean[c]! += STATISTICS_MOMENTUM * (mean[c]! - running.mean[c]!);
    running.variance[c]! += STATISTICS_MOMENTUM * (variance[c]! * unbias - running.variance[c]!);
  }
}

/**
 * Exponential running average of all weights; young averages follow faster: min(decay, (1 + step) /
 * (10 + step)).
 */
function updateAverage({ weights, average }: TrainingState, step: number, decay: number): void {
  const share = 1 - Math.min(decay, (1 + step) / (10 + step));
  for (const [name, { data }] of average) {
    const now = weights.get(name)!.data;
    for (let i = 0; i < data.length; i++) data[i]! += share * (now[i]! - data[i]!);
  }
}

/** The weights to use outside of training: the running average where there is one. */
export const weightsToUse = (state: TrainingState): ReadonlyMap<string, Float32Tensor> =>
  state.average.size > 0 ? state.average : state.weights;
