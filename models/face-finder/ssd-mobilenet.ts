// The box network: SSD on MobileNet v1 as published with @vladmandic/face-api (MIT), rebuilt as a
// graph of ours. 512 x 512 pixels in, 5118 candidate boxes out. The batch axis is free.
import { Graph, type Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { float32Tensor } from '../tensor/tensor.ts';
import { scaleDepthwise, type TfWeights, tensorOf, tfConv2d } from './tf-layers.ts';

/**
 * Side of the square the network looks at, pixels. The priors in the weights belong to this size.
 */
export const FINDER_INPUT_PX = 512;
const BATCH_NORM_EPS = 0.001;
/** Depthwise layers that halve the picture. */
const STRIDED: ReadonlySet<number> = new Set([2, 4, 6, 12]);

const relu6 = (x: Value): Value => op.clip(x, 0, 6);

function pointwise(graph: Graph, x: Value, weights: TfWeights, name: string, stride = 1): Value {
  const bias = tensorOf(weights, `${name}/convolution_bn_offset`);
  return relu6(tfConv2d(graph, x, weights, { weight: `${name}/weights`, bias, stride }));
}

function depthwise(graph: Graph, x: Value, weights: Map<string, ReturnType<typeof tensorOf>>, layer: number): Value {
  const name = `MobilenetV1/Conv2d_${layer}_depthwise`;
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
    (leaf) => tensorOf(weights, `${name}/BatchNorm/${leaf}`).data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + BATCH_NORM_EPS));
  const shift = Float32Array.from(beta, (b, c) => b - mean[c]! * scale[c]!);
  const weight = `${name}/depthwise_weights`;
  const folded = new Map([[weight, scaleDepthwise(tensorOf(weights, weight), scale)]]);
  const bias = float32Tensor([shift.length], shift);
  return relu6(tfConv2d(graph, x, folded, { weight, bias, depthwise: true, stride: STRIDED.has(layer) ? 2 : 1 }));
}

/** Box encodings [n, p, 4] and class scores [n, p, 3] of one feature map. */
function predict(graph: Graph, x: Value, weights: TfWeights, index: number): { boxes: Value; classes: Value } {
  const head = (kind: 'BoxEncodingPredictor' | 'ClassPredictor', size: number): Value => {
    const name = `Prediction/BoxPredictor_${index}/${kind}`;
    const map = tfConv2d(graph, x, weights, { weight: `${name}/weights`, bias: tensorOf(weights, `${name}/biases`) });
    return op.reshape(op.transpose(map, [0, 2, 3, 1]), ['n', -1, size]);
  };
  return { boxes: head('BoxEncodingPredictor', 4), classes: head('ClassPredictor', 3) };
}

/**
 * The whole network. Input `x` [n, 3, 512, 512] in -1..1; outputs `encodings` [n, 5118, 4] (against
 * the priors) and `scores` [n, 5118] in 0..1.
 */
export function ssdMobilenetGraph(weights: TfWeights): Graph {
  const graph = new Graph();
  const all = new Map(weights);
  let x = graph.input('x', ['n', 3, FINDER_INPUT_PX, FINDER_INPUT_PX]);
  x = pointwise(graph, x, weights, 'MobilenetV1/Conv2d_0_pointwise', 2);
  let conv11 = x;
  for (let layer = 1; layer <= 13; layer++) {
    x = pointwise(graph, depthwise(graph, x, all, layer), weights, `MobilenetV1/Conv2d_${layer}_pointwise`);
    if (layer === 11) conv11 = x;
  }
  const maps = [conv11, x];
  for (let layer = 0; layer < 8; layer++) {
    x = pointwise(graph, x, weights, `Prediction/Conv2d_${layer}_pointwise`, layer % 2 === 1 ? 2 : 1);
    if (layer % 2 === 1) maps.push(x);
  }
  const predictions = maps.map((map, index) => predict(graph, map, weights, index));
  const classes = op.concat(
    predictions.map((one) => one.classes),
    1,
  );
  graph.output(
    'encodings',
    op.concat(
      predictions.map((one) => one.boxes),
      1,
    ),
  );
  graph.output('scores', op.reshape(op.sigmoid(op.slice(classes, 2, 1, 2)), ['n', Number(classes.shape[1])]));
  return graph;
}

/**
 * The priors [5118, 4] the encodings are relative to: top, left, bottom, right as fractions of the
 * square.
 */
export const priorsFrom = (weights: TfWeights): Float32Array => tensorOf(weights, 'Output/extra_dim').data;
