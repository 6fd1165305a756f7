// The embedding network: 128 numbers of one face, near those of another picture of the same person.
// The ResNet of dlib (D. King, 2017) as published with @vladmandic/face-api (MIT), rebuilt as a graph
// of ours. 150 x 150 pixels in; the batch axis is free.
import { type TfWeights, tensorOf, tfConv2d } from '../face-finder/tf-layers.ts';
import { Graph, type Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { float32Tensor } from '../tensor/tensor.ts';

/** Side of the square it looks at, pixels. */
export const EMBEDDING_INPUT_PX = 150;
/** Numbers of one face. */
export const EMBEDDING_LENGTH = 128;

type Convolution = { stride?: 2; activated: boolean };

/** A convolution, then a factor and a summand a channel. What halves the picture pads nothing. */
function convolution(graph: Graph, x: Value, weights: TfWeights, name: string, { stride, activated }: Convolution) {
  const convolved = tfConv2d(graph, x, weights, {
    weight: `${name}/conv/filters`,
    bias: tensorOf(weights, `${name}/conv/bias`),
    ...(stride ? ({ stride, padding: 'valid' } as const) : {}),
  });
  const [factor, summand] = ['weights', 'biases'].map((leaf) => {
    const key = `${name}/scale/${leaf}`;
    return graph.parameter(key, tensorOf(weights, key));
  }) as [Value, Value];
  const scaled = op.channelAffine(convolved, factor, summand);
  return activated ? op.relu(scaled) : scaled;
}

/** The mean of each 2 x 2 pixels; an odd last row or column is left out. */
function halved(graph: Graph, x: Value, name: string): Value {
  const channels = Number(x.shape[1]);
  const weight = graph.parameter(
    `${name}/mean`,
    float32Tensor([channels, 1, 2, 2], new Float32Array(channels * 4).fill(0.25)),
  );
  return op.conv2d(x, weight, { stride: 2, groups: channels });
}

/** Zeros behind channels, rows and columns, up to the shape of `like`. */
function filledUp(x: Value, like: Value): Value {
  const lacking = x.shape.map((dim, axis) => (axis === 0 ? 0 : Math.max(0, Number(like.shape[axis]) - Number(dim))));
  return lacking.some((one) => one > 0) ? op.pad(x, [0, 0, 0, 0], lacking) : x;
}

function block(graph: Graph, x: Value, weights: TfWeights, name: string): Value {
  const halves = name.includes('_down');
  const first = convolution(
    graph,
    x,
    weights,
    `${name}/conv1`,
    halves ? { stride: 2, activated: true } : { activated: true },
  );
  const second = convolution(graph, first, weights, `${name}/conv2`, { activated: false });
  const beside = halves ? halved(graph, x, name) : x;
  // Of an even picture the mean has a row and a column more than what was convolved.
  return op.relu(op.add(filledUp(beside, second), filledUp(second, beside)));
}

const BLOCKS = [
  ...['conv32_1', 'conv32_2', 'conv32_3'],
  ...['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ...['conv128_down', 'conv128_1', 'conv128_2'],
  ...['conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
];

/** Input `x` [n, 3, 150, 150] (embedding-input.ts); output `embedding` [n, 128]. */
export function embeddingGraph(weights: TfWeights): Graph {
  const graph = new Graph();
  let x = graph.input('x', ['n', 3, EMBEDDING_INPUT_PX, EMBEDDING_INPUT_PX]);
  x = convolution(graph, x, weights, 'conv32_down', { stride: 2, activated: true });
  x = op.maxPool2d(x, 3, 2, 0);
  for (const name of BLOCKS) x = block(graph, x, weights, name);
  graph.output('embedding', op.matmul(op.reduceMean(x, [2, 3]), graph.parameter('fc', tensorOf(weights, 'fc'))));
  return graph;
}
