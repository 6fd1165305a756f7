// Detectors on CLIP's vision transformer, by Hugging Face's names (`pre_layrnorm` is spelt so
// there): GenD, Effort, and the CLIP detector of DeepfakeBench. Sources: yermandy/GenD
// (src/hf/modeling_gend.py), the authors' code of Effort as kept in it, SCLBD/DeepfakeBench
// (training/detectors/clip_detector.py) and Hugging Face transformers' CLIPVisionTransformer.

import type { Graph, Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { Weights } from '../nn/layers.ts';
import {
  type BlockStyle,
  embedPatches,
  l2Normalise,
  layerNorm,
  tokensOf,
  transformerBlock,
  type VitSize,
} from '../nn/transformer.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { type Float32Tensor, lazyTensor } from '../tensor/tensor.ts';
import { DEEPFAKEBENCH_LICENCE, deepfakeBenchGeometry } from './deepfakebench.ts';
import { layer, norm, tensor } from './key-lists.ts';
import type { FamilyFacts, Unused } from './published-family.ts';

const EPS = 1e-5;
/** What CLIP's pictures were scaled by, R G B. */
const CLIP_MEAN: [number, number, number] = [0.48145466, 0.4578275, 0.40821073];
const CLIP_STD: [number, number, number] = [0.26862954, 0.26130258, 0.27577711];

export const VIT_L14: VitSize = { width: 1024, layers: 24, heads: 16, mlp: 4096, patchPx: 14, inputPx: 224 };
export const VIT_B16: VitSize = { width: 768, layers: 12, heads: 12, mlp: 3072, patchPx: 16, inputPx: 224 };

const PROJECTIONS = ['q_proj', 'k_proj', 'v_proj', 'out_proj'] as const;

const STYLE: BlockStyle = {
  eps: EPS,
  gelu: 'quick',
  norms: ['layer_norm1', 'layer_norm2'],
  attention: {
    kind: 'apart',
    query: 'self_attn.q_proj',
    key: 'self_attn.k_proj',
    value: 'self_attn.v_proj',
    out: 'self_attn.out_proj',
  },
  mlp: ['mlp.fc1', 'mlp.fc2'],
};

type ProjectionKeys = (name: string, width: number) => KeyShape[];
const plainProjection: ProjectionKeys = (name, width) => layer(name, width, width);

function visionKeys(prefix: string, size: VitSize, projection: ProjectionKeys = plainProjection): KeyShape[] {
  const { width, mlp, patchPx } = size;
  const block = (n: number): KeyShape[] => {
    const at = `${prefix}encoder.layers.${n}.`;
    return [
      ...PROJECTIONS.flatMap((name) => projection(`${at}self_attn.${name}`, width)),
      ...norm(`${at}layer_norm1`, width),
      ...layer(`${at}mlp.fc1`, mlp, width),
      ...layer(`${at}mlp.fc2`, width, mlp),
      ...norm(`${at}layer_norm2`, width),
    ];
  };
  return [
    tensor(`${prefix}embeddings.class_embedding`, width),
    tensor(`${prefix}embeddings.patch_embedding.weight`, width, 3, patchPx, patchPx),
    tensor(`${prefix}embeddings.position_embedding.weight`, tokensOf(size), width),
    ...norm(`${prefix}pre_layrnorm`, width),
    ...Array.from({ length: size.layers }, (_, n) => block(n)).flat(),
    ...norm(`${prefix}post_layernorm`, width),
  ];
}

/** Pictures [n, 3, s, s] -> the class token behind the last LayerNorm, [n, width]. */
function visionFeatures(graph: Graph, weights: Weights, x: Value, prefix: string, size: VitSize): Value {
  const names = {
    patch: `${prefix}embeddings.patch_embedding`,
    classToken: `${prefix}embeddings.class_embedding`,
    positions: `${prefix}embeddings.position_embedding.weight`,
    bias: false,
  };
  let tokens = layerNorm(graph, weights, embedPatches(graph, weights, x, names, size), `${prefix}pre_layrnorm`, EPS);
  for (let n = 0; n < size.layers; n++)
    tokens = transformerBlock(graph, weights, tokens, {
      prefix: `${prefix}encoder.layers.${n}.`,
      style: STYLE,
      heads: size.heads,
    });
  const token = op.reshape(op.slice(tokens, 1, 0, 1), ['n', size.width]);
  return layerNorm(graph, weights, token, `${prefix}post_layernorm`, EPS);
}

/** Older versions of transformers stored the numbers 0, 1, 2, ... beside the position table. */
const positionIds = (prefix: string): Unused => ({
  prefix: `${prefix}embeddings.position_ids`,
  matches: new RegExp(`^${prefix.replaceAll('.', '\\.')}embeddings\\.position_ids$`),
});

const GEND = 'feature_extractor.vision_model.';

/** GenD (Yermakov et al., WACV 2026) on CLIP ViT-L/14: the head looks at a token of length 1. */
export const gend = (size: VitSize = VIT_L14): FamilyFacts => ({
  id: 'gend-clip-l14',
  name: 'GenD on CLIP ViT-L/14',
  geometry: {
    inputPx: size.inputPx,
    cropRecipe: 'aligned-1.3',
    interpolation: 'bicubic-antialias',
    mean: CLIP_MEAN,
    std: CLIP_STD,
    channelOrder: 'RGB',
  },
  forged: 1,
  licence: 'MIT as published by the authors of GenD; trained on FaceForensics++, whose terms are for research',
  anchor: `${GEND}embeddings.class_embedding`,
  keys: [...visionKeys(GEND, size), ...layer('model.linear', 2, size.width)],
  unused: [
    { prefix: 'feature_extractor.visual_projection.', matches: /^feature_extractor\.visual_projection\.weight$/ },
    positionIds(GEND),
  ],
  places: [''],
  parallel: false,
  features: (graph, weights, x) => ({
    features: l2Normalise(visionFeatures(graph, weights, x, GEND, size)),
    head: 'model.linear',
  }),
});

const BACKBONE = 'backbone.';
const RESIDUAL = ['weight_main', 'S_residual', 'U_residual', 'V_residual'] as const;

const effortProjection: ProjectionKeys = (name, width) => [
  tensor(`${name}.weight_main`, width, width),
  tensor(`${name}.S_residual`, 1),
  tensor(`${name}.U_residual`, width, 1),
  tensor(`${name}.V_residual`, 1, width),
  tensor(`${name}.bias`, width),
];

/** weight_main + U diag(S) V of every projection, float64 inside, made when it is looked at. */
function foldResiduals(tensors: ReadonlyMap<string, Float32Tensor>): Map<string, Float32Tensor> {
  const folded = new Map<string, Float32Tensor>();
  for (const [name, one] of tensors) {
    const leaf = name.slice(name.lastIndexOf('.') + 1);
    if (leaf !== 'weight_main' && (RESIDUAL as readonly string[]).includes(leaf)) continue;
    if (leaf !== 'weight_main') folded.set(name, one);
    else {
      const layerName = name.slice(0, -'.weight_main'.length);
      const [s, u, v] = ['S', 'U', 'V'].map((part) => tensors.get(`${layerName}.${part}_residual`)!);
      folded.set(
        `${layerName}.weight`,
        lazyTensor(one.shape, () => withResidual(one.data, s!.data, u!.data, v!.data)),
      );
    }
  }
  return folded;
}

/** main [o, i] + u [o, r] diag(s [r]) v [r, i]. */
function withResidual(main: Float32Array, s: Float32Array, u: Float32Array, v: Float32Array): Float32Array {
  const rank = s.length;
  const columns = v.length / rank;
  return main.map((value, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum: number = value;
    for (let r = 0; r < rank; r++) sum += u[row * rank + r]! * s[r]! * v[r * columns + column]!;
    return sum;
  });
}

/** Effort (Yan et al., ICML 2025): the attention's matrices are kept as a main part and a residual. */
export const effort = (size: VitSize = VIT_L14): FamilyFacts => ({
  id: 'effort-clip-l14',
  name: 'Effort on CLIP ViT-L/14',
  geometry: {
    inputPx: size.inputPx,
    cropRecipe: 'aligned-1.3',
    interpolation: 'area-bilinear',
    mean: CLIP_MEAN,
    std: CLIP_STD,
    channelOrder: 'RGB',
  },
  forged: 1,
  licence: 'CC BY-NC 4.0 as published by the authors of Effort: not for commercial use',
  anchor: `${BACKBONE}encoder.layers.0.self_attn.q_proj.weight_main`,
  keys: [...visionKeys(BACKBONE, size, effortProjection), ...layer('head', 2, size.width)],
  unused: [
    // The part of the decomposition that training held fast; it is in weight_main already.
    {
      prefix: 'backbone.encoder.layers.*.self_attn.*.{S,U,V}_r',
      matches: /^backbone\.encoder\.layers\.\d+\.self_attn\.\w+\.[SUV]_r$/,
    },
    positionIds(BACKBONE),
  ],
  places: ['', 'state_dict'],
  parallel: true,
  fold: foldResiduals,
  features: (graph, weights, x) => ({ features: visionFeatures(graph, weights, x, BACKBONE, size), head: 'head' }),
});

/** The CLIP detector of DeepfakeBench (Yan et al., NeurIPS 2023), fed as that benchmark feeds it. */
export const clipOfDeepfakeBench = (size: VitSize = VIT_B16): FamilyFacts => ({
  id: 'deepfakebench-clip-b16',
  name: 'CLIP ViT-B/16 of DeepfakeBench',
  geometry: deepfakeBenchGeometry(size.inputPx),
  forged: 1,
  licence: DEEPFAKEBENCH_LICENCE,
  anchor: `${BACKBONE}encoder.layers.0.self_attn.q_proj.weight`,
  keys: [...visionKeys(BACKBONE, size), ...layer('head', 2, size.width)],
  unused: [positionIds(BACKBONE)],
  places: [''],
  parallel: true,
  features: (graph, weights, x) => ({ features: visionFeatures(graph, weights, x, BACKBONE, size), head: 'head' }),
});
