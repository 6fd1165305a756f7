// LayerNorm: each line of the last axis by its own statistics.
import { fillArray, type NdArray, readerOf } from '../nd-array.ts';
import { numberFrom, type OpRow } from '../op-row.ts';
import * as op from '../ops.ts';
import { lengthFrom, wordsFromShape } from '../shapes.ts';

/** Mean and 1 / sqrt(variance + eps) of every line of the last axis. */
function lineMoments({ shape, data }: NdArray, eps: number): { mean: number; inverse: number }[] {
  const length = shape.at(-1)!;
  return Array.from({ length: data.length / length }, (_, line) => {
    const values = data.subarray(line * length, (line + 1) * length);
    const mean = values.reduce((sum, value) => sum + value, 0) / length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
    return { mean, inverse: 1 / Math.sqrt(variance + eps) };
  });
}

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias over the last axis (torch.nn.LayerNorm of one
 * axis). Inputs are x, weight and bias.
 */
const layerNorm: OpRow = {
  shape: ([x, weight, bias]) => {
    if ([weight, bias].some((vector) => vector!.length !== 1 || vector![0] !== x!.at(-1)))
      throw new Error(
        `layerNorm: ${wordsFromShape(x!)} has no last axis for ${wordsFromShape(weight!)} and ${wordsFromShape(bias!)}.`,
      );
    return x!;
  },
  evaluate: ([x, weight, bias], attributes, shape) => {
    const lines = lineMoments(x!, numberFrom(attributes, 'eps'));
    const read = readerOf(x!);
    let at = 0;
    return fillArray(shape, (place) => {
      const { mean, inverse } = lines[Math.floor(at++ / shape.at(-1)!)]!;
      const i = place.at(-1)!;
      return (read(place) - mean) * inverse * weight!.data[i]! + bias!.data[i]!;
    });
  },
  gradient: ({ inputs: [x, weight], attributes, upstream }) => {
    const last = x!.shape.length - 1;
    const before = x!.shape.slice(0, last).map((_, axis) => axis);
    const centred = op.sub(x!, op.reduceMean(x!, [last], true));
    const variance = op.reduceMean(op.mul(centred, centred), [last], true);
    const inverse = op.div(1, op.sqrt(op.add(variance, numberFrom(attributes, 'eps'))));
    const normal = op.mul(centred, inverse);
    return [
      () => {
        const scaled = op.mul(upstream, weight!);
        const along = op.mul(normal, op.reduceMean(op.mul(scaled, normal), [last], true));
        return op.mul(inverse, op.sub(op.sub(scaled, op.reduceMean(scaled, [last], true)), along));
      },
      () => op.reshape(op.reduceSum(op.mul(upstream, normal), before), [lengthFrom(x!.shape[last], 'layerNorm')]),
      () => op.reduceSum(upstream, before),
    ];
  },
  emit: (emitter, inputs, attributes) =>
    emitter.node('LayerNormalization', inputs, { axis: -1, epsilon: numberFrom(attributes, 'eps') }),
  samples: [
    { inputs: [{ shape: [2, 3, 5] }, { shape: [5] }, { shape: [5] }], attributes: { eps: 1e-5 } },
    { inputs: [{ shape: [4, 3] }, { shape: [3] }, { shape: [3] }], attributes: { eps: 1e-6 } },
  ],
};

export const normalisationRows = { layerNorm } satisfies Record<string, OpRow>;
