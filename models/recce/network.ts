// RECCE, written once (Cao et al., CVPR 2022, sections 3.1-3.4; names as in the paper's code):
// Xception encoder, reconstruction decoder, multi-scale graph reasoning, reconstruction-guided
// attention. Whether it is the training or the inference network is decided by the Layers it is
// given.
import type { Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { type Layers, resizeBilinear, separableConv2d } from '../nn/layers.ts';
import { xceptionBlock } from '../nn/xception-block.ts';
import { blockRow } from './architecture.ts';

/**
 * Everything the network computes that someone looks at. h = w = side of the input; f =
 * featureSide(input).
 */
export type RecceStages = {
  /** [n, 728, f, f], output of block4. */
  block4: Value;
  /**
   * [n, 256, 2f, 2f] and [n, 128, 4f, 4f]: the decoder's features, also used by the metric loss.
   */
  decoder2: Value;
  decoder4: Value;
  /** [n, 3, 8f, 8f], before the resize to the input's size. */
  decoder6: Value;
  /** [n, 3, h, w] in -1..1. */
  reconstruction: Value;
  reasoning: Value;
  fusion: Value;
  block8: Value;
  /** [n, 1, f, f] in 0..1: how much each place is attended to because it was not reconstructed. */
  attentionMap: Value;
  attention: Value;
  block12: Value;
  conv4: Value;
  /** [n, 2048]: what the classifier sees. */
  features: Value;
};

const conv1x1 = (layers: Layers, x: Value, name: string): Value => layers.conv2d(x, name);

/** conv1 .. block4: the shared features. */
function encode(layers: Layers, x: Value): Value {
  let y = op.relu(layers.convBatchNorm(x, 'encoder.conv1', 'encoder.bn1', { stride: 2 }));
  y = op.relu(layers.convBatchNorm(y, 'encoder.conv2', 'encoder.bn2'));
  for (const n of [1, 2, 3, 4]) y = encoderBlock(layers, y, n);
  return y;
}

const encoderBlock = (layers: Layers, x: Value, n: number): Value =>
  xceptionBlock(layers, x, `encoder.block${n}`, blockRow(`encoder.block${n}`));

/**
 * Nearest enlargement by 2, separable convolution, BatchNorm, relu: decoder1, decoder3, decoder5.
 */
const enlarge = (layers: Layers, x: Value, name: string): Value =>
  op.relu(separableConv2d(layers, op.upsampleNearest2d(x, 2), `${name}.1`, `${name}.2`));

function decode(layers: Layers, block4: Value): Pick<RecceStages, 'decoder2' | 'decoder4' | 'decoder6'> {
  const decoder1 = enlarge(layers, layers.dropout(block4, 'dropout.embedding'), 'decoder1');
  const decoder2 = xceptionBlock(layers, decoder1, 'decoder2', blockRow('decoder2'));
  const decoder4 = xceptionBlock(layers, enlarge(layers, decoder2, 'decoder3'), 'decoder4', blockRow('decoder4'));
  const decoder6 = op.tanh(conv1x1(layers, enlarge(layers, decoder4, 'decoder5'), 'decoder6.0'));
  return { decoder2, decoder4, decoder6 };
}

/**
 * [n, c, k p, k p] -> [n, p * p, k * k, c]: the k x k vertices of a finer scale under each vertex
 * of the coarse one.
 */
function verticesUnder(x: Value, k: number): Value {
  const [n, c, height] = x.shape;
  const p = Number(height) / k;
  const split = op.reshape(x, [n!, c!, p, k, p, k]);
  return op.reshape(op.transpose(split, [0, 2, 4, 3, 5, 1]), [n!, p * p, k * k, c!]);
}

/**
 * Information from one finer scale to the coarse vertices (paper eq. 4-6): attention over the k x k
 * vertices under each. `embedded` [n, P, c] are the coarse vertices; the result has the same shape,
 * before gating. Two sums are taken in another order than in the original, which changes nothing
 * but rounding: the reweighting Linear on the pair (coarse, fine) is applied to its two halves
 * apart, and the second embedding, being linear, is applied after the weighted sum over the k x k
 * vertices instead of to every one of them (k x k times less work).
 */
function aggregate(layers: Layers, embedded: Value, finer: Value, k: number, scale: 'b' | 'c'): Value {
  const hidden = op.relu(layers.linear(verticesUnder(finer, k), `reasoning.v${scale}_embedding.0`));
  const second = layers.matrix(`reasoning.v${scale}_embedding.2`);
  const [n, places, , c] = hidden.shape;
  const reweight = layers.matrix(`reasoning.reweight_a${scale}.0`);
  const ofCoarse = op.matmul(embedded, op.slice(reweight, 0, 0, Number(c)));
  const ofFine = op.matmul(hidden, op.matmul(second, op.slice(reweight, 0, Number(c), 2 * Number(c))));
  const pair = op.add(op.reshape(ofCoarse, [n!, places!, 1, 1]), ofFine);
  const weights = op.softmax(op.relu(pair), 2);
  const gathered = op.reshape(op.reduceSum(op.mul(weights, hidden), [2]), [n!, places!, c!]);
  return op.matmul(gathered, second);
}

/**
 * Multi-scale graph reasoning (paper 3.3), vectorised over all places: the original loops over them
 * one by one.
 */
function reason(layers: Layers, coarse: Value, decoder2: Value, decoder4: Value): Value {
  const [n, , height, width] = coarse.shape;
  const places = Number(height) * Number(width);
  const flat = (x: Value) => op.transpose(op.reshape(x, [n!, x.shape[1]!, places]), [0, 2, 1]);
  const embedding = conv1x1(
    layers,
    op.relu(conv1x1(layers, coarse, 'reasoning.va_embedding.0')),
    'reasoning.va_embedding.2',
  );
  const embedded = flat(embedding);
  const gated = (finer: Value, k: number, scale: 'b' | 'c') => {
    const gate = op.sub(1, op.sigmoid(flat(conv1x1(layers, coarse, `reasoning.va_gated_${scale}.0`))));
    return op.mul(aggregate(layers, embedded, finer, k, scale), gate);
  };
  const all = op.concat([gated(decoder2, 2, 'b'), gated(decoder4, 4, 'c'), embedded], 2);
  const channels = all.shape[2]!;
  const map = op.reshape(op.transpose(op.sigmoid(all), [0, 2, 1]), [n!, channels, height!, width!]);
  const hidden = op.relu(conv1x1(layers, map, 'reasoning.reproject.0'));
  return layers.dropout(conv1x1(layers, hidden, 'reasoning.reproject.2'), 'dropout.reasoning');
}

/** Where the picture was not reconstructed, look harder (paper 3.4). */
function attend(layers: Layers, x: Value, reconstruction: Value, embedding: Value): { map: Value; attended: Value } {
  const [, , height, width] = embedding.shape;
  const residual = resizeBilinear(op.abs(op.sub(x, reconstruction)), Number(height), Number(width));
  const gate = op.relu(layers.conv2d(residual, 'attention.gated.0', { pads: 1 }));
  const map = op.sigmoid(conv1x1(layers, gate, 'attention.gated.2'));
  const h = op.relu(layers.convBatchNorm(embedding, 'attention.h.0', 'attention.h.1'));
  return { map, attended: op.add(op.mul(map, h), layers.dropout(embedding, 'dropout.attention')) };
}

/**
 * The network up to the classifier. `x` [n, 3, s, s] in -1..1 is the clean picture; `seen` is what
 * the encoder sees (with white noise while training, otherwise x itself).
 */
export function recceStages(layers: Layers, x: Value, seen: Value = x): RecceStages {
  const block4 = encode(layers, seen);
  const { decoder2, decoder4, decoder6 } = decode(layers, block4);
  const reconstruction = resizeBilinear(decoder6, Number(x.shape[2]), Number(x.shape[3]));
  const block7 = [5, 6, 7].reduce((y, n) => encoderBlock(layers, y, n), block4);
  const reasoning = reason(layers, block7, decoder2, decoder4);
  const fusion = op.add(reasoning, block7);
  const block8 = encoderBlock(layers, fusion, 8);
  const { map: attentionMap, attended: attention } = attend(layers, x, reconstruction, block8);
  const block12 = [9, 10, 11, 12].reduce((y, n) => encoderBlock(layers, y, n), attention);
  const conv3 = op.relu(separableConv2d(layers, block12, 'encoder.conv3', 'encoder.bn3'));
  const conv4 = op.relu(separableConv2d(layers, conv3, 'encoder.conv4', 'encoder.bn4'));
  const features = layers.dropout(op.reduceMean(conv4, [2, 3]), 'dropout.features');
  return {
    block4,
    decoder2,
    decoder4,
    decoder6,
    reconstruction,
    reasoning,
    fusion,
    block8,
    attentionMap,
    attention,
    block12,
    conv4,
    features,
  };
}
