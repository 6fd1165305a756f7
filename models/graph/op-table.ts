// The op table: one row per op, with its shape rule and its ONNX spelling. gradient-rules.ts has the same rows with the
// gradients, op-samples.ts with the samples that the shape, parity and gradient tests walk.
import type { Dim, Shape } from './graph.ts';
import { axisFrom, broadcastShapes, lengthFrom, resolveReshape, windowLength, wordsFromShape } from './shapes.ts';

/** Attributes of an op: numbers, or lists of axes, sizes and paddings. */
export type Attributes = Readonly<Record<string, number | readonly (number | 'n')[]>>;

/** What a row writes ONNX nodes with. */
export type Emitter = {
  /** Adds a node and returns the name of its one output. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, number | string | readonly number[]>>,
  ): string;
  int64s(values: readonly number[]): string;
  float32(value: number): string;
};

/** One row. `emit` is given the names and shapes of the inputs and the shape of the result, and returns the result's name. */
export type OpRow = {
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;
  emit(
    emitter: Emitter,
    inputs: readonly string[],
    attributes: Attributes,
    shapes: { inputs: readonly Shape[]; output: Shape },
  ): string;
};

export const numberFrom = (attributes: Attributes, name: string): number => {
  const value = attributes[name];
  if (typeof value !== 'number') throw new Error(`Attribute ${name} is missing.`);
  return value;
};

export const numbersFrom = (attributes: Attributes, name: string): number[] => {
  const value = attributes[name];
  if (value === undefined || typeof value === 'number') throw new Error(`Attribute ${name} is missing.`);
  return value as number[];
};

/** Sizes as ONNX wants them: the free batch axis is -1. */
const onnxSizes = (shape: Shape): number[] => shape.map((dim) => (dim === 'n' ? -1 : dim));

const elementwise = (opType: string): OpRow => ({
  shape: ([x]) => x!,
  emit: (emitter, inputs) => emitter.node(opType, inputs),
});

const broadcasting = (opType: string): OpRow => ({
  shape: ([a, b]) => broadcastShapes(a!, b!),
  emit: (emitter, inputs) => emitter.node(opType, inputs),
});

const reducing = (opType: string): OpRow => ({
  shape: ([x], attributes) => {
    const axes = numbersFrom(attributes, 'axes').map((axis) => axisFrom(axis, x!.length));
    return numberFrom(attributes, 'keepDims')
      ? x!.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
      : x!.filter((_, axis) => !axes.includes(axis));
  },
  emit: (emitter, [x], attributes) =>
    emitter.node(opType, [x!, emitter.int64s(numbersFrom(attributes, 'axes'))], {
      keepdims: numberFrom(attributes, 'keepDims'),
    }),
});

/** [Note: paddings] are [top, left, bottom, right] in pixels, the order of ONNX. */
const conv2d: OpRow = {
  shape: ([x, w, bias], attributes) => {
    const [n, channels, height, width] = x!;
    const [out, perGroup, kernelY, kernelX] = w!.map((dim) => lengthFrom(dim, 'conv2d weight'));
    const groups = numberFrom(attributes, 'groups');
    const stride = numberFrom(attributes, 'stride');
    const [top, left, bottom, right] = numbersFrom(attributes, 'pads');
    if (x!.length !== 4 || channels !== perGroup! * groups || (bias && bias[0] !== out))
      throw new Error(
        `conv2d: input ${wordsFromShape(x!)}, weight ${wordsFromShape(w!)}, ${groups} groups do not fit.`,
      );
    return [
      n!,
      out!,
      windowLength(lengthFrom(height, 'conv2d height'), kernelY!, stride, top!, bottom!),
      windowLength(lengthFrom(width, 'conv2d width'), kernelX!, stride, left!, right!),
    ];
  },
  emit: (emitter, inputs, attributes, shapes) => {
    const [, , kernelY, kernelX] = shapes.inputs[1] as number[];
    const stride = numberFrom(attributes, 'stride');
    return emitter.node('Conv', inputs, {
      kernel_shape: [kernelY!, kernelX!],
      strides: [stride, stride],
      pads: numbersFrom(attributes, 'pads'),
      group: numberFrom(attributes, 'groups'),
    });
  },
};

/** Gradient of conv2d with respect to its input: inputs are the upstream gradient and the weight. */
const conv2dInput: OpRow = {
  shape: ([dy, w], attributes) => {
    const [height, width] = numbersFrom(attributes, 'size');
    return [dy![0]!, lengthFrom(w![1], 'conv2dInput weight') * numberFrom(attributes, 'groups'), height!, width!];
  },
  emit: (emitter, inputs, attributes, shapes) => {
    const [, , kernelY, kernelX] = shapes.inputs[1] as number[];
    const [, , gradY, gradX] = shapes.inputs[0] as number[];
    const [height, width] = numbersFrom(attributes, 'size');
    const pads = numbersFrom(attributes, 'pads');
    const stride = numberFrom(attributes, 'stride');
    const rest = (size: number, grad: number, kernel: number, pad: number) =>
      size - ((grad - 1) * stride + kernel - pad);
    return emitter.node('ConvTranspose', inputs, {
      kernel_shape: [kernelY!, kernelX!],
      strides: [stride, stride],
      pads,
      group: numberFrom(attributes, 'groups'),
      output_padding: [
        rest(height!, gradY!, kernelY!, pads[0]! + pads[2]!),
        rest(width!, gradX!, kernelX!, pads[1]! + pads[3]!),
      ],
    });
  },
};

const maxPool2d: OpRow = {
  shape: ([x], attributes) => {
    const [n, channels, height, width] = x!;
    const kernel = numberFrom(attributes, 'kernel');
    const stride = numberFrom(attributes, 'stride');
    const [top, left, bottom, right] = numbersFrom(attributes, 'pads');
    return [
      n!,
      channels!,
      windowLength(lengthFrom(height, 'maxPool2d height'), kernel, stride, top!, bottom!),
      windowLength(lengthFrom(width, 'maxPool2d width'), kernel, stride, left!, right!),
    ];
  },
  emit: (emitter, inputs, attributes) => {
    const kernel = numberFrom(attributes, 'kernel');
    const stride = numberFrom(attributes, 'stride');
    return emitter.node('MaxPool', inputs, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: numbersFrom(attributes, 'pads'),
    });
  },
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
  emit: (emitter, inputs) => emitter.node('MatMul', inputs),
};

