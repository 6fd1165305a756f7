// The network as it is used: weights folded in, one logit, and the pictures an examiner looks at.
import { Graph, type Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { inferenceLayers, type Weights } from '../nn/layers.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import type { RecceConfig } from './config.ts';
import { type RecceStages, recceStages } from './network.ts';

/** Names of the graph's input and outputs; s = config.inputPx, f = featureSide(s). */
export const INFERENCE_INPUT = 'x';
export const INFERENCE_OUTPUTS = {
  /** [n] */
  logit: 'logit',
  /** [n, 3, s, s] in -1..1 */
  reconstruction: 'reconstruction',
  /** [n, s, s] in 0..1: mean over R, G, B of |x - reconstruction| / 2 */
  difference: 'difference',
  /** [n, f, f] in 0..1 */
  gate: 'gate',
  /**
   * [n, channels(2048, width)]: what the classifier sees; the domain check compares it with the
   * validation faces.
   */
  features: 'features',
} as const;

/**
 * The classifier as one row. Two classes fold exactly: softmax([l0, l1])[1] = sigmoid(l1 - l0), so
 * weight and bias of the one logit are the differences of the two rows.
 */
export function foldHead(weights: Weights): { weight: Float32Tensor; bias: Float32Tensor } {
  const weight = weights('fc.weight');
  const bias = weights('fc.bias');
  const [classes, size] = weight.shape as [number, number];
  if (classes === 1) return { weight: float32Tensor([size, 1], weight.data), bias };
  const row = Float32Array.from({ length: size }, (_, i) => weight.data[size + i]! - weight.data[i]!);
  return {
    weight: float32Tensor([size, 1], row),
    bias: float32Tensor([1], Float32Array.of(bias.data[1]! - bias.data[0]!)),
  };
}

/**
 * `config.inputPx` fixes the size, the batch axis is free. `stages` also names every stage as an
 * output (parity tests).
 */
export function recceInferenceGraph(config: RecceConfig, weights: Weights, options: { stages?: boolean } = {}): Graph {
  const graph = new Graph();
  const x = graph.input(INFERENCE_INPUT, ['n', 3, config.inputPx, config.inputPx]);
  const stages = recceStages(inferenceLayers(graph, weights), x);
  const head = foldHead(weights);
  const logit = op.add(
    op.matmul(stages.features, graph.parameter('fc.weight', head.weight)),
    graph.parameter('fc.bias', head.bias),
  );
  graph.output(INFERENCE_OUTPUTS.logit, op.reshape(logit, ['n']));
  graph.output(INFERENCE_OUTPUTS.reconstruction, stages.reconstruction);
  graph.output(INFERENCE_OUTPUTS.difference, op.mul(op.reduceMean(op.abs(op.sub(x, stages.reconstruction)), [1]), 0.5));
  graph.output(INFERENCE_OUTPUTS.features, stages.features);
  graph.output(INFERENCE_OUTPUTS.gate, op.reshape(stages.attentionMap, ['n', ...stages.attentionMap.shape.slice(2)]));
  if (options.stages) outputStages(graph, stages);
  return graph;
}

function outputStages(graph: Graph, stages: RecceStages): void {
  for (const [name, value] of Object.entries(stages) as [string, Value][])
    if (name !== 'reconstruction') graph.output(`stage.${name}`, value);
}
