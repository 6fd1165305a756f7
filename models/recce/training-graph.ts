// The training step as one graph: clean pictures, labels and chance in; losses, batch statistics
// and one gradient per trained weight out. The weights that are trained are inputs; frozen ones
// stay in the graph.
import { gradient } from '../graph/gradient.ts';
import { Graph, type Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { Weights } from '../nn/layers.ts';
import { type DropoutMask, trainingLayers } from '../nn/training-layers.ts';
import type { RecceConfig } from './config.ts';
import { recceStages } from './network.ts';
import { type ObjectiveConfig, recceObjective } from './objective.ts';

/**
 * Names of the graph's own inputs; the dropout masks and the trained weights follow under theirs.
 */
export const TRAINING_INPUTS = {
  /** [n, 3, s, s] in -1..1 */
  x: 'x',
  /** [n]: 1 forged, 0 genuine */
  labels: 'labels',
  /** [n, 3, s, s]: white noise, zero for the pictures that get none */
  noise: 'noise',
} as const;

/**
 * Names of the outputs that every step reads; `gradient/<weight>`, `mean/<bn>` and `variance/<bn>`
 * follow.
 */
export const TRAINING_OUTPUTS = ['loss', 'classification', 'reconstruction', 'metric', 'logit'] as const;
export const gradientOutput = (name: string): string => `gradient/${name}`;
export const meanOutput = (bnName: string): string => `mean/${bnName}`;
export const varianceOutput = (bnName: string): string => `variance/${bnName}`;

export type TrainingGraphConfig = RecceConfig & {
  readonly batchSize: number;
  readonly objective: ObjectiveConfig;
  /**
   * Prefixes of state-dict names that are not trained, e.g. `encoder.block1.`; their BatchNorms
   * keep their statistics.
   */
  readonly freeze: readonly string[];
  /**
   * `batch`: BatchNorm over the batch, running statistics updated. `frozen`: running statistics
   * kept, for small sets.
   */
  readonly batchNorm: 'batch' | 'frozen';
};

export type TrainingGraph = {
  readonly graph: Graph;
  /** Names of the weights that have gradients, in the graph's order. */
  readonly trained: readonly string[];
  readonly masks: readonly DropoutMask[];
  readonly statistics: readonly { name: string; count: number }[];
};

const isStatistic = (name: string): boolean => /\.running_(mean|var)$/.test(name);

/** Whether a weight is trained under `freeze`. */
export const isTrained = (name: string, freeze: readonly string[]): boolean =>
  !isStatistic(name) && !freeze.some((prefix) => name.startsWith(prefix));

/**
 * logit [n] of features [n, c]; two classes fold exactly, since cross-entropy of (l0, l1) is that
 * of sigmoid(l1 - l0).
 */
function logitOf(features: Value, weight: Value, bias: Value): Value {
  const logits = op.add(op.matmul(features, op.transpose(weight, [1, 0])), bias);
  const n = features.shape[0]!;
  if (weight.shape[0] === 1) return op.reshape(logits, [n]);
  return op.reshape(op.sub(op.slice(logits, 1, 1, 2), op.slice(logits, 1, 0, 1)), [n]);
}

/** `weights` gives every tensor of the state dict that is float32. */
export function recceTrainingGraph(config: TrainingGraphConfig, weights: Weights): TrainingGraph {
  const graph = new Graph();
  const { batchSize: n, inputPx, freeze } = config;
  const picture = [n, 3, inputPx, inputPx];
  const x = graph.input(TRAINING_INPUTS.x, picture);
  const labels = graph.input(TRAINING_INPUTS.labels, [n]);
  const seen = op.clip(op.add(x, graph.input(TRAINING_INPUTS.noise, picture)), -1, 1);
  const layers = trainingLayers(graph, weights, {
    frozenStatistics: (bnName) => config.batchNorm === 'frozen' || !isTrained(`${bnName}.weight`, freeze),
  });
  const stages = recceStages(layers, x, seen);
  const [fcWeight, fcBias] = ['fc.weight', 'fc.bias'].map((name) => graph.parameter(name, weights(name)));
  const logit = logitOf(stages.features, fcWeight!, fcBias!);
  const objective = recceObjective(
    {
      logit,
      labels,
      x,
      reconstruction: stages.reconstruction,
      features: [stages.block4, stages.decoder2, stages.decoder4],
    },
    config.objective,
  );
  for (const [name, value] of Object.entries({ ...objective, logit })) graph.output(name, value);
  for (const { name, mean, variance } of layers.statistics) {
    graph.output(meanOutput(name), mean);
    graph.output(varianceOutput(name), variance);
  }
  const trained = [...graph.parameters.keys()].filter((name) => isTrained(name, freeze));
  const gradients = gradient(
    objective.loss,
    trained.map((name) => graph.parameters.get(name)!),
  );
  for (const [i, name] of trained.entries()) graph.output(gradientOutput(name), gradients[i]!);
  return {
    graph,
    trained,
    masks: layers.masks,
    statistics: layers.statistics.map(({ name, count }) => ({ name, count })),
  };
}