const softmax: OpRow = {
  shape: ([x]) => x!,
  emit: (emitter, inputs, attributes) => emitter.node('Softmax', inputs, { axis: numberFrom(attributes, 'axis') }),
};

const clip: OpRow = {
  shape: ([x]) => x!,
  emit: (emitter, [x], attributes) =>
    emitter.node('Clip', [
      x!,
      emitter.float32(numberFrom(attributes, 'min')),
      emitter.float32(numberFrom(attributes, 'max')),
    ]),
};

/** 1 where x > 0, else 0: the derivative of relu. */
const step: OpRow = {
  shape: ([x]) => x!,
  emit: (emitter, [x]) => emitter.node('Cast', [emitter.node('Greater', [x!, emitter.float32(0)])], { to: 1 }),
};

/** 1 where a = b, else 0, broadcasting. */
const equal: OpRow = {
  shape: ([a, b]) => broadcastShapes(a!, b!),
  emit: (emitter, inputs) => emitter.node('Cast', [emitter.node('Equal', inputs)], { to: 1 }),
};

const reshape: OpRow = {
  shape: ([x], attributes) => resolveReshape(x!, attributes.shape as readonly (Dim | -1)[]),
  emit: (emitter, [x], _attributes, { output }) => emitter.node('Reshape', [x!, emitter.int64s(onnxSizes(output))]),
};

