// Ops on each element by itself. `relu` is the row to take as an example when adding an op.

import { erf } from '../../tensor/erf.ts';
import type { Value } from '../graph.ts';
import { type Emitter, numberFrom, type OpRow, type Sample } from '../op-row.ts';
import * as op from '../ops.ts';

type Unary = {
  /** The function on one number. */
  of: (x: number) => number;
  /**
   * Its derivative times `upstream`, spelt with the input x and the result y; null where it is zero
   * almost everywhere.
   */
  gradient: ((x: Value, y: Value, upstream: Value) => Value) | null;
  emit: string | ((emitter: Emitter, x: string) => string);
  /** Range of the sample; -2 to 2 unless told. */
  low?: number;
  high?: number;
};

const range = (low = -2, high = 2): Sample => ({ inputs: [{ shape: [2, 3, 5], low, high }] });

const unary = ({ of, gradient, emit, low, high }: Unary): OpRow => ({
  shape: ([x]) => x!,
  evaluate: ([x]) => x!.data.map(of),
  gradient: ({ inputs: [x], output, upstream }) => [gradient && (() => gradient(x!, output, upstream))],
  emit: (emitter, [x]) => (typeof emit === 'string' ? emitter.node(emit, [x!]) : emit(emitter, x!)),
  samples: [range(low, high)],
});

export const elementwiseRows = {
  neg: unary({ of: (x) => -x, gradient: (_x, _y, upstream) => op.neg(upstream), emit: 'Neg' }),
  abs: unary({ of: Math.abs, gradient: (x, _y, upstream) => op.mul(upstream, op.sign(x)), emit: 'Abs' }),
  sign: unary({ of: Math.sign, gradient: null, emit: 'Sign' }),
  sqrt: unary({
    of: Math.sqrt,
    gradient: (_x, y, upstream) => op.div(op.mul(upstream, 0.5), y),
    emit: 'Sqrt',
    low: 0.5,
    high: 4,
  }),
  exp: unary({ of: Math.exp, gradient: (_x, y, upstream) => op.mul(upstream, y), emit: 'Exp' }),
  log: unary({ of: Math.log, gradient: (x, _y, upstream) => op.div(upstream, x), emit: 'Log', low: 0.5, high: 4 }),
  relu: unary({
    of: (x) => Math.max(x, 0),
    gradient: (_x, y, upstream) => op.mul(upstream, op.step(y)),
    emit: 'Relu',
  }),
  sigmoid: unary({
    of: (x) => 1 / (1 + Math.exp(-x)),
    gradient: (_x, y, upstream) => op.mul(upstream, op.mul(y, op.sub(1, y))),
    emit: 'Sigmoid',
  }),
  tanh: unary({
    of: Math.tanh,
    gradient: (_x, y, upstream) => op.mul(upstream, op.sub(1, op.mul(y, y))),
    emit: 'Tanh',
  }),
  erf: unary({
    of: erf,
    gradient: (x, _y, upstream) => op.mul(upstream, op.mul(op.exp(op.neg(op.mul(x, x))), 2 / Math.sqrt(Math.PI))),
    emit: 'Erf',
  }),
  /** log(1 + exp(x)), without overflow. */
  softplus: unary({
    of: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    gradient: (x, _y, upstream) => op.mul(upstream, op.sigmoid(x)),
    emit: 'Softplus',
  }),
  /**
   * 1 where x > 0, else 0: the derivative of relu. HardSigmoid is max(0, min(1, alpha x + beta));
   * with this alpha it is the step for every normal float32, in one pass where Greater, Cast and
   * their temporaries take three.
   */
  step: unary({
    of: (x) => (x > 0 ? 1 : 0),
    gradient: null,
    emit: (emitter, x) => emitter.node('HardSigmoid', [x], { alpha: 3e38, beta: 0 }),
  }),
  /** Limits to [min, max]. Its gradient is 1 at the limits themselves, as in PyTorch. */
  clip: {
    shape: ([x]) => x!,
    evaluate: ([x], attributes) => {
      const [low, high] = [numberFrom(attributes, 'min'), numberFrom(attributes, 'max')];
      return x!.data.map((value) => Math.min(high, Math.max(low, value)));
    },
    gradient: ({ inputs: [x], attributes, upstream }) => [
      () => {
        const below = op.step(op.sub(numberFrom(attributes, 'min'), x!));
        const above = op.step(op.sub(x!, numberFrom(attributes, 'max')));
        return op.mul(upstream, op.sub(1, op.add(below, above)));
      },
    ],
    emit: (emitter, [x], attributes) =>
      emitter.node('Clip', [
        x!,
        emitter.float32(numberFrom(attributes, 'min')),
        emitter.float32(numberFrom(attributes, 'max')),
      ]),
    samples: [{ ...range(), attributes: { min: -0.5, max: 1 } }],
  },
} satisfies Record<string, OpRow>;
