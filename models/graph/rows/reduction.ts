// Sums and means over axes, softmax, and the matrix product: what mixes elements.

import { sizeFromShape, stridesFromShape } from '../../tensor/tensor.ts';
import type { Dim, Shape, Value } from '../graph.ts';
import { broadcastReaderOf, fillArray, forEachPlace } from '../nd-array.ts';
import { type Attributes, numberFrom, numbersFrom, type OpRow } from '../op-row.ts';
import * as op from '../ops.ts';
import { axisFrom, broadcastShapes, lengthFrom, wordsFromShape } from '../shapes.ts';
import { sumTo } from '../sum-to.ts';

const axesFrom = (attributes: Attributes, rank: number): number[] =>
  numbersFrom(attributes, 'axes').map((axis) => axisFrom(axis, rank));

/** `shape` with the reduced axes kept as 1. */
const keptShape = (shape: Shape, axes: readonly number[]): Dim[] =>
  shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));

/** How many elements each result is made of. */
const countOf = (shape: Shape, axes: readonly number[]): number =>
  axes.reduce((count, axis) => count * lengthFrom(shape[axis], 'mean over an axis'), 1);

const reducing = (opType: 'ReduceSum' | 'ReduceMean'): OpRow => ({
  shape: ([x], attributes) => {
    const axes = axesFrom(attributes, x!.length);
    return numberFrom(attributes, 'keepDims') ? keptShape(x!, axes) : x!.filter((_, axis) => !axes.includes(axis));
  },
  evaluate: ([x], attributes, shape) => {
    const axes = axesFrom(attributes, x!.shape.length);
    const strides = stridesFromShape(keptShape(x!.shape, axes) as number[]);
    const sum = new Float64Array(sizeFromShape(shape));
    forEachPlace(x!.shape, (place, at) => {
      sum[place.reduce((to, i, axis) => (axes.includes(axis) ? to : to + i * strides[axis]!), 0)]! += x!.data[at]!;
    });
    return opType === 'ReduceSum' ? sum : sum.map((value) => value / countOf(x!.shape, axes));
  },
  gradient: ({ inputs: [x], attributes, upstream }) => [
    () => {
      const axes = axesFrom(attributes, x!.shape.length);
      const kept = op.reshape(upstream, keptShape(x!.shape, axes));
      return opType === 'ReduceSum' ? kept : op.mul(kept, 1 / countOf(x!.shape, axes));
    },
  ],
  emit: (emitter, [x], attributes) =>
    emitter.node(opType, [x!, emitter.int64s(numbersFrom(attributes, 'axes'))], {
      keepdims: numberFrom(attributes, 'keepDims'),
    }),
  samples: [
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [1], keepDims: 0 } },
    { inputs: [{ shape: [2, 3, 2, 2] }], attributes: { axes: [0, 2, 3], keepDims: 1 } },
    { inputs: [{ shape: [3, 2] }], attributes: { axes: [0, 1], keepDims: 0 } },
  ],
});

/** Exponentials over one axis, divided by their sum. */
const softmax: OpRow = {
  shape: ([x]) => x!,
  evaluate: ([x], attributes, shape) => {
    const axis = numberFrom(attributes, 'axis');
    const { length, stride } = { length: shape[axis]!, stride: stridesFromShape(shape)[axis]! };
    return x!.data.map((value, at) => {
      const first = at - (Math.floor(at / stride) % length) * stride;
      const line = Array.from({ length }, (_, i) => x!.data[first + i * stride]!);
      return 1 / line.reduce((sum, other) => sum + Math.exp(other - value), 0);
    });
  },
  gradient: ({ output: y, attributes, upstream }) => [
    () => {
      const weighted = op.mul(upstream, y);
      return op.mul(y, op.sub(upstream, op.reduceSum(weighted, [numberFrom(attributes, 'axis')], true)));
    },
  ],
  emit: (emitter, inputs, attributes) => emitter.node('Softmax', inputs, { axis: numberFrom(attributes, 'axis') }),
  samples: [
    { inputs: [{ shape: [2, 5] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [2, 3, 2] }], attributes: { axis: 1 } },
  ],
};

const swapLast = (x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return op.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
};

/** Rows of all matrices of a stack as one matrix. */
const asRows = (x: Value): Value => {
  const rows = x.shape.slice(0, -1).reduce<number>((count, dim) => count * lengthFrom(dim, 'matmul gradient'), 1);
  return op.reshape(x, [rows, x.shape.at(-1)!]);
};

/** Batched matrix product over the last two axes; the axes before them broadcast. */
const matmul: OpRow = {
  shape: ([a, b]) => {
    const [rows, inner] = a!.slice(-2);
    const [innerB, columns] = b!.slice(-2);
    if (a!.length < 2 || b!.length < 2 || inner !== innerB)
      throw new Error(`matmul: ${wordsFromShape(a!)} x ${wordsFromShape(b!)} do not fit.`);
    return [...broadcastShapes(a!.slice(0, -2), b!.slice(0, -2)), rows!, columns!];
  },
  evaluate: ([a, b], _attributes, shape) => {
    const [left, right] = [broadcastReaderOf(a!, shape.length), broadcastReaderOf(b!, shape.length)];
    const inner = a!.shape.at(-1)!;
    return fillArray(shape, (place) => {
      const [row, column] = [[...place], [...place]];
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        row[row.length - 1] = k;
        column[column.length - 2] = k;
        sum += left(row) * right(column);
      }
      return sum;
    });
  },
  /**
   * A stack of matrices times one matrix is one tall product; its gradient would otherwise be a
   * stack to sum.
   */
  gradient: ({ inputs: [a, b], upstream }) => [
    () => sumTo(op.matmul(upstream, swapLast(b!)), a!.shape),
    () =>
      b!.shape.length === 2
        ? op.matmul(swapLast(asRows(a!)), asRows(upstream))
        : sumTo(op.matmul(swapLast(a!), upstream), b!.shape),
  ],
  emit: (emitter, inputs) => emitter.node('MatMul', inputs),
  samples: [
    { inputs: [{ shape: [3, 4] }, { shape: [4, 2] }] },
    { inputs: [{ shape: [2, 3, 4] }, { shape: [4, 2] }] },
    { inputs: [{ shape: [3, 4] }, { shape: [2, 2, 4, 5] }] },
    { inputs: [{ shape: [2, 1, 2, 3] }, { shape: [2, 3, 2] }] },
  ],
};

export const reductionRows = {
  reduceSum: reducing('ReduceSum'),
  reduceMean: reducing('ReduceMean'),
  softmax,
  matmul,
} satisfies Record<string, OpRow>;
