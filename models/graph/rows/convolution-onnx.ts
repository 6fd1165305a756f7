// The ONNX spelling of convolution and its two gradients.
import type { Shape } from '../graph.ts';
import type { Emitter } from '../op-row.ts';
import type { Sliding } from './sliding.ts';

type Kernel = readonly [number, number];

/** A convolution whose every channel is by itself. */
const isDepthwise = (weight: readonly number[], groups: number): boolean =>
  groups > 1 && weight[1] === 1 && weight[0] === groups;

/**
 * [Note: blocked layout] On the CPU ONNX Runtime keeps convolutions of constant weights in a layout
 * of 8 or 16 channels a block. A training graph's weights are inputs, so it stays out of that
 * layout unless asked by hand (domain com.microsoft.nchwc). For [8, 728, 19, 19] on one core that
 * takes a depthwise convolution from 4.3 to 1.5 ms and its weight gradient from 11.5 (nine shifted
 * multiply-reduces) to 2.2 ms. Batch and channels become one axis: n * c is a multiple of 16 where
 * c alone (728) is not, and the reordered kernel is then the blocked filter, whatever the block is.
 */
const BLOCK = 16;
const BLOCKED_DOMAIN = 'com.microsoft.nchwc';

const fitsBlocks = (emitter: Emitter, x: Shape): boolean =>
  emitter.blockedLayout && typeof x[0] === 'number' && (x[0] * Number(x[1])) % BLOCK === 0;

const emitReshape = (emitter: Emitter, x: string, shape: readonly number[]): string =>
  emitter.node('Reshape', [x, emitter.int64s(shape)]);

type BlockedSizes = { x: readonly number[]; kernel: Kernel; pads: readonly number[]; y: readonly number[] };

/**
 * Stride 1 convolution of every plane of x [n, c, h, w] with its own kernel of `kernels` [n, c, kh,
 * kw].
 */
function emitBlocked(emitter: Emitter, x: string, kernels: string, { x: size, kernel, pads, y }: BlockedSizes): string {
  const planes = size[0]! * size[1]!;
  const toBlocks = (name: string, height: number, width: number): string =>
    emitter.node('ReorderInput', [emitReshape(emitter, name, [1, planes, height, width])], {}, BLOCKED_DOMAIN);
  const filter = emitReshape(emitter, toBlocks(kernels, ...kernel), [planes, 1, ...kernel]);
  const blocked = emitter.node(
    'Conv',
    [toBlocks(x, size[2]!, size[3]!), filter],
    { kernel_shape: kernel, strides: [1, 1], pads, group: planes },
    BLOCKED_DOMAIN,
  );
  return emitReshape(emitter, emitter.node('ReorderOutput', [blocked], { channels: planes }, BLOCKED_DOMAIN), y);
}

type ConvShapes = { x: Shape; weight: readonly number[]; y: Shape };

/** conv2d; `inputs` are x, the weight and perhaps a bias. */
export function emitConv(emitter: Emitter, inputs: readonly string[], sliding: Sliding, shapes: ConvShapes): string {
  const { stride, groups, pads } = sliding;
  const { x, weight, y } = shapes;
  const kernel = weight.slice(2) as [number, number];
  const blocked = isDepthwise(weight, groups) && stride === 1 && inputs.length === 2 && fitsBlocks(emitter, x);
  if (!blocked)
    return emitter.node('Conv', inputs, { kernel_shape: kernel, strides: [stride, stride], pads, group: groups });
  const row = emitReshape(emitter, inputs[1]!, [1, groups, ...kernel]);
  const perPicture = emitter.node('Expand', [row, emitter.int64s([Number(x[0]), groups, ...kernel])]);
  return emitBlocked(emitter, inputs[0]!, perPicture, { x: x as number[], kernel, pads, y: y as number[] });
}

/**
 * The weight for the way back at stride 1: in and out channels swapped (dense only), kernel rotated
 * by 180 degrees.
 */
function emitTurned(emitter: Emitter, weight: string, depthwise: boolean, kernel: Kernel): string {
  const swapped = depthwise ? weight : emitter.node('Transpose', [weight], { perm: [1, 0, 2, 3] });
  if (kernel[0] === 1 && kernel[1] === 1) return swapped;
  const lists = [[-1, -1], kernel.map((length) => -length - 1), [2, 3], [-1, -1]];
  return emitter.node('Slice', [swapped, ...lists.map((list) => emitter.int64s(list))]);
}

/**
 * Gradient with respect to x: a convolution with the turned weight where the stride is 1, else
 * ConvTranspose.
 */
export function emitConvInput(
  emitter: Emitter,
  [dy, weight]: readonly [string, string],
  sliding: Sliding,
  shapes: { dy: Shape; weight: readonly number[]; x: Shape },
): string {
  const { stride, groups, pads } = sliding;
  const [out, channels, ...rest] = shapes.weight as [number, number, number, number];
  const kernel = rest as Kernel;
  const depthwise = isDepthwise(shapes.weight, groups);
  if (stride === 1 && (groups === 1 || depthwise)) {
    const [top, left, bottom, right] = pads.map((pad, side) => kernel[side % 2]! - 1 - pad) as [
      number,
      number,
      number,
      number,
    ];
    const turned = depthwise ? shapes.weight : [channels, out, ...kernel];
    const back = { stride, groups, pads: [top, left, bottom, right] } as const;
    const inputs = [dy, emitTurned(emitter, weight, depthwise, kernel)];
    return emitConv(emitter, inputs, back, { x: shapes.dy, weight: turned, y: shapes.x });
  }
  const unseen = [0, 1].map((axis) => {
    const seen = (Number(shapes.dy[axis + 2]) - 1) * stride + kernel[axis]!;
    return Number(shapes.x[axis + 2]) + pads[axis]! + pads[axis + 2]! - seen;
  });
  const attributes = { kernel_shape: kernel, strides: [stride, stride], pads, group: groups, output_padding: unseen };
  return emitter.node('ConvTranspose', [dy, weight], attributes);
}

