// Max-pooling and nearest enlargement: what changes the size of a picture without weights.
import { sizeFromShape } from '../../tensor/tensor.ts';
import { fillArray, forEachPlace, type NdArray, readerOf } from '../nd-array.ts';
import { type Attributes, type Emitter, numberFrom, numbersFrom, type OpRow } from '../op-row.ts';
import * as op from '../ops.ts';
import { lengthFrom, windowLength } from '../shapes.ts';
import { emitShifts } from './convolution-onnx.ts';
import type { Pool } from './sliding.ts';

const poolFrom = (attributes: Attributes): Pool => ({
  kernel: numberFrom(attributes, 'kernel'),
  stride: numberFrom(attributes, 'stride'),
  pads: numbersFrom(attributes, 'pads'),
});

const onnxPool = ({ kernel, stride, pads }: Pool) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads,
});

/**
 * Position in x of the largest element under the window of every place of `pooled`; the first in
 * reading order of equals.
 */
function winners({ shape, data }: NdArray, pooled: readonly number[], { kernel, stride, pads }: Pool): Int32Array {
  const [, channels, height, width] = shape as [number, number, number, number];
  const found = new Int32Array(sizeFromShape(pooled)).fill(-1);
  forEachPlace(pooled, ([n, c, oy, ox], at) => {
    for (let i = 0; i < kernel * kernel; i++) {
      const y = oy! * stride - pads[0]! + Math.floor(i / kernel);
      const x = ox! * stride - pads[1]! + (i % kernel);
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      const candidate = ((n! * channels + c!) * height + y) * width + x;
      if (found[at] === -1 || data[candidate]! > data[found[at]!]!) found[at] = candidate;
    }
  });
  return found;
}

/** Where a window meets what is not there; no picture holds it. */
const NOTHING = -3.4e38;

const sizeOf = (shape: readonly (number | 'n')[]): number[] => shape.slice(2).map(Number);

/**
 * [Note: winners] Only some providers say which place won a window (MaxPool's second output: the
 * CPU does, WebGPU does not), so elsewhere the k x k places of a window are compared with its
 * maximum one after the other, and the first of equals takes it. Resolves with k x k tensors of the
 * pooled size, each 1 where its place won, else 0.
 */
function emitWins(emitter: Emitter, x: string, pool: Pool, size: readonly number[]): string[] {
  const { kernel, stride, pads } = pool;
  const pooled = emitter.node('MaxPool', [x], onnxPool(pool));
  const places = emitShifts(emitter, x, { kernel: [kernel, kernel], stride, pads, size }, NOTHING);
  let open: string | undefined;
  return places.map((place) => {
    const equal = emitter.node('Cast', [emitter.node('Equal', [place, pooled])], { to: 1 });
    const won = open === undefined ? equal : emitter.node('Mul', [equal, open]);
    open = emitter.node('Sub', [open ?? emitter.float32(1), won]);
    return won;
  });
}

/** maxPool2dInput without places: what each place won goes back to it by one ConvTranspose. */
function emitToWinners(
  emitter: Emitter,
  [x, dy]: readonly [string, string],
  pool: Pool,
  shapes: { dy: readonly (number | 'n')[]; x: readonly (number | 'n')[] },
): string {
  const { kernel, stride, pads } = pool;
  const [size, whole] = [sizeOf(shapes.dy), sizeOf(shapes.x)];
  const planes = emitter.int64s([-1, 1, ...size]);
  const parts = emitWins(emitter, x, pool, size).map((won) =>
    emitter.node('Reshape', [emitter.node('Mul', [won, dy]), planes]),
  );
  const places = kernel * kernel;
  const oneEach = Array.from({ length: places ** 2 }, (_, i) => (i % places === Math.floor(i / places) ? 1 : 0));
  const weight = emitter.node('Reshape', [emitter.float32s(oneEach), emitter.int64s([places, 1, kernel, kernel])]);
  const unseen = whole.map((length, axis) => {
    const seen = (size[axis]! - 1) * stride + kernel;
    return length + pads[axis]! + pads[axis + 2]! - seen;
  });
  const attributes = { ...onnxPool(pool), output_padding: unseen };
  const summed = emitter.node('ConvTranspose', [emitter.node('Concat', parts, { axis: 1 }), weight], attributes);
  return emitter.node('Reshape', [summed, emitter.int64s(shapes.x.map((dim) => (dim === 'n' ? -1 : dim)))]);
}

/** maxPool2dWinners without places. */
function emitFromWinners(
  emitter: Emitter,
  [x, from]: readonly [string, string],
  pool: Pool,
  size: readonly number[],
): string {
  const { kernel, stride, pads } = pool;
  const places = emitShifts(emitter, from, { kernel: [kernel, kernel], stride, pads, size });
  const parts = emitWins(emitter, x, pool, size).map((won, i) => emitter.node('Mul', [won, places[i]!]));
  return parts.reduce((sum, part) => emitter.node('Add', [sum, part]));
}

const POOL_SAMPLES = [
  { x: [2, 2, 5, 6], y: [2, 2, 3, 3], attributes: { kernel: 3, stride: 2, pads: [1, 1, 1, 1] } },
  { x: [1, 2, 4, 4], y: [1, 2, 2, 2], attributes: { kernel: 2, stride: 2, pads: [0, 0, 0, 0] } },
];

