// Convolution and its two gradients. Each of the three is linear in both inputs, and the gradient
// of any of them is spelt with the other two.
import { sizeFromShape, stridesFromShape } from '../../tensor/tensor.ts';
import { forEachPlace } from '../nd-array.ts';
import { type Attributes, numberFrom, numbersFrom, type OpRow, type Sample } from '../op-row.ts';
import * as op from '../ops.ts';
import { lengthFrom, windowLength, wordsFromShape } from '../shapes.ts';
import { emitConv, emitConvInput, emitConvWeight } from './convolution-onnx.ts';
import { type Sliding, slidingFrom } from './sliding.ts';

type Shapes = { x: readonly number[]; weight: readonly number[]; y: readonly number[] };

/**
 * Visits every product of a convolution: positions in the data of x, of the weight and of the
 * result.
 */
function forEachProduct(shapes: Shapes, sliding: Sliding, visit: (x: number, weight: number, y: number) => void): void {
  const { stride, groups, pads } = sliding;
  const [, , height, width] = shapes.x as [number, number, number, number];
  const [xs, ws] = [stridesFromShape(shapes.x), stridesFromShape(shapes.weight)] as [number[], number[]];
  const [, perGroup, kernelY, kernelX] = shapes.weight as [number, number, number, number];
  const outPerGroup = shapes.y[1]! / groups;
  forEachPlace(shapes.y, ([n, o, oy, ox], yAt) => {
    const channel = Math.floor(o! / outPerGroup) * perGroup;
    for (let c = 0; c < perGroup; c++)
      for (let ky = 0; ky < kernelY; ky++)
        for (let kx = 0; kx < kernelX; kx++) {
          const iy = oy! * stride + ky - pads[0];
          const ix = ox! * stride + kx - pads[1];
          if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
          visit(
            n! * xs[0]! + (channel + c) * xs[1]! + iy * width + ix,
            o! * ws[0]! + c * ws[1]! + ky * kernelX + kx,
            yAt,
          );
        }
  });
}

type Geometry = { x: number[]; weight: number[]; y: number[]; stride?: number; pads?: number[]; groups?: number };

/** The convolutions that the samples of all three rows are made of. */
const GEOMETRIES: readonly Geometry[] = [
  { x: [2, 3, 5, 4], weight: [4, 3, 1, 1], y: [2, 4, 5, 4] },
  { x: [2, 3, 5, 4], weight: [4, 3, 1, 1], y: [2, 4, 3, 2], stride: 2 },
  { x: [2, 2, 5, 5], weight: [3, 2, 3, 3], y: [2, 3, 5, 5], pads: [1, 1, 1, 1] },
  { x: [1, 2, 6, 5], weight: [3, 2, 3, 3], y: [1, 3, 2, 2], stride: 2 },
  { x: [1, 2, 4, 4], weight: [2, 2, 3, 3], y: [1, 2, 2, 2], stride: 2, pads: [0, 0, 1, 1] },
  { x: [2, 8, 4, 5], weight: [8, 1, 3, 3], y: [2, 8, 4, 5], pads: [1, 1, 1, 1], groups: 8 },
  { x: [1, 3, 5, 5], weight: [3, 1, 3, 3], y: [1, 3, 3, 3], stride: 2, pads: [1, 1, 1, 1], groups: 3 },
];

const sample = (shapes: readonly number[][], geometry: Partial<Geometry>, more: Attributes = {}): Sample => ({
  inputs: shapes.map((shape) => ({ shape, low: -1, high: 1 })),
  attributes: {
    stride: geometry.stride ?? 1,
    pads: geometry.pads ?? [0, 0, 0, 0],
    groups: geometry.groups ?? 1,
    ...more,
  },
});

