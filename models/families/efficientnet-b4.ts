// Detectors on EfficientNet-B4 (Tan & Le, ICML 2019) by the names of efficientnet_pytorch: SBI and
// the EfficientNet-B4 of DeepfakeBench. TensorFlow's 'same' padding was fixed for pictures of 380
// px when the network was made, and is the same whatever it is fed. Sources:
// lukemelas/EfficientNet-PyTorch (model.py, utils.py), mapooon/SelfBlendedImages,
// SCLBD/DeepfakeBench (training/networks/efficientnetb4.py).

import { samePads } from '../face-finder/tf-layers.ts';
import type { Graph, Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { inferenceLayers, type Layers, type Weights } from '../nn/layers.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { DEEPFAKEBENCH_LICENCE, DEEPFAKEBENCH_PX, deepfakeBenchGeometry } from './deepfakebench.ts';
import { convNorm, layer } from './key-lists.ts';
import type { FamilyFacts } from './published-family.ts';

const BATCH_NORM_EPS = 1e-3;
/** Side of the pictures that the paddings were fixed for. */
const PADDED_FOR_PX = 380;

/** Blocks of one kind: how many, the first one's stride, kernel, channels, and how much it widens. */
type Stage = { repeats: number; kernel: number; stride: 1 | 2; expand: number; from: number; to: number };

/** How large an EfficientNet is; B4 but in tests. */
export type EfficientNetSize = { stem: number; head: number; stages: readonly Stage[] };

const stage = (repeats: number, kernel: number, stride: 1 | 2, expand: number, from: number, to: number): Stage => ({
  repeats,
  kernel,
  stride,
  expand,
  from,
  to,
});

export const B4: EfficientNetSize = {
  stem: 48,
  head: 1792,
  stages: [
    stage(2, 3, 1, 1, 48, 24),
    stage(4, 3, 2, 6, 24, 32),
    stage(4, 5, 2, 6, 32, 56),
    stage(6, 3, 2, 6, 56, 112),
    stage(6, 5, 1, 6, 112, 160),
    stage(8, 5, 2, 6, 160, 272),
    stage(2, 3, 1, 6, 272, 448),
  ],
};

type Block = { name: string; kernel: number; stride: 1 | 2; expand: number; from: number; to: number; side: number };

/** All blocks in order, each with the side that its padding was fixed for. */
function blocksOf(size: EfficientNetSize, prefix: string): Block[] {
  let side = Math.ceil(PADDED_FOR_PX / 2);
  const blocks: Block[] = [];
  for (const { repeats, kernel, stride, expand, from, to } of size.stages)
    for (let i = 0; i < repeats; i++) {
      const own = { stride: i === 0 ? stride : (1 as const), from: i === 0 ? from : to };
      blocks.push({ name: `${prefix}_blocks.${blocks.length}`, kernel, expand, to, side, ...own });
      side = Math.ceil(side / own.stride);
    }
  return blocks;
}

function blockKeys({ name, kernel, expand, from, to }: Block): KeyShape[] {
  const wide = from * expand;
  const squeezed = Math.max(1, Math.floor(from / 4));
  return [
    ...(expand === 1 ? [] : convNorm(`${name}._expand_conv`, `${name}._bn0`, wide, from, 1, 1)),
    ...convNorm(`${name}._depthwise_conv`, `${name}._bn1`, wide, 1, kernel, kernel),
    ...layer(`${name}._se_reduce`, squeezed, wide, 1, 1),
    ...layer(`${name}._se_expand`, wide, squeezed, 1, 1),
    ...convNorm(`${name}._project_conv`, `${name}._bn2`, to, wide, 1, 1),
  ];
}

function networkKeys(prefix: string, size: EfficientNetSize): KeyShape[] {
  const last = size.stages.at(-1)!.to;
  return [
    ...convNorm(`${prefix}_conv_stem`, `${prefix}_bn0`, size.stem, 3, 3, 3),
    ...blocksOf(size, prefix).flatMap(blockKeys),
    ...convNorm(`${prefix}_conv_head`, `${prefix}_bn1`, size.head, last, 1, 1),
  ];
}

const swish = (x: Value): Value => op.mul(x, op.sigmoid(x));

/** Inverted bottleneck: widen, depthwise, squeeze and excite, narrow, and the shortcut. */
function block(layers: Layers, x: Value, { name, kernel, stride, expand, from, to, side }: Block): Value {
  const wide = expand === 1 ? x : swish(layers.convBatchNorm(x, `${name}._expand_conv`, `${name}._bn0`));
  const pads = samePads(side, side, kernel, stride);
  const sliding = { stride, pads, groups: from * expand };
  const seen = swish(layers.convBatchNorm(wide, `${name}._depthwise_conv`, `${name}._bn1`, sliding));
  const squeezed = swish(layers.conv2d(op.reduceMean(seen, [2, 3], true), `${name}._se_reduce`, { bias: true }));
  const excited = op.mul(op.sigmoid(layers.conv2d(squeezed, `${name}._se_expand`, { bias: true })), seen);
  const narrow = layers.convBatchNorm(excited, `${name}._project_conv`, `${name}._bn2`);
  return stride === 1 && from === to ? op.add(narrow, x) : narrow;
}

/** Pictures -> [n, head], the mean over all places. `stemPads`: DeepfakeBench's stem has none. */
function networkFeatures(
  { graph, weights, x }: { graph: Graph; weights: Weights; x: Value },
  { prefix, size, stemPads }: { prefix: string; size: EfficientNetSize; stemPads: readonly number[] },
): Value {
  const layers = inferenceLayers(graph, weights, { batchNormEps: BATCH_NORM_EPS });
  const stem = { stride: 2, pads: stemPads };
  let y = swish(layers.convBatchNorm(x, `${prefix}_conv_stem`, `${prefix}_bn0`, stem));
  for (const one of blocksOf(size, prefix)) y = block(layers, y, one);
  return op.reduceMean(swish(layers.convBatchNorm(y, `${prefix}_conv_head`, `${prefix}_bn1`)), [2, 3]);
}

/** SBI (Shiohara & Yamasaki, CVPR 2022): pixels in 0..1 as they are, the box 1.25 times as large. */
export const sbi = (size: EfficientNetSize = B4): FamilyFacts => ({
  id: 'sbi-efficientnet-b4',
  name: 'SBI on EfficientNet-B4',
  geometry: {
    inputPx: PADDED_FOR_PX,
    cropRecipe: 'box-1.25',
    interpolation: 'bilinear-no-antialias',
    mean: 0,
    std: 1,
    channelOrder: 'RGB',
  },
  forged: 1,
  licence: 'For research only, as published by the authors of SBI',
  anchor: 'net._fc.weight',
  keys: [...networkKeys('net.', size), ...layer('net._fc', 2, size.head)],
  unused: [],
  places: ['model'],
  parallel: false,
  features: (graph, weights, x) => {
    const stemPads = samePads(PADDED_FOR_PX, PADDED_FOR_PX, 3, 2);
    return { features: networkFeatures({ graph, weights, x }, { prefix: 'net.', size, stemPads }), head: 'net._fc' };
  },
});

const EFFICIENTNET = 'backbone.efficientnet.';

/** EfficientNet-B4 of DeepfakeBench, whose stem was replaced by one without padding. */
export const efficientNetOfDeepfakeBench = (size: EfficientNetSize = B4): FamilyFacts => ({
  id: 'deepfakebench-efficientnet-b4',
  name: 'EfficientNet-B4 of DeepfakeBench',
  geometry: deepfakeBenchGeometry(DEEPFAKEBENCH_PX),
  forged: 1,
  licence: DEEPFAKEBENCH_LICENCE,
  anchor: 'backbone.last_layer.weight',
  keys: [...networkKeys(EFFICIENTNET, size), ...layer('backbone.last_layer', 2, size.head)],
  unused: [],
  places: [''],
  parallel: true,
  features: (graph, weights, x) => ({
    features: networkFeatures({ graph, weights, x }, { prefix: EFFICIENTNET, size, stemPads: [0, 0, 0, 0] }),
    head: 'backbone.last_layer',
  }),
});
