// The landmark network: 68 points (iBUG order) of one face, as published with @vladmandic/face-api
// (MIT), rebuilt as a graph of ours. 112 x 112 pixels in; the batch axis is free.
import { Graph, type Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { type TfWeights, tensorOf, tfConv2d } from './tf-layers.ts';

export const LANDMARK_INPUT_PX = 112;
/** Mean colour taken off before scaling by 255; R, G, B. */
export const LANDMARK_MEAN_RGB = [122.782, 117.001, 104.298] as const;

function separable(graph: Graph, x: Value, weights: TfWeights, name: string, stride = 1): Value {
  const depth = tfConv2d(graph, x, weights, { weight: `${name}/depthwise_filter`, depthwise: true, stride });
  return tfConv2d(graph, depth, weights, {
    weight: `${name}/pointwise_filter`,
    bias: tensorOf(weights, `${name}/bias`),
  });
}

/** Four convolutions, each seeing the sum of all before it. */
function denseBlock(graph: Graph, x: Value, weights: TfWeights, name: string): Value {
  const first = weights.has(`${name}/conv0/filters`)
    ? tfConv2d(graph, x, weights, {
        weight: `${name}/conv0/filters`,
        bias: tensorOf(weights, `${name}/conv0/bias`),
        stride: 2,
      })
    : separable(graph, x, weights, `${name}/conv0`, 2);
  let sum = op.relu(first);
  for (const layer of [1, 2, 3])
    sum = op.add(sum, separable(graph, layer === 1 ? sum : op.relu(sum), weights, `${name}/conv${layer}`));
  return op.relu(sum);
}

/**
 * Input `x` [n, 3, 112, 112]; output `points` [n, 136]: x and y in turn, as fractions of the
 * 112-pixel square.
 */
export function landmarkGraph(weights: TfWeights): Graph {
  const graph = new Graph();
  let x = graph.input('x', ['n', 3, LANDMARK_INPUT_PX, LANDMARK_INPUT_PX]);
  for (const block of [0, 1, 2, 3]) x = denseBlock(graph, x, weights, `dense${block}`);
  const features = op.reduceMean(x, [2, 3]);
  const points = op.add(
    op.matmul(features, graph.parameter('fc/weights', tensorOf(weights, 'fc/weights'))),
    graph.parameter('fc/bias', tensorOf(weights, 'fc/bias')),
  );
  graph.output('points', points);
  return graph;
}
