// Detectors on Xception (Chollet, CVPR 2017) as DeepfakeBench has them: the plain one, and UCF
// (Yan et al., ICCV 2023), whose shared branch alone answers. Sources: SCLBD/DeepfakeBench
// (training/networks/xception.py, training/detectors/ucf_detector.py).

import type { Graph, Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { inferenceLayers, type Layers, separableConv2d, type Weights } from '../nn/layers.ts';
import { linear } from '../nn/transformer.ts';
import { xceptionBlock } from '../nn/xception-block.ts';
import { ENCODER_BLOCKS } from '../recce/architecture.ts';
import { channels } from '../recce/config.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { batchNorm, blockKeys, separable } from '../recce/keys.ts';
import { DEEPFAKEBENCH_LICENCE, DEEPFAKEBENCH_PX, deepfakeBenchGeometry } from './deepfakebench.ts';
import { convNorm, layer } from './key-lists.ts';
import type { FamilyFacts } from './published-family.ts';

const blocksOf = (prefix: string) =>
  ENCODER_BLOCKS.map((row) => ({ ...row, name: row.name.replace('encoder.', prefix) }));

function xceptionKeys(prefix: string, width: number): KeyShape[] {
  const at = (c: number): number => channels(c, width);
  return [
    ...convNorm(`${prefix}conv1`, `${prefix}bn1`, at(32), 3, 3, 3),
    ...convNorm(`${prefix}conv2`, `${prefix}bn2`, at(64), at(32), 3, 3),
    ...blocksOf(prefix).flatMap((row) => blockKeys(row, at)),
    ...separable(`${prefix}conv3`, at(1024), at(1536)),
    ...batchNorm(`${prefix}bn3`, at(1536)),
    ...separable(`${prefix}conv4`, at(1536), at(2048)),
    ...batchNorm(`${prefix}bn4`, at(2048)),
  ];
}

/** Pictures -> the last BatchNorm's map, before any activation, [n, 2048, h, w]. */
function xceptionMap(layers: Layers, x: Value, prefix: string): Value {
  let y = op.relu(layers.convBatchNorm(x, `${prefix}conv1`, `${prefix}bn1`, { stride: 2 }));
  y = op.relu(layers.convBatchNorm(y, `${prefix}conv2`, `${prefix}bn2`));
  for (const row of blocksOf(prefix)) y = xceptionBlock(layers, y, row.name, row);
  y = op.relu(separableConv2d(layers, y, `${prefix}conv3`, `${prefix}bn3`));
  return separableConv2d(layers, y, `${prefix}conv4`, `${prefix}bn4`);
}

/** Xception of DeepfakeBench. `width` 1 but in tests. */
export const xceptionOfDeepfakeBench = (width = 1, inputPx = DEEPFAKEBENCH_PX): FamilyFacts => ({
  id: 'deepfakebench-xception',
  name: 'Xception of DeepfakeBench',
  geometry: deepfakeBenchGeometry(inputPx),
  forged: 1,
  licence: DEEPFAKEBENCH_LICENCE,
  anchor: 'backbone.last_linear.weight',
  keys: [...xceptionKeys('backbone.', width), ...layer('backbone.last_linear', 2, channels(2048, width))],
  // Defined by the backbone and run only where a detector asks for 512 channels.
  unused: [{ prefix: 'backbone.adjust_channel.', matches: /^backbone\.adjust_channel\.[01]\.\w+$/ }],
  places: [''],
  parallel: true,
  features: (graph, weights, x) => {
    const map = op.relu(xceptionMap(inferenceLayers(graph, weights), x, 'backbone.'));
    return { features: op.reduceMean(map, [2, 3]), head: 'backbone.last_linear' };
  },
});

const leakyRelu = (x: Value): Value => op.max(x, op.mul(x, 0.01));

function sharedKeys(width: number): KeyShape[] {
  const [all, half] = [channels(512, width), channels(256, width)];
  return [
    ...layer('encoder_f.adjust_channel.0', all, channels(2048, width), 1, 1),
    ...batchNorm('encoder_f.adjust_channel.1', all),
    ...layer('block_sha.conv2d.0', half, all, 1, 1),
    ...layer('block_sha.conv2d.2', half, half, 1, 1),
    ...layer('block_sha.conv2d.4', half, half, 1, 1),
    ...layer('head_sha.mlp.0', all, half),
    ...layer('head_sha.mlp.2', 2, all),
  ];
}

/** The map as 512 channels, the shared branch, and the hidden layer of its head. */
function sharedFeatures(graph: Graph, weights: Weights, x: Value): Value {
  const layers = inferenceLayers(graph, weights);
  const map = xceptionMap(layers, x, 'encoder_f.');
  const adjusted = layers.convBatchNorm(map, 'encoder_f.adjust_channel.0', 'encoder_f.adjust_channel.1', {
    bias: true,
  });
  const conv = (y: Value, n: number): Value => layers.conv2d(y, `block_sha.conv2d.${n}`, { bias: true });
  const shared = conv(leakyRelu(conv(leakyRelu(conv(op.relu(adjusted), 0)), 2)), 4);
  return leakyRelu(linear(graph, weights, op.reduceMean(shared, [2, 3]), 'head_sha.mlp.0'));
}

/** UCF of DeepfakeBench. What reconstructs and what tells methods apart is used in training alone. */
export const ucf = (width = 1, inputPx = DEEPFAKEBENCH_PX): FamilyFacts => ({
  id: 'deepfakebench-ucf',
  name: 'UCF of DeepfakeBench',
  geometry: deepfakeBenchGeometry(inputPx),
  forged: 1,
  licence: DEEPFAKEBENCH_LICENCE,
  anchor: 'head_sha.mlp.2.weight',
  keys: [...xceptionKeys('encoder_f.', width), ...sharedKeys(width)],
  unused: ['encoder_c.', 'con_gan.', 'head_spe.', 'block_spe.', 'encoder_f.last_linear.'].map((prefix) => ({
    prefix,
    matches: new RegExp(`^${prefix.replaceAll('.', '\\.')}`),
  })),
  places: [''],
  parallel: true,
  features: (graph, weights, x) => ({ features: sharedFeatures(graph, weights, x), head: 'head_sha.mlp.2' }),
});
