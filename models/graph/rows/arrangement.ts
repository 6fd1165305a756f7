// Ops that move, repeat or leave out elements without changing them.
import { sizeFromShape } from '../../tensor/tensor.ts';
import type { Dim, Shape, Value } from '../graph.ts';
import { broadcastReaderOf, fillArray, readerOf } from '../nd-array.ts';
import { type Attributes, numberFrom, numbersFrom, type OpRow } from '../op-row.ts';
import * as op from '../ops.ts';
import { axisFrom, broadcastShapes, lengthFrom, resolveReshape, wordsFromShape } from '../shapes.ts';
import { sumTo } from '../sum-to.ts';

/** Sizes as ONNX wants them: the free batch axis is -1. */
const onnxSizes = (shape: Shape): number[] => shape.map((dim) => (dim === 'n' ? -1 : dim));

const reshape: OpRow = {
  shape: ([x], attributes) => resolveReshape(x!, attributes.shape as readonly (Dim | -1)[]),
  evaluate: ([x]) => x!.data.slice(),
  gradient: ({ inputs: [x], upstream }) => [() => op.reshape(upstream, x!.shape)],
  emit: (emitter, [x], _attributes, { output }) => emitter.node('Reshape', [x!, emitter.int64s(onnxSizes(output))]),
  samples: [
    { inputs: [{ shape: [2, 6] }], attributes: { shape: [3, -1] } },
    { inputs: [{ shape: [2, 3, 2] }], attributes: { shape: [12] } },
  ],
};

const permFrom = (attributes: Attributes, rank: number): number[] => {
  const perm = numbersFrom(attributes, 'perm');
  if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== rank)
    throw new Error(`transpose: [${perm}] is no order of ${rank} axes.`);
  return perm;
};

const transpose: OpRow = {
  shape: ([x], attributes) => permFrom(attributes, x!.length).map((axis) => x![axis]!),
  evaluate: ([x], attributes, shape) => {
    const perm = permFrom(attributes, shape.length);
    const read = readerOf(x!);
    const from = new Array<number>(shape.length);
    return fillArray(shape, (place) => {
      perm.forEach((axis, i) => {
        from[axis] = place[i]!;
      });
      return read(from);
    });
  },
  gradient: ({ inputs: [x], attributes, upstream }) => [
    () => {
      const perm = permFrom(attributes, x!.shape.length);
      return op.transpose(
        upstream,
        perm.map((_, axis) => perm.indexOf(axis)),
      );
    },
  ],
  emit: (emitter, inputs, attributes) => emitter.node('Transpose', inputs, { perm: numbersFrom(attributes, 'perm') }),
  samples: [
    { inputs: [{ shape: [2, 3] }], attributes: { perm: [1, 0] } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { perm: [2, 0, 1] } },
  ],
};

const concat: OpRow = {
  shape: (inputs, attributes) => {
    const axis = axisFrom(numberFrom(attributes, 'axis'), inputs[0]!.length);
    const total = inputs.reduce((size, shape) => size + lengthFrom(shape[axis], 'concat'), 0);
    for (const shape of inputs)
      if (shape.some((dim, i) => i !== axis && dim !== inputs[0]![i]))
        throw new Error(`concat: ${inputs.map(wordsFromShape).join(' and ')} differ outside axis ${axis}.`);
    return inputs[0]!.map((dim, i) => (i === axis ? total : dim));
  },
  evaluate: (inputs, attributes, shape) => {
    const axis = numberFrom(attributes, 'axis');
    const readers = inputs.map(readerOf);
    return fillArray(shape, (place) => {
      const from = [...place];
      let part = 0;
      for (; from[axis]! >= inputs[part]!.shape[axis]!; part++) from[axis]! -= inputs[part]!.shape[axis]!;
      return readers[part]!(from);
    });
  },
  gradient: ({ inputs, attributes, upstream }) => {
    const axis = numberFrom(attributes, 'axis');
    const lengths = inputs.map((input) => lengthFrom(input.shape[axis], 'concat'));
    return lengths.map((length, i) => () => {
      const start = lengths.slice(0, i).reduce((sum, one) => sum + one, 0);
      return op.slice(upstream, axis, start, start + length);
    });
  },
  emit: (emitter, inputs, attributes) => emitter.node('Concat', inputs, { axis: numberFrom(attributes, 'axis') }),
  samples: [{ inputs: [{ shape: [2, 1, 2] }, { shape: [2, 3, 2] }, { shape: [2, 2, 2] }], attributes: { axis: 1 } }],
};

type Cut = { axis: number; start: number; end: number; step: number };

const cutFrom = (attributes: Attributes): Cut => {
  const [axis, start, end, step] = ['axis', 'start', 'end', 'step'].map((name) => numberFrom(attributes, name));
  return { axis: axis!, start: start!, end: end!, step: step! };
};

/**
 * Zeros put back where a slice left elements out: step - 1 behind each, then those before and
 * behind the cut.
 */
function unsliced(upstream: Value, length: number, { axis, start, step }: Cut): Value {
  const taken = lengthFrom(upstream.shape[axis], 'slice gradient');
  const none = upstream.shape.map(() => 0);
  const at = (shape: Shape, value: number): number[] => shape.map((_, i) => (i === axis ? value : 0));
  if (step === 1) return op.pad(upstream, at(none, start), at(none, length - start - taken));
  const split = [...upstream.shape.slice(0, axis + 1), 1, ...upstream.shape.slice(axis + 1)];
  const behind = split.map((_, i) => (i === axis + 1 ? step - 1 : 0));
  const spread = op.pad(
    op.reshape(upstream, split),
    split.map(() => 0),
    behind,
  );
  const joined = op.reshape(
    spread,
    upstream.shape.map((dim, i) => (i === axis ? taken * step : dim)),
  );
  const kept = op.slice(joined, axis, 0, Math.min(taken * step, length - start));
  return op.pad(kept, at(none, start), at(none, length - start - lengthFrom(kept.shape[axis], 'slice gradient')));
}

