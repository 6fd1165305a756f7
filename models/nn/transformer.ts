// The vision transformer's parts (Dosovitskiy et al., ICLR 2021), written once for the names of
// Hugging Face's CLIP and of timm: where a projection's weight lies is a function of the layer.
import type { Graph, Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { Float32Tensor } from '../tensor/tensor.ts';
import { lazyTensor } from '../tensor/tensor.ts';
import { transposed, type Weights } from './layers.ts';

/** x * sigmoid(1.702 x) (CLIP), or x times the normal distribution function of x (timm). */
export type Gelu = 'quick' | 'erf';

/** How large a transformer is. Everything else about it is its names. */
export type VitSize = {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlp: number;
  readonly patchPx: number;
  readonly inputPx: number;
};

/** What makes the blocks of one transformer differ from those of another. */
export type BlockStyle = {
  readonly eps: number;
  readonly gelu: Gelu;
  readonly norms: readonly [string, string];
  /** Prefixes of the query, key, value and output projection, `.weight` and `.bias` behind them. */
  readonly attention: Attention;
  readonly mlp: readonly [string, string];
};
type Attention =
  | {
      readonly kind: 'apart';
      readonly query: string;
      readonly key: string;
      readonly value: string;
      readonly out: string;
    }
  /** One matrix of three times the rows: query, key, value. */
  | { readonly kind: 'joined'; readonly qkv: string; readonly out: string };

/** Patches along one side, and all tokens: the patches and the class token. */
export const gridOf = ({ inputPx, patchPx }: VitSize): number => Math.floor(inputPx / patchPx);
export const tokensOf = (size: VitSize): number => gridOf(size) ** 2 + 1;

/** x [..., in] -> [..., out] with bias; the matrix is turned round when it is written. */
export function linear(graph: Graph, weights: Weights, x: Value, name: string): Value {
  const matrix = graph.parameter(`${name}.weight`, lazyTransposed(weights(`${name}.weight`)));
  return op.add(op.matmul(x, matrix), graph.parameter(`${name}.bias`, weights(`${name}.bias`)));
}

const lazyTransposed = (weight: Float32Tensor): Float32Tensor =>
  lazyTensor([weight.shape[1]!, weight.shape[0]!], () => transposed(weight).data);

export const layerNorm = (graph: Graph, weights: Weights, x: Value, name: string, eps: number): Value =>
  op.layerNorm(
    x,
    graph.parameter(`${name}.weight`, weights(`${name}.weight`)),
    graph.parameter(`${name}.bias`, weights(`${name}.bias`)),
    eps,
  );

export const gelu = (x: Value, kind: Gelu): Value =>
  kind === 'quick'
    ? op.mul(x, op.sigmoid(op.mul(x, 1.702)))
    : op.mul(op.mul(x, 0.5), op.add(op.erf(op.mul(x, Math.SQRT1_2)), 1));

/**
 * Pictures [n, 3, s, s] as tokens [n, 1 + patches, width]: the class token, then the patches row by
 * row, and their positions added. `bias`: the patch projection has one.
 */
export function embedPatches(
  graph: Graph,
  weights: Weights,
  x: Value,
  names: { patch: string; classToken: string; positions: string; bias: boolean },
  size: VitSize,
): Value {
  const grid = gridOf(size);
  const weight = graph.parameter(`${names.patch}.weight`, weights(`${names.patch}.weight`));
  const bias = names.bias ? { bias: graph.parameter(`${names.patch}.bias`, weights(`${names.patch}.bias`)) } : {};
  const projected = op.conv2d(x, weight, { stride: size.patchPx, ...bias });
  const patches = op.transpose(op.reshape(projected, ['n', size.width, grid * grid]), [0, 2, 1]);
  const token = op.reshape(graph.parameter(names.classToken, weights(names.classToken)), [1, 1, size.width]);
  const tokens = op.concat([op.expand(token, ['n', 1, size.width], patches), patches], 1);
  const positions = graph.parameter(names.positions, weights(names.positions));
  return op.add(tokens, op.reshape(positions, [1, tokensOf(size), size.width]));
}

/** x + attention(norm(x)), then y + mlp(norm(y)): one layer, its names behind `prefix`. */
export function transformerBlock(
  graph: Graph,
  weights: Weights,
  x: Value,
  { prefix, style, heads }: { prefix: string; style: BlockStyle; heads: number },
): Value {
  const at = (name: string): string => prefix + name;
  const first = layerNorm(graph, weights, x, at(style.norms[0]), style.eps);
  const attended = op.add(x, attend(graph, weights, first, { prefix, heads, names: style.attention }));
  const second = layerNorm(graph, weights, attended, at(style.norms[1]), style.eps);
  const hidden = gelu(linear(graph, weights, second, at(style.mlp[0])), style.gelu);
  return op.add(attended, linear(graph, weights, hidden, at(style.mlp[1])));
}

/** Multi-head attention of the tokens among themselves: softmax(q k / sqrt(d)) v. */
function attend(
  graph: Graph,
  weights: Weights,
  x: Value,
  { prefix, heads, names }: { prefix: string; heads: number; names: Attention },
): Value {
  const [, tokens, width] = x.shape as ['n', number, number];
  const size = width / heads;
  const split = (all: Value): Value => op.transpose(op.reshape(all, ['n', tokens, heads, size]), [0, 2, 1, 3]);
  const [q, k, v] = projections(graph, weights, x, prefix, names).map(split) as [Value, Value, Value];
  const scores = op.matmul(op.mul(q, 1 / Math.sqrt(size)), op.transpose(k, [0, 1, 3, 2]));
  const mixed = op.matmul(op.softmax(scores, -1), v);
  const joined = op.reshape(op.transpose(mixed, [0, 2, 1, 3]), ['n', tokens, width]);
  return linear(graph, weights, joined, prefix + names.out);
}

function projections(graph: Graph, weights: Weights, x: Value, prefix: string, names: Attention): Value[] {
  if (names.kind === 'apart')
    return [names.query, names.key, names.value].map((name) => linear(graph, weights, x, prefix + name));
  const all = linear(graph, weights, x, prefix + names.qkv);
  const width = Number(x.shape.at(-1));
  return [0, 1, 2].map((part) => op.slice(all, 2, part * width, (part + 1) * width));
}

/** Each line of the last axis divided by its length (torch.nn.functional.normalize, eps 1e-12). */
export function l2Normalise(x: Value): Value {
  const length = op.sqrt(op.reduceSum(op.mul(x, x), [-1], true));
  return op.div(x, op.max(length, 1e-12));
}
