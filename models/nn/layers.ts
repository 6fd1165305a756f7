// Layers by their names in the checkpoint, in two spellings: as trained (batch statistics, dropout)
// and as used (BatchNorm folded into the convolution before it, dropout gone). A network is written
// once and given one of them.
import type { Graph, Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';

/** The weights of a network by state-dict name. Throws when a name is missing. */
export type Weights = (name: string) => Float32Tensor;

/** `pads` as conv2d takes them; `bias`: the layer has one, `<name>.bias`. */
export type ConvOptions = { stride?: number; pads?: number | readonly number[]; groups?: number; bias?: boolean };

/**
 * What a network is written with.
 * `name` is a prefix of the state dict, e.g. `encoder.block1.rep.0.conv1`.
 */
export type Layers = {
  readonly graph: Graph;
  /** Convolution: `<name>.weight`, and `<name>.bias` where the options say so. */
  conv2d(x: Value, name: string, options?: ConvOptions): Value;
  /** Convolution, then BatchNorm2d `bnName`. */
  convBatchNorm(x: Value, name: string, bnName: string, options?: ConvOptions): Value;
  /** The matrix [in, out] of a Linear without bias, whose `<name>.weight` is [out, in]. */
  matrix(name: string): Value;
  /** x [..., in] -> [..., out] without bias. */
  linear(x: Value, name: string): Value;
  dropout(x: Value, name: string): Value;
  weights: Weights;
};

/** eps of torch.nn.BatchNorm2d where a network does not say otherwise. */
export const BATCH_NORM_EPS = 1e-5;

/**
 * Scale and shift per channel that BatchNorm2d amounts to with its running statistics: y = x *
 * scale + shift, scale = weight / sqrt(running_var + eps), shift = bias - running_mean * scale.
 * float64 inside.
 */
export function affineFromBatchNorm(
  weights: Weights,
  name: string,
  eps = BATCH_NORM_EPS,
): { scale: Float64Array; shift: Float64Array } {
  const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (leaf) => weights(`${name}.${leaf}`).data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(weight, (w, c) => w / Math.sqrt(variance[c]! + eps));
  const shift = Float64Array.from(bias, (b, c) => b - mean[c]! * scale[c]!);
  return { scale, shift };
}

/**
 * A convolution weight with the BatchNorm after it folded in: weight * scale per output channel.
 */
function scaledWeight({ shape, data }: Float32Tensor, scale: Float64Array): Float32Tensor {
  const perChannel = data.length / shape[0]!;
  const scaled = new Float32Array(data.length);
  for (let c = 0, i = 0; c < scale.length; c++)
    for (const end = (c + 1) * perChannel; i < end; i++) scaled[i] = data[i]! * scale[c]!;
  return float32Tensor(shape, scaled);
}

/** [out, in] -> [in, out], so that a linear layer is one matrix product. */
export function transposed({ shape, data }: Float32Tensor): Float32Tensor {
  const [rows, columns] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c]!;
  return float32Tensor([columns, rows], turned);
}

/** Layers for inference. The graph's parameters are the folded weights. */
export function inferenceLayers(
  graph: Graph,
  weights: Weights,
  { batchNormEps = BATCH_NORM_EPS }: { batchNormEps?: number } = {},
): Layers {
  const matrix = (name: string) => graph.parameter(`${name}.weight`, transposed(weights(`${name}.weight`)));
  return {
    graph,
    weights,
    conv2d: (x, name, { bias, ...options } = {}) =>
      op.conv2d(x, graph.parameter(`${name}.weight`, weights(`${name}.weight`)), {
        ...options,
        ...(bias ? { bias: graph.parameter(`${name}.bias`, weights(`${name}.bias`)) } : {}),
      }),
    convBatchNorm: (x, name, bnName, { bias, ...options } = {}) => {
      const { scale, shift } = affineFromBatchNorm(weights, bnName, batchNormEps);
      const own = bias ? weights(`${name}.bias`).data : undefined;
      const folded = Float32Array.from(shift, (value, c) => value + (own ? own[c]! * scale[c]! : 0));
      const weight = graph.parameter(`${name}.weight`, scaledWeight(weights(`${name}.weight`), scale));
      const shifts = graph.parameter(`${bnName}.folded`, float32Tensor([folded.length], folded));
      return op.conv2d(x, weight, { ...options, bias: shifts });
    },
    matrix,
    linear: (x, name) => op.matmul(x, matrix(name)),
    dropout: (x) => x,
  };
}

/** Depthwise 3x3 convolution, then pointwise 1x1, without bias (timm's SeparableConv2d). */
export function separableConv2d(layers: Layers, x: Value, name: string, bnName: string): Value {
  const channels = Number(x.shape[1]);
  const depthwise = layers.conv2d(x, `${name}.conv1`, { pads: 1, groups: channels });
  return layers.convBatchNorm(depthwise, `${name}.pointwise`, bnName);
}

/**
 * Matrix [to, from] that resamples a line bilinearly with aligned corners (torch interpolate,
 * align_corners=True).
 */
export function bilinearMatrix(from: number, to: number): Float32Tensor {
  const data = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    const position = to === 1 ? 0 : (row * (from - 1)) / (to - 1);
    const below = Math.min(Math.floor(position), from - 1);
    const above = Math.min(below + 1, from - 1);
    data[row * from + below]! += 1 - (position - below);
    data[row * from + above]! += position - below;
  }
  return float32Tensor([to, from], data);
}

/** Bilinear resize of the last two axes with aligned corners, as two fixed matrix products. */
export function resizeBilinear(x: Value, height: number, width: number): Value {
  const { graph } = x;
  const rows = graph.constant(bilinearMatrix(Number(x.shape[2]), height));
  const columns = graph.constant(transposed(bilinearMatrix(Number(x.shape[3]), width)));
  return op.matmul(op.matmul(rows, x), columns);
}