const conv2d: OpRow = {
  shape: ([x, w, bias], attributes) => {
    const [n, channels, height, width] = x!;
    const [out, perGroup, kernelY, kernelX] = w!.map((dim) => lengthFrom(dim, 'conv2d weight')) as [
      number,
      number,
      number,
      number,
    ];
    const { groups, stride, pads } = slidingFrom(attributes);
    if (x!.length !== 4 || channels !== perGroup * groups || (bias && bias[0] !== out))
      throw new Error(
        `conv2d: input ${wordsFromShape(x!)}, weight ${wordsFromShape(w!)}, ${groups} groups do not fit.`,
      );
    return [
      n!,
      out,
      windowLength(lengthFrom(height, 'conv2d height'), kernelY, stride, pads[0], pads[2]),
      windowLength(lengthFrom(width, 'conv2d width'), kernelX, stride, pads[1], pads[3]),
    ];
  },
  evaluate: ([x, w, bias], attributes, y) => {
    const plane = y[2]! * y[3]!;
    const sum = Float64Array.from({ length: sizeFromShape(y) }, (_, at) =>
      bias ? bias.data[Math.floor(at / plane) % y[1]!]! : 0,
    );
    forEachProduct({ x: x!.shape, weight: w!.shape, y }, slidingFrom(attributes), (xAt, wAt, yAt) => {
      sum[yAt]! += x!.data[xAt]! * w!.data[wAt]!;
    });
    return sum;
  },
  gradient: ({ inputs: [x, w], attributes, upstream }) => {
    const sliding = slidingFrom(attributes);
    return [
      () => op.conv2dInput(upstream, w!, x!.shape.slice(2) as number[], sliding),
      () => op.conv2dWeight(x!, upstream, w!.shape.slice(2) as number[], sliding),
      () => op.reduceSum(upstream, [0, 2, 3]),
    ];
  },
  emit: (emitter, inputs, attributes, { inputs: [x, w], output }) =>
    emitConv(emitter, inputs, slidingFrom(attributes), { x: x!, weight: w as number[], y: output }),
  samples: [
    ...GEOMETRIES.map((geometry) => sample([geometry.x, geometry.weight], geometry)),
    sample([[2, 2, 3, 3], [3, 2, 1, 1], [3]], {}),
  ],
};

/**
 * Gradient of conv2d with respect to its input; inputs are the upstream gradient and the weight.
 */
const conv2dInput: OpRow = {
  shape: ([dy, w], attributes) => {
    const [height, width] = numbersFrom(attributes, 'size');
    return [dy![0]!, lengthFrom(w![1], 'conv2dInput weight') * numberFrom(attributes, 'groups'), height!, width!];
  },
  evaluate: ([dy, w], attributes, x) => {
    const sum = new Float64Array(sizeFromShape(x));
    forEachProduct({ x, weight: w!.shape, y: dy!.shape }, slidingFrom(attributes), (xAt, wAt, yAt) => {
      sum[xAt]! += dy!.data[yAt]! * w!.data[wAt]!;
    });
    return sum;
  },
  gradient: ({ inputs: [dy, w], attributes, upstream }) => {
    const sliding = slidingFrom(attributes);
    return [
      () => op.conv2d(upstream, w!, sliding),
      () => op.conv2dWeight(upstream, dy!, w!.shape.slice(2) as number[], sliding),
    ];
  },
  emit: (emitter, [dy, weight], attributes, { inputs: [upstream, w], output }) =>
    emitConvInput(emitter, [dy!, weight!], slidingFrom(attributes), {
      dy: upstream!,
      weight: w as number[],
      x: output,
    }),
  samples: GEOMETRIES.map((geometry) => sample([geometry.y, geometry.weight], geometry, { size: geometry.x.slice(2) })),
};

/** Gradient of conv2d with respect to its weight; inputs are x and the upstream gradient. */
const conv2dWeight: OpRow = {
  shape: ([x, dy], attributes) => {
    const [kernelY, kernelX] = numbersFrom(attributes, 'kernel');
    const groups = numberFrom(attributes, 'groups');
    const [channels, out] = [lengthFrom(x![1], 'conv2dWeight input'), lengthFrom(dy![1], 'conv2dWeight gradient')];
    if (groups !== 1 && (groups !== channels || groups !== out))
      throw new Error(`conv2dWeight: ${groups} groups of ${channels} channels; dense or depthwise was expected.`);
    return [out, channels / groups, kernelY!, kernelX!];
  },
  evaluate: ([x, dy], attributes, weight) => {
    const sum = new Float64Array(sizeFromShape(weight));
    forEachProduct({ x: x!.shape, weight, y: dy!.shape }, slidingFrom(attributes), (xAt, wAt, yAt) => {
      sum[wAt]! += x!.data[xAt]! * dy!.data[yAt]!;
    });
    return sum;
  },
  gradient: ({ inputs: [x, dy], attributes, upstream }) => {
    const sliding = slidingFrom(attributes);
    return [
      () => op.conv2dInput(dy!, upstream, x!.shape.slice(2) as number[], sliding),
      () => op.conv2d(x!, upstream, sliding),
    ];
  },
  emit: (emitter, [x, dy], attributes, { inputs: [xShape, dyShape], output }) =>
    emitConvWeight(emitter, {
      x: x!,
      dy: dy!,
      sliding: slidingFrom(attributes),
      shapes: { x: xShape!, dy: dyShape!, weight: output as number[] },
    }),
  samples: GEOMETRIES.map((geometry) =>
    sample([geometry.x, geometry.y], geometry, { kernel: geometry.weight.slice(2) }),
  ),
};

export const convolutionRows = { conv2d, conv2dInput, conv2dWeight } satisfies Record<string, OpRow>;
