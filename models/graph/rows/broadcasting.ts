// Ops on pairs of elements, broadcasting as NumPy does.
import type { Value } from '../graph.ts';
import { broadcastReaderOf, fillArray } from '../nd-array.ts';
import type { Emitter, OpRow, Sample } from '../op-row.ts';
import * as op from '../ops.ts';
import { broadcastShapes } from '../shapes.ts';
import { sumTo } from '../sum-to.ts';

type Binary = {
  of: (a: number, b: number) => number;
  /** Partial derivatives times `upstream`; null where they are zero almost everywhere. */
  gradient: readonly ((a: Value, b: Value, upstream: Value, y: Value) => Value)[] | null;
  emit: string | ((emitter: Emitter, inputs: readonly string[]) => string);
  /** Smallest number of the samples; -2 unless told. */
  low?: number;
};

const samples = (low = -2): Sample[] => {
  const pair = (a: number[], b: number[]): Sample => ({
    inputs: [
      { shape: a, low, high: 3 },
      { shape: b, low, high: 3 },
    ],
  });
  return [pair([2, 3], [2, 3]), pair([2, 3, 2], [3, 1]), pair([4], [2, 1, 4]), pair([2, 2], [])];
};

const binary = ({ of, gradient, emit, low }: Binary): OpRow => ({
  shape: ([a, b]) => broadcastShapes(a!, b!),
  evaluate: ([a, b], _attributes, shape) => {
    const [left, right] = [broadcastReaderOf(a!, shape.length), broadcastReaderOf(b!, shape.length)];
    return fillArray(shape, (place) => of(left(place), right(place)));
  },
  gradient: ({ inputs: [a, b], output, upstream }) =>
    gradient
      ? [a!, b!].map((input, i) => () => sumTo(gradient[i]!(a!, b!, upstream, output), input.shape))
      : [null, null],
  emit: (emitter, inputs) => (typeof emit === 'string' ? emitter.node(emit, inputs) : emit(emitter, inputs)),
  samples: samples(low),
});

/** 1 where a > b, one half where equal (PyTorch's choice for max and min), 0 elsewhere. */
const wins = (a: Value, b: Value): Value => op.add(op.step(op.sub(a, b)), op.mul(op.equal(a, b), 0.5));

export const broadcastingRows = {
  add: binary({
    of: (a, b) => a + b,
    gradient: [(_a, _b, upstream) => upstream, (_a, _b, upstream) => upstream],
    emit: 'Add',
  }),
  sub: binary({
    of: (a, b) => a - b,
    gradient: [(_a, _b, upstream) => upstream, (_a, _b, upstream) => op.neg(upstream)],
    emit: 'Sub',
  }),
  mul: binary({
    of: (a, b) => a * b,
    gradient: [(_a, b, upstream) => op.mul(upstream, b), (a, _b, upstream) => op.mul(upstream, a)],
    emit: 'Mul',
  }),
  div: binary({
    of: (a, b) => a / b,
    gradient: [
      (_a, b, upstream) => op.div(upstream, b),
      (_a, b, upstream, y) => op.neg(op.div(op.mul(upstream, y), b)),
    ],
    emit: 'Div',
    low: 0.5,
  }),
  max: binary({
    of: Math.max,
    gradient: [(a, b, upstream) => op.mul(upstream, wins(a, b)), (a, b, upstream) => op.mul(upstream, wins(b, a))],
    emit: 'Max',
  }),
  min: binary({
    of: Math.min,
    gradient: [(a, b, upstream) => op.mul(upstream, wins(b, a)), (a, b, upstream) => op.mul(upstream, wins(a, b))],
    emit: 'Min',
  }),
  /** 1 where a = b, else 0. */
  equal: binary({
    of: (a, b) => (a === b ? 1 : 0),
    gradient: null,
    emit: (emitter, inputs) => emitter.node('Cast', [emitter.node('Equal', inputs)], { to: 1 }),
  }),
} satisfies Record<string, OpRow>;
