// Ops on the channels of pictures [n, c, h, w]: an affine map a channel, and BatchNorm with the
// batch's own statistics.
import { fillArray, forEachPlace, type NdArray, readerOf } from '../nd-array.ts';
import { type Emitter, numberFrom, type OpRow } from '../op-row.ts';
import * as op from '../ops.ts';
import { wordsFromShape } from '../shapes.ts';

/** Axes that a channel's statistics are taken over. */
const WITHIN_CHANNEL = [0, 2, 3];

const shapeOfPicture: OpRow['shape'] = ([x, scale, shift]) => {
  if (x!.length !== 4 || [scale, shift].some((vector) => vector!.length !== 1 || vector![0] !== x![1]))
    throw new Error(
      `${wordsFromShape(x!)} has no channels for ${wordsFromShape(scale!)} and ${wordsFromShape(shift!)}.`,
    );
  return x!;
};

/**
 * x * scale[c] + shift[c]. ONNX Runtime does BatchNormalization with given statistics in one pass
 * over the pictures, half of what Mul and Add take; with mean 0 and variance 1 it is this op (no
 * float32 is changed by an epsilon of 1e-30).
 */
const emitAffine = (emitter: Emitter, [x, scale, shift]: readonly string[], channels: number): string => {
  const zeros = emitter.float32s(new Array<number>(channels).fill(0));
  const ones = emitter.float32s(new Array<number>(channels).fill(1));
  return emitter.node('BatchNormalization', [x!, scale!, shift!, zeros, ones], { epsilon: 1e-30 });
};

const channelAffine: OpRow = {
  shape: shapeOfPicture,
  evaluate: ([x, scale, shift], _attributes, shape) => {
    const read = readerOf(x!);
    return fillArray(shape, (place) => read(place) * scale!.data[place[1]!]! + shift!.data[place[1]!]!);
  },
  gradient: ({ inputs: [x, scale, shift], upstream }) => [
    () => op.channelAffine(upstream, scale!, op.mul(shift!, 0)),
    () => op.reduceSum(op.mul(upstream, x!), WITHIN_CHANNEL),
    () => op.reduceSum(upstream, WITHIN_CHANNEL),
  ],
  emit: (emitter, inputs, _attributes, { output }) => emitAffine(emitter, inputs, Number(output[1])),
  samples: [{ inputs: [{ shape: [2, 3, 2, 4] }, { shape: [3] }, { shape: [3] }] }],
};

/** Mean and variance (not Bessel's) of every channel. */
function momentsOf(x: NdArray): { mean: number[]; variance: number[] } {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const count = n * height * width;
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  forEachPlace(x.shape, ([, c], at) => {
    mean[c!]! += x.data[at]! / count;
  });
  forEachPlace(x.shape, ([, c], at) => {
    variance[c!]! += (x.data[at]! - mean[c!]!) ** 2 / count;
  });
  return { mean, variance };
}

/**
 * BatchNorm2d while training: (x - mean) / sqrt(variance + eps) * weight + bias over the batch's
 * own statistics. Inputs are x, weight and bias. Its gradient is spelt out, because the walk
 * through mean and variance would take twice the passes over x.
 */
const batchNorm2d: OpRow = {
  shape: shapeOfPicture,
  evaluate: ([x, weight, bias], attributes, shape) => {
    const { mean, variance } = momentsOf(x!);
    const eps = numberFrom(attributes, 'eps');
    const read = readerOf(x!);
    return fillArray(shape, (place) => {
      const c = place[1]!;
      return ((read(place) - mean[c]!) / Math.sqrt(variance[c]! + eps)) * weight!.data[c]! + bias!.data[c]!;
    });
  },
  gradient: ({ inputs: [x, weight], attributes, upstream }) => {
    const [n, channels, height, width] = x!.shape as [number, number, number, number];
    const { centred, variance } = op.channelMoments(x!);
    const inverse = op.div(1, op.sqrt(op.add(variance, numberFrom(attributes, 'eps'))));
    const dBias = op.reduceSum(upstream, WITHIN_CHANNEL);
    const dWeight = op.mul(op.reduceSum(op.mul(upstream, centred), WITHIN_CHANNEL), inverse);
    return [
      () => {
        const scale = op.mul(weight!, inverse);
        const share = op.mul(scale, -1 / (n * height * width));
        const along = op.mul(op.mul(share, inverse), dWeight);
        const none = upstream.graph.zeros([channels]);
        return op.add(op.channelAffine(upstream, scale, none), op.channelAffine(centred, along, op.mul(share, dBias)));
      },
      () => dWeight,
      () => dBias,
    ];
  },
  /**
   * The same nodes as channelMoments spells, so that the emitter shares them with the gradient and
   * the running statistics.
   */
  emit: (emitter, [x, weight, bias], attributes, { output }) => {
    const axes = emitter.int64s(WITHIN_CHANNEL);
    const mean = emitter.node('ReduceMean', [x!, axes], { keepdims: 1 });
    const centred = emitter.node('Sub', [x!, mean]);
    const variance = emitter.node('ReduceMean', [emitter.node('Mul', [centred, centred]), axes], { keepdims: 0 });
    const deviation = emitter.node('Sqrt', [
      emitter.node('Add', [variance, emitter.float32(numberFrom(attributes, 'eps'))]),
    ]);
    const inverse = emitter.node('Div', [emitter.float32(1), deviation]);
    const scale = emitter.node('Mul', [weight!, inverse]);
    return emitAffine(emitter, [centred, scale, bias!], Number(output[1]));
  },
  samples: [{ inputs: [{ shape: [3, 2, 2, 3] }, { shape: [2] }, { shape: [2] }], attributes: { eps: 1e-5 } }],
};

export const channelRows = { channelAffine, batchNorm2d } satisfies Record<string, OpRow>;