const transpose: OpRow = {
  shape: ([x], attributes) => {
    const perm = numbersFrom(attributes, 'perm');
    if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== x!.length)
      throw new Error(`transpose: [${perm}] is no order of the axes of ${wordsFromShape(x!)}.`);
    return perm.map((axis) => x![axis]!);
  },
  emit: (emitter, inputs, attributes) => emitter.node('Transpose', inputs, { perm: numbersFrom(attributes, 'perm') }),
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
  emit: (emitter, inputs, attributes) => emitter.node('Concat', inputs, { axis: numberFrom(attributes, 'axis') }),
};

/** Elements start, start + step, ... below end of one axis. */
const slice: OpRow = {
  shape: ([x], attributes) => {
    const axis = axisFrom(numberFrom(attributes, 'axis'), x!.length);
    const [start, end, stride] = ['start', 'end', 'step'].map((name) => numberFrom(attributes, name));
    const length = lengthFrom(x![axis], 'slice');
    if (start! < 0 || end! > length || end! <= start!)
      throw new Error(`slice: ${start}..${end} is outside 0..${length}.`);
    return x!.map((dim, i) => (i === axis ? Math.ceil((end! - start!) / stride!) : dim));
  },
  emit: (emitter, [x], attributes) =>
    emitter.node('Slice', [
      x!,
      ...['start', 'end', 'axis', 'step'].map((name) => emitter.int64s([numberFrom(attributes, name)])),
    ]),
};

/** Adds `value` around: `before` and `after` have one number an axis. */
const pad: OpRow = {
  shape: ([x], attributes) => {
    const before = numbersFrom(attributes, 'before');
    const after = numbersFrom(attributes, 'after');
    return x!.map((dim, i) => (typeof dim === 'number' ? dim + before[i]! + after[i]! : dim));
  },
  emit: (emitter, [x], attributes) =>
    emitter.node('Pad', [
      x!,
      emitter.int64s([...numbersFrom(attributes, 'before'), ...numbersFrom(attributes, 'after')]),
      emitter.float32(numberFrom(attributes, 'value')),
    ]),
};

/** Repeats along axes of length 1. The batch axis of the target must be the input's own. */
const expand: OpRow = {
  shape: ([x], attributes) => broadcastShapes(x!, attributes.shape as Shape),
  emit: (emitter, [x], _attributes, { output }) =>
    emitter.node('Expand', [x!, emitter.int64s(output.map((dim) => (dim === 'n' ? 1 : dim)))]),
};

/** Nearest-neighbour enlargement of the last two axes by a whole factor (torch.nn.UpsamplingNearest2d). */
const upsampleNearest2d: OpRow = {
  shape: ([x], attributes) => {
    const factor = numberFrom(attributes, 'factor');
    return x!.map((dim, axis) => (axis < 2 ? dim : lengthFrom(dim, 'upsampleNearest2d') * factor));
  },
  emit: (emitter, [x], attributes) => {
    const factor = numberFrom(attributes, 'factor');
    const scales = emitter.node('Constant', [], { value_floats: [1, 1, factor, factor] });
    return emitter.node('Resize', [x!, '', scales], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  },
};

/** Every op there is. */
export const opTable = {
  add: broadcasting('Add'),
  sub: broadcasting('Sub'),
  mul: broadcasting('Mul'),
  div: broadcasting('Div'),
  max: broadcasting('Max'),
  min: broadcasting('Min'),
  equal,
  neg: elementwise('Neg'),
  abs: elementwise('Abs'),
  sign: elementwise('Sign'),
  sqrt: elementwise('Sqrt'),
  exp: elementwise('Exp'),
  log: elementwise('Log'),
  relu: elementwise('Relu'),
  sigmoid: elementwise('Sigmoid'),
  tanh: elementwise('Tanh'),
  step,
  clip,
  softmax,
  matmul,
  conv2d,
  conv2dInput,
  maxPool2d,
  upsampleNearest2d,
  reduceSum: reducing('ReduceSum'),
  reduceMean: reducing('ReduceMean'),
  reshape,
  transpose,
  concat,
  slice,
  pad,
  expand,
} satisfies Record<string, OpRow>;

export type OpName = keyof typeof opTable;