/** Elements start, start + step, ... below end of one axis. */
const slice: OpRow = {
  shape: ([x], attributes) => {
    const { start, end, step, ...cut } = cutFrom(attributes);
    const axis = axisFrom(cut.axis, x!.length);
    const length = lengthFrom(x![axis], 'slice');
    if (start < 0 || end > length || end <= start) throw new Error(`slice: ${start}..${end} is outside 0..${length}.`);
    return x!.map((dim, i) => (i === axis ? Math.ceil((end - start) / step) : dim));
  },
  evaluate: ([x], attributes, shape) => {
    const { axis, start, step } = cutFrom(attributes);
    const read = readerOf(x!);
    return fillArray(shape, (place) => read(place.map((at, i) => (i === axis ? start + at * step : at))));
  },
  gradient: ({ inputs: [x], attributes, upstream }) => {
    const cut = cutFrom(attributes);
    return [() => unsliced(upstream, lengthFrom(x!.shape[cut.axis], 'slice gradient'), cut)];
  },
  emit: (emitter, [x], attributes) =>
    emitter.node('Slice', [
      x!,
      ...['start', 'end', 'axis', 'step'].map((name) => emitter.int64s([numberFrom(attributes, name)])),
    ]),
  samples: [
    { inputs: [{ shape: [3, 5] }], attributes: { axis: 1, start: 1, end: 4, step: 1 } },
    { inputs: [{ shape: [7, 2] }], attributes: { axis: 0, start: 1, end: 6, step: 2 } },
    { inputs: [{ shape: [2, 6] }], attributes: { axis: 1, start: 0, end: 6, step: 3 } },
  ],
};

/** Adds `value` around: `before` and `after` have one number an axis. */
const pad: OpRow = {
  shape: ([x], attributes) => {
    const before = numbersFrom(attributes, 'before');
    const after = numbersFrom(attributes, 'after');
    return x!.map((dim, i) => (typeof dim === 'number' ? dim + before[i]! + after[i]! : dim));
  },
  evaluate: ([x], attributes, shape) => {
    const before = numbersFrom(attributes, 'before');
    const value = numberFrom(attributes, 'value');
    const read = readerOf(x!);
    return fillArray(shape, (place) => {
      const from = place.map((at, axis) => at - before[axis]!);
      return from.some((at, axis) => at < 0 || at >= x!.shape[axis]!) ? value : read(from);
    });
  },
  gradient: ({ inputs: [x], attributes, upstream }) => [
    () => {
      const before = numbersFrom(attributes, 'before');
      return before.reduce((cut, start, axis) => {
        const length = x!.shape[axis];
        const whole = cut.shape[axis] === length;
        return whole ? cut : op.slice(cut, axis, start, start + lengthFrom(length, 'pad gradient'));
      }, upstream);
    },
  ],
  emit: (emitter, [x], attributes) =>
    emitter.node('Pad', [
      x!,
      emitter.int64s([...numbersFrom(attributes, 'before'), ...numbersFrom(attributes, 'after')]),
      emitter.float32(numberFrom(attributes, 'value')),
    ]),
  samples: [{ inputs: [{ shape: [2, 3] }], attributes: { before: [0, 1], after: [2, 1], value: 0.5 } }],
};

/** Whether `to` has a free batch axis where `from` has none: how long it is, another array tells. */
const takesBatch = (from: Shape, to: Shape): boolean => to.includes('n') && !from.includes('n');

/**
 * Repeats along axes of length 1. Where the target's first axis is the free batch and the input has
 * none (a class token before its batch), a second input that has it says how long it is.
 */
const expand: OpRow = {
  shape: ([x, like], attributes) => {
    const shape = broadcastShapes(x!, attributes.shape as Shape);
    if (takesBatch(x!, shape) && (like?.[0] !== 'n' || shape[0] !== 'n'))
      throw new Error(`expand: nothing says how long the batch of ${wordsFromShape(shape)} is.`);
    return shape;
  },
  evaluate: ([x], _attributes, shape) => {
    const read = broadcastReaderOf(x!, shape.length);
    return sizeFromShape(shape) === 0 ? new Float64Array(0) : fillArray(shape, read);
  },
  gradient: ({ inputs: [x], upstream }) => [() => sumTo(upstream, x!.shape), null],
  emit: (emitter, [x, like], _attributes, { inputs, output }) => {
    if (!takesBatch(inputs[0]!, output))
      return emitter.node('Expand', [x!, emitter.int64s(output.map((dim) => (dim === 'n' ? 1 : dim)))]);
    const batch = emitter.node('Shape', [like!], { start: 0, end: 1 });
    const rest = emitter.int64s(output.slice(1).map((dim) => lengthFrom(dim, 'expand')));
    return emitter.node('Expand', [x!, emitter.node('Concat', [batch, rest], { axis: 0 })]);
  },
  samples: [
    { inputs: [{ shape: [3, 1] }], attributes: { shape: [2, 3, 4] } },
    { inputs: [{ shape: [1, 2] }], attributes: { shape: [3, 2] } },
  ],
};

export const arrangementRows = { reshape, transpose, concat, slice, pad, expand } satisfies Record<string, OpRow>;
