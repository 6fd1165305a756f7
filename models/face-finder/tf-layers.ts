// Convolutions as TensorFlow pads them ('same': the odd pixel goes to the right and the bottom), on
// the weights of tfjs-weights.ts. Shared by the networks that come with @vladmandic/face-api.
import type { Graph, Value } from '../graph/graph.ts';
import { conv2d } from '../graph/ops.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import { convWeightFromTf } from './tfjs-weights.ts';

export type TfWeights = ReadonlyMap<string, Float32Tensor>;

/** The tensor of that name. Throws when the weights lack it. */
export function tensorOf(weights: TfWeights, name: string): Float32Tensor {
  const tensor = weights.get(name);
  if (!tensor) throw new Error(`The weights lack ${name}.`);
  return tensor;
}

/** [top, left, bottom, right] of TensorFlow's 'same' padding. */
export function samePads(height: number, width: number, kernel: number, stride: number): number[] {
  const total = (size: number) => Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const [y, x] = [total(height), total(width)];
  return [Math.floor(y / 2), Math.floor(x / 2), Math.ceil(y / 2), Math.ceil(x / 2)];
}

/** A convolution with TensorFlow weight `weight`, optional bias, and 'same' padding unless it is 'valid': none. */
export function tfConv2d(
  graph: Graph,
  x: Value,
  weights: TfWeights,
  options: { weight: string; bias?: Float32Tensor; stride?: number; depthwise?: boolean; padding?: 'same' | 'valid' },
): Value {
  const { stride = 1, depthwise = false, padding = 'same' } = options;
  const weight = convWeightFromTf(tensorOf(weights, options.weight), depthwise);
  const [, channels, height, width] = x.shape as [unknown, number, number, number];
  return conv2d(x, graph.parameter(options.weight, weight), {
    stride,
    groups: depthwise ? channels : 1,
    pads: padding === 'valid' ? 0 : samePads(height, width, weight.shape[2]!, stride),
    ...(options.bias ? { bias: graph.parameter(`${options.weight}:bias`, options.bias) } : {}),
  });
}

/** A depthwise weight [h, w, c, 1] with a factor per channel multiplied in. */
export function scaleDepthwise({ shape, data }: Float32Tensor, scale: Float64Array): Float32Tensor {
  return float32Tensor(
    shape,
    Float32Array.from(data, (value, i) => value * scale[i % scale.length]!),
  );
}
