// Detectors on a plain vision transformer by timm's names: FSFM / FS-VFM, which means the patches,
// and Community Forensics, which looks at the class token of a whole picture. Sources:
// wolo-wolo/FSFM-CVPR25 (models_vit.py), JeongsooP/Community-Forensics (models.py), timm's
// VisionTransformer.
import type { Graph, Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { Weights } from '../nn/layers.ts';
import {
  type BlockStyle,
  embedPatches,
  layerNorm,
  tokensOf,
  transformerBlock,
  type VitSize,
} from '../nn/transformer.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { layer, norm, tensor } from './key-lists.ts';
import type { FamilyFacts } from './published-family.ts';

const EPS = 1e-6;
export const VIT_L16: VitSize = { width: 1024, layers: 24, heads: 16, mlp: 4096, patchPx: 16, inputPx: 224 };
export const VIT_S16_384: VitSize = { width: 384, layers: 12, heads: 6, mlp: 1536, patchPx: 16, inputPx: 384 };

const STYLE: BlockStyle = {
  eps: EPS,
  gelu: 'erf',
  norms: ['norm1', 'norm2'],
  attention: { kind: 'joined', qkv: 'attn.qkv', out: 'attn.proj' },
  mlp: ['mlp.fc1', 'mlp.fc2'],
};

function vitKeys(prefix: string, size: VitSize): KeyShape[] {
  const { width, mlp, patchPx } = size;
  const block = (n: number): KeyShape[] => {
    const at = `${prefix}blocks.${n}.`;
    return [
      ...norm(`${at}norm1`, width),
      ...layer(`${at}attn.qkv`, 3 * width, width),
      ...layer(`${at}attn.proj`, width, width),
      ...norm(`${at}norm2`, width),
      ...layer(`${at}mlp.fc1`, mlp, width),
      ...layer(`${at}mlp.fc2`, width, mlp),
    ];
  };
  return [
    tensor(`${prefix}cls_token`, 1, 1, width),
    tensor(`${prefix}pos_embed`, 1, tokensOf(size), width),
    ...layer(`${prefix}patch_embed.proj`, width, 3, patchPx, patchPx),
    ...Array.from({ length: size.layers }, (_, n) => block(n)).flat(),
  ];
}

/** Pictures [n, 3, s, s] -> tokens [n, 1 + patches, width] behind the last block. */
function vitTokens(graph: Graph, weights: Weights, x: Value, prefix: string, size: VitSize): Value {
  const names = {
    patch: `${prefix}patch_embed.proj`,
    classToken: `${prefix}cls_token`,
    positions: `${prefix}pos_embed`,
    bias: true,
  };
  let tokens = embedPatches(graph, weights, x, names, size);
  for (let n = 0; n < size.layers; n++)
    tokens = transformerBlock(graph, weights, tokens, {
      prefix: `${prefix}blocks.${n}.`,
      style: STYLE,
      heads: size.heads,
    });
  return tokens;
}

/** FS-VFM ViT-L/16 fine-tuned (Wang et al., CVPR 2025). Its class 0 is forged. */
export const fsfm = (size: VitSize = VIT_L16): FamilyFacts => ({
  id: 'fsfm-vit-l16',
  name: 'FSFM / FS-VFM ViT-L/16, fine-tuned',
  geometry: {
    inputPx: size.inputPx,
    cropRecipe: 'square-1.3',
    interpolation: 'area-bilinear',
    mean: [0.5482207536697388, 0.42340534925460815, 0.3654651641845703],
    std: [0.2789176106452942, 0.2438540756702423, 0.23493893444538116],
    channelOrder: 'RGB',
  },
  forged: 0,
  licence: 'CC BY-NC 4.0 as published by the authors of FSFM: not for commercial use',
  anchor: 'fc_norm.weight',
  keys: [...vitKeys('', size), ...norm('fc_norm', size.width), ...layer('head', 2, size.width)],
  unused: [],
  places: ['model'],
  parallel: false,
  features: (graph, weights, x) => {
    const tokens = vitTokens(graph, weights, x, '', size);
    const patches = op.slice(tokens, 1, 1, tokensOf(size));
    return { features: layerNorm(graph, weights, op.reduceMean(patches, [1]), 'fc_norm', EPS), head: 'head' };
  },
});

/** Community Forensics (Park & Owens, CVPR 2025): one logit of a whole picture. */
export const communityForensics = (size: VitSize = VIT_S16_384): FamilyFacts => ({
  id: 'community-forensics-384',
  name: 'Community Forensics ViT-S/16',
  geometry: {
    inputPx: size.inputPx,
    cropRecipe: 'picture-384',
    interpolation: 'bilinear',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    channelOrder: 'RGB',
  },
  forged: 1,
  licence: 'MIT as published by the authors of Community Forensics',
  anchor: 'vit.head.weight',
  keys: [...vitKeys('vit.', size), ...norm('vit.norm', size.width), ...layer('vit.head', 1, size.width)],
  unused: [],
  places: [''],
  parallel: false,
  features: (graph, weights, x) => {
    const normal = layerNorm(graph, weights, vitTokens(graph, weights, x, 'vit.', size), 'vit.norm', EPS);
    return { features: op.reshape(op.slice(normal, 1, 0, 1), ['n', size.width]), head: 'vit.head' };
  },
});