const maxPool2d: OpRow = {
  shape: ([x], attributes) => {
    const [n, channels, height, width] = x!;
    const { kernel, stride, pads } = poolFrom(attributes);
    return [
      n!,
      channels!,
      windowLength(lengthFrom(height, 'maxPool2d height'), kernel, stride, pads[0]!, pads[2]!),
      windowLength(lengthFrom(width, 'maxPool2d width'), kernel, stride, pads[1]!, pads[3]!),
    ];
  },
  evaluate: ([x], attributes, shape) =>
    Float64Array.from(winners(x!, shape, poolFrom(attributes)), (at) => x!.data[at]!),
  gradient: ({ inputs: [x], attributes, upstream }) => [() => op.maxPool2dInput(x!, upstream, poolFrom(attributes))],
  emit: (emitter, inputs, attributes) => emitter.node('MaxPool', inputs, onnxPool(poolFrom(attributes))),
  samples: POOL_SAMPLES.map(({ x, attributes }) => ({ inputs: [{ shape: x }], attributes })),
};

/**
 * Gradient of maxPool2d: each upstream number goes to the place that won its window. Inputs are x
 * and the upstream gradient.
 */
const maxPool2dInput: OpRow = {
  shape: ([x]) => x!,
  evaluate: ([x, dy], attributes, shape) => {
    const sum = new Float64Array(sizeFromShape(shape));
    winners(x!, dy!.shape, poolFrom(attributes)).forEach((to, from) => {
      sum[to]! += dy!.data[from]!;
    });
    return sum;
  },
  gradient: ({ inputs: [x], attributes, upstream }) => [
    null,
    () => op.maxPool2dWinners(x!, upstream, poolFrom(attributes)),
  ],
  emit: (emitter, [x, dy], attributes, { inputs, output }) => {
    const pool = poolFrom(attributes);
    if (!emitter.blockedLayout) return emitToWinners(emitter, [x!, dy!], pool, { dy: inputs[1]!, x: output });
    const [, places] = emitter.nodeWithOutputs(2, 'MaxPool', [x!], onnxPool(pool));
    const flat = emitter.int64s([-1]);
    const [where, what, like] = [places!, dy!, x!].map((name) => emitter.node('Reshape', [name, flat]));
    const zeros = emitter.node('Mul', [like!, emitter.float32(0)]);
    const sum = emitter.node('ScatterElements', [zeros, where!, what!], { axis: 0, reduction: 'add' });
    return emitter.node('Reshape', [sum, emitter.int64s(output.map((dim) => (dim === 'n' ? -1 : dim)))]);
  },
  samples: POOL_SAMPLES.map(({ x, y, attributes }) => ({ inputs: [{ shape: x }, { shape: y }], attributes })),
};

/**
 * From the second input, what lies where the first input wins its windows: maxPool2d(x) =
 * maxPool2dWinners(x, x).
 */
const maxPool2dWinners: OpRow = {
  shape: ([x], attributes) => maxPool2d.shape([x!], attributes),
  evaluate: ([x, from], attributes, shape) =>
    Float64Array.from(winners(x!, shape, poolFrom(attributes)), (at) => from!.data[at]!),
  gradient: ({ inputs: [x], attributes, upstream }) => [
    null,
    () => op.maxPool2dInput(x!, upstream, poolFrom(attributes)),
  ],
  emit: (emitter, [x, from], attributes, { output }) => {
    const pool = poolFrom(attributes);
    if (!emitter.blockedLayout) return emitFromWinners(emitter, [x!, from!], pool, sizeOf(output));
    const [pooled, places] = emitter.nodeWithOutputs(2, 'MaxPool', [x!], onnxPool(pool));
    const flat = emitter.int64s([-1]);
    const [where, what] = [places!, from!].map((name) => emitter.node('Reshape', [name, flat]));
    const taken = emitter.node('GatherElements', [what!, where!], { axis: 0 });
    return emitter.node('Reshape', [taken, emitter.node('Shape', [pooled!])]);
  },
  samples: POOL_SAMPLES.map(({ x, attributes }) => ({ inputs: [{ shape: x }, { shape: x }], attributes })),
};

/**
 * Nearest-neighbour enlargement of the last two axes by a whole factor
 * (torch.nn.UpsamplingNearest2d).
 */
const upsampleNearest2d: OpRow = {
  shape: ([x], attributes) => {
    const factor = numberFrom(attributes, 'factor');
    return x!.map((dim, axis) => (axis < 2 ? dim : lengthFrom(dim, 'upsampleNearest2d') * factor));
  },
  evaluate: ([x], attributes, shape) => {
    const factor = numberFrom(attributes, 'factor');
    const read = readerOf(x!);
    return fillArray(shape, ([n, c, y, px]) => read([n!, c!, Math.floor(y! / factor), Math.floor(px! / factor)]));
  },
  gradient: ({ inputs: [x], attributes, upstream }) => [
    () => {
      const factor = numberFrom(attributes, 'factor');
      const [n, c, height, width] = x!.shape as [number, number, number, number];
      return op.reduceSum(op.reshape(upstream, [n, c, height, factor, width, factor]), [3, 5]);
    },
  ],
  emit: (emitter, [x], attributes) => {
    const factor = numberFrom(attributes, 'factor');
    const scales = emitter.node('Constant', [], { value_floats: [1, 1, factor, factor] });
    return emitter.node('Resize', [x!, '', scales], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  },
  samples: [{ inputs: [{ shape: [2, 2, 3, 2] }], attributes: { factor: 2 } }],
};

export const poolingRows = { maxPool2d, maxPool2dInput, maxPool2dWinners, upsampleNearest2d } satisfies Record<
  string,
  OpRow
>;
