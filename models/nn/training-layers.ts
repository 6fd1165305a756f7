// Layers as they are trained: BatchNorm over the batch's own statistics, dropout by masks that are
// inputs. The weights are parameters of the graph, so that gradients can be taken for them. The
// counterpart of inferenceLayers.
import type { Graph, Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { BATCH_NORM_EPS, type Layers, type Weights } from './layers.ts';

/** The statistics one BatchNorm2d saw in a batch, for its running ones. */
export type BatchStatistics = {
  /** Prefix of the state dict, e.g. `encoder.bn1`. */
  readonly name: string;
  /** [c] */
  readonly mean: Value;
  /** [c], divided by the count (PyTorch's running variance is divided by count - 1). */
  readonly variance: Value;
  /** Numbers each statistic is made of: n * h * w. */
  readonly count: number;
};

/** An input that chance is fed to: 0 for a dropped element, 1 / (1 - rate) for one kept. */
export type DropoutMask = { readonly name: string; readonly shape: readonly number[] };

export type TrainingLayers = Layers & {
  readonly statistics: readonly BatchStatistics[];
  readonly masks: readonly DropoutMask[];
};

export type TrainingLayersOptions = {
  /**
   * Whether a BatchNorm keeps its running statistics instead of taking the batch's, by its prefix.
   */
  frozenStatistics(bnName: string): boolean;
};

/** Layers for training over a graph with a fixed batch size. */
export function trainingLayers(
  graph: Graph,
  weights: Weights,
  { frozenStatistics }: TrainingLayersOptions,
): TrainingLayers {
  const statistics: BatchStatistics[] = [];
  const masks: DropoutMask[] = [];
  const parameter = (name: string): Value => graph.parameter(name, weights(name));
  const matrix = (name: string): Value => op.transpose(parameter(`${name}.weight`), [1, 0]);
  const conv2d: Layers['conv2d'] = (x, name, { bias, ...options } = {}) =>
    op.conv2d(x, parameter(`${name}.weight`), {
      ...options,
      ...(bias ? { bias: parameter(`${name}.bias`) } : {}),
    });

  const batchNorm = (x: Value, name: string): Value => {
    const [weight, bias] = [parameter(`${name}.weight`), parameter(`${name}.bias`)];
    if (frozenStatistics(name)) {
      const deviation = op.sqrt(op.add(parameter(`${name}.running_var`), BATCH_NORM_EPS));
      const scale = op.div(weight, deviation);
      return op.channelAffine(x, scale, op.sub(bias, op.mul(parameter(`${name}.running_mean`), scale)));
    }
    const { mean, variance } = op.channelMoments(x);
    const [n, c, height, width] = x.shape as [number, number, number, number];
    statistics.push({ name, mean: op.reshape(mean, [c]), variance, count: n * height * width });
    return op.batchNorm2d(x, weight, bias, BATCH_NORM_EPS);
  };

  return {
    graph,
    weights,
    statistics,
    masks,
    conv2d,
    matrix,
    convBatchNorm: (x, name, bnName, options) => batchNorm(conv2d(x, name, options), bnName),
    linear: (x, name) => op.matmul(x, matrix(name)),
    dropout: (x, name) => {
      const shape = x.shape as readonly number[];
      masks.push({ name, shape });
      return op.mul(x, graph.input(name, shape));
    },
  };
}
