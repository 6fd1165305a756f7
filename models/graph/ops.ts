// The ops as functions of Values: what networks, losses and gradients are written with.
import type { Dim, Shape, Value } from './graph.ts';
import type { Pool, Sliding } from './rows/sliding.ts';
import { axisFrom } from './shapes.ts';

type Operand = Value | number;

const both = (a: Operand, b: Operand): [Value, Value] => {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? a.graph.scalar(b) : b];
  if (typeof b === 'number') throw new Error('One operand must be a Value.');
  return [b.graph.scalar(a), b];
};

const binary =
  (op: 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'equal') =>
  (a: Operand, b: Operand): Value => {
    const [x, y] = both(a, b);
    return x.graph.apply(op, [x, y]);
  };

const unary =
  (op: 'neg' | 'abs' | 'sign' | 'sqrt' | 'exp' | 'log' | 'relu' | 'sigmoid' | 'tanh' | 'erf' | 'softplus' | 'step') =>
  (x: Value): Value =>
    x.graph.apply(op, [x]);

/** Element-wise, broadcasting; numbers are scalars. */
export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
export const div = binary('div');
export const max = binary('max');
export const min = binary('min');
/** 1 where equal, else 0. */
export const equal = binary('equal');

export const neg = unary('neg');
export const abs = unary('abs');
export const sign = unary('sign');
export const sqrt = unary('sqrt');
export const exp = unary('exp');
export const log = unary('log');
export const relu = unary('relu');
export const sigmoid = unary('sigmoid');
export const tanh = unary('tanh');
/** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf = unary('erf');
/** log(1 + exp(x)), without overflow. */
export const softplus = unary('softplus');
/** 1 where x > 0, else 0. */
export const step = unary('step');

/** Limits to [low, high]. */
export const clip = (x: Value, low: number, high: number): Value => x.graph.apply('clip', [x], { min: low, max: high });

/** Exponentials over one axis, divided by their sum. */
export const softmax = (x: Value, axis: number): Value =>
  x.graph.apply('softmax', [x], { axis: axisFrom(axis, x.shape.length) });

/** Batched matrix product of the last two axes. */
export const matmul = (a: Value, b: Value): Value => a.graph.apply('matmul', [a, b]);

/** How a convolution slides. `pads` is one number for all sides or [top, left, bottom, right]. */
export type Conv2dOptions = { stride?: number; pads?: number | readonly number[]; groups?: number; bias?: Value };

const fourPads = (pads: number | readonly number[]): readonly number[] =>
  typeof pads === 'number' ? [pads, pads, pads, pads] : pads;

/**
 * Cross-correlation of x [n, c, h, w] with weight [o, c / groups, kh, kw]
 * (torch.nn.functional.conv2d).
 */
export function conv2d(x: Value, weight: Value, { stride = 1, pads = 0, groups = 1, bias }: Conv2dOptions = {}): Value {
  return x.graph.apply('conv2d', bias ? [x, weight, bias] : [x, weight], { stride, pads: fourPads(pads), groups });
}

/**
 * Gradient of conv2d with respect to its input of `size` [h, w]; how it slides is all of conv2d's
 * options.
 */
export const conv2dInput = (
  dy: Value,
  weight: Value,
  size: readonly number[],
  { stride, groups, pads }: Sliding,
): Value => dy.graph.apply('conv2dInput', [dy, weight], { size, stride, groups, pads });

/** Gradient of conv2d with respect to its weight, whose kernel is `kernel` [h, w]. */
export const conv2dWeight = (
  x: Value,
  dy: Value,
  kernel: readonly number[],
  { stride, groups, pads }: Sliding,
): Value => x.graph.apply('conv2dWeight', [x, dy], { kernel, stride, groups, pads });

/** x [n, c, h, w] times scale [c] plus shift [c], channel by channel. */
export const channelAffine = (x: Value, scale: Value, shift: Value): Value =>
  x.graph.apply('channelAffine', [x, scale, shift]);

/**
 * torch.nn.functional.batch_norm with training=True: normalised over the batch's own statistics.
 */
export const batchNorm2d = (x: Value, weight: Value, bias: Value, eps: number): Value =>
  x.graph.apply('batchNorm2d', [x, weight, bias], { eps });

/**
 * torch.nn.functional.layer_norm over the last axis: (x - mean) / sqrt(variance + eps) * weight +
 * bias.
 */
export const layerNorm = (x: Value, weight: Value, bias: Value, eps: number): Value =>
  x.graph.apply('layerNorm', [x, weight, bias], { eps });

/**
 * Statistics of each channel over batch and place: mean [1, c, 1, 1], x - mean, and variance [c]
 * (not Bessel's).
 */
export function channelMoments(x: Value): { mean: Value; centred: Value; variance: Value } {
  const mean = reduceMean(x, [0, 2, 3], true);
  const centred = sub(x, mean);
  return { mean, centred, variance: reduceMean(mul(centred, centred), [0, 2, 3]) };
}

/** Largest value under a square window; padding never wins. */
export const maxPool2d = (x: Value, kernel: number, stride: number, pads: number | readonly number[]): Value =>
  x.graph.apply('maxPool2d', [x], { kernel, stride, pads: fourPads(pads) });

/** Gradient of maxPool2d with respect to its input x; dy has the shape of the pooled picture. */
export const maxPool2dInput = (x: Value, dy: Value, { kernel, stride, pads }: Pool): Value =>
  x.graph.apply('maxPool2dInput', [x, dy], { kernel, stride, pads });

/** From `values`, shaped as x, what lies where x wins its windows. */
export const maxPool2dWinners = (x: Value, values: Value, { kernel, stride, pads }: Pool): Value =>
  x.graph.apply('maxPool2dWinners', [x, values], { kernel, stride, pads });

/** Repeats each pixel `factor` times along both axes of the picture. */
export const upsampleNearest2d = (x: Value, factor: number): Value =>
  x.graph.apply('upsampleNearest2d', [x], { factor });

const reduction =
  (op: 'reduceSum' | 'reduceMean') =>
  (x: Value, axes: readonly number[], keepDims = false): Value =>
    x.graph.apply(op, [x], { axes: axes.map((axis) => axisFrom(axis, x.shape.length)), keepDims: keepDims ? 1 : 0 });

export const reduceSum = reduction('reduceSum');
export const reduceMean = reduction('reduceMean');

/** Same elements, other axes; one -1 takes what is left. */
export const reshape = (x: Value, shape: readonly (Dim | -1)[]): Value => x.graph.apply('reshape', [x], { shape });

/** Axis i of the result is axis perm[i] of x. */
export const transpose = (x: Value, perm: readonly number[]): Value => x.graph.apply('transpose', [x], { perm });

export const concat = (values: readonly Value[], axis: number): Value =>
  values[0]!.graph.apply('concat', values, { axis: axisFrom(axis, values[0]!.shape.length) });

/** Elements start, start + step, ... below `end` of one axis. */
export const slice = (x: Value, axis: number, start: number, end: number, step = 1): Value =>
  x.graph.apply('slice', [x], { axis: axisFrom(axis, x.shape.length), start, end, step });

export const pad = (x: Value, before: readonly number[], after: readonly number[], value = 0): Value =>
  x.graph.apply('pad', [x], { before, after, value });

/**
 * Repeats along axes of length 1. `like` has the free batch axis first, for a target that has it
 * and an x that has not.
 */
export const expand = (x: Value, shape: Shape, like?: Value): Value =>
  x.graph.apply('expand', like ? [x, like] : [x], { shape });