/** What the gradient with respect to the weight is made from. */
export type WeightCall = {
  x: string;
  dy: string;
  sliding: Sliding;
  shapes: { x: Shape; dy: Shape; weight: readonly number[] };
};

/** Gradient with respect to the weight, dense or depthwise. */
export function emitConvWeight(emitter: Emitter, call: WeightCall): string {
  const { groups, stride } = call.sliding;
  if (groups === 1) return emitDenseWeight(emitter, call);
  const blocked = stride === 1 && fitsBlocks(emitter, call.shapes.x);
  return blocked ? emitBlockedWeight(emitter, call) : emitDepthwiseWeight(emitter, call);
}

/**
 * One matrix product [o, P] x [P, c] for each picture and kernel element, summed over the pictures.
 */
function emitDenseWeight(emitter: Emitter, call: WeightCall): string {
  const [out, channels] = call.shapes.weight as [number, number];
  const pixels = Number(call.shapes.dy[2]) * Number(call.shapes.dy[3]);
  const rows = emitReshape(emitter, call.dy, [-1, out, pixels]);
  const products = shiftsOf(emitter, call).map((shifted) => {
    const columns = emitReshape(emitter, shifted, [-1, channels, pixels]);
    const product = emitter.node('MatMul', [rows, emitter.node('Transpose', [columns], { perm: [0, 2, 1] })]);
    return emitter.node('ReduceSum', [product, emitter.int64s([0])], { keepdims: 0 });
  });
  return emitStacked(emitter, products, [out, channels], call.shapes.weight);
}

/** One product per kernel element, summed over pictures and pixels. */
function emitDepthwiseWeight(emitter: Emitter, call: WeightCall): string {
  const sums = shiftsOf(emitter, call).map((shifted) => {
    const product = emitter.node('Mul', [shifted, call.dy]);
    return emitter.node('ReduceSum', [product, emitter.int64s([0, 2, 3])], { keepdims: 0 });
  });
  return emitStacked(emitter, sums, [call.shapes.weight[0]!, 1], call.shapes.weight);
}

/**
 * Every plane convolved with its own upstream gradient as kernel: what is left are the places of
 * the small kernel.
 */
function emitBlockedWeight(emitter: Emitter, { x, dy, sliding, shapes }: WeightCall): string {
  const [channels, , kernelY, kernelX] = shapes.weight as [number, number, number, number];
  const perPicture = emitBlocked(emitter, x, dy, {
    x: shapes.x as number[],
    kernel: shapes.dy.slice(2) as [number, number],
    pads: sliding.pads,
    y: [Number(shapes.x[0]), channels, kernelY, kernelX],
  });
  const sum = emitter.node('ReduceSum', [perPicture, emitter.int64s([0])], { keepdims: 0 });
  return emitReshape(emitter, sum, shapes.weight);
}

type Windows = { kernel: Kernel; stride: number; pads: readonly number[]; size: readonly number[] };

/**
 * The part of x that each kernel element meets, [n, c, ...size]; kernel elements in reading order.
 * `outside`: what lies around x.
 */
export function emitShifts(
  emitter: Emitter,
  x: string,
  { kernel: [kernelY, kernelX], stride, pads, size }: Windows,
  outside = 0,
): string[] {
  const padding = pads.some((pad) => pad !== 0);
  if (kernelY === 1 && kernelX === 1 && stride === 1 && !padding) return [x];
  const around = emitter.int64s([0, 0, pads[0]!, pads[1]!, 0, 0, pads[2]!, pads[3]!]);
  const padded = padding ? emitter.node('Pad', [x, around, emitter.float32(outside)]) : x;
  return Array.from({ length: kernelY * kernelX }, (_, i) => {
    const starts = [Math.floor(i / kernelX), i % kernelX];
    const ends = starts.map((start, axis) => start + (size[axis]! - 1) * stride + 1);
    const lists = [starts, ends, [2, 3], [stride, stride]];
    return emitter.node('Slice', [padded, ...lists.map((list) => emitter.int64s(list))]);
  });
}

const shiftsOf = (emitter: Emitter, { x, sliding: { stride, pads }, shapes }: WeightCall): string[] =>
  emitShifts(emitter, x, {
    kernel: shapes.weight.slice(2) as [number, number],
    stride,
    pads,
    size: shapes.dy.slice(2).map(Number),
  });

/** Joins the gradients of the kernel elements, each of shape `part`, along a new last axis. */
function emitStacked(
  emitter: Emitter,
  parts: readonly string[],
  part: readonly number[],
  shape: readonly number[],
): string {
  const columns = parts.map((name) => emitReshape(emitter, name, [...part, 1]));
  const joined = columns.length === 1 ? columns[0]! : emitter.node('Concat', columns, { axis: 2 });
  return emitReshape(emitter, joined, shape);
}
