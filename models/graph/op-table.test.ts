// Walks the op table: every row's shape, gradient and ONNX spellings against its plain meaning in
// float64. A new row is tested by having samples.
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { onnxFromGraph } from '../onnx/onnx-model.ts';
import { fnv1a32, randomStream } from '../tensor/random.ts';
import { sizeFromShape } from '../tensor/tensor.ts';
import { evaluate } from './evaluate.ts';
import { gradient } from './gradient.ts';
import { Graph, type Value } from './graph.ts';
import type { NdArray } from './nd-array.ts';
import type { OpRow, Sample } from './op-row.ts';
import { type OpName, opTable } from './op-table.ts';
import * as ops from './ops.ts';

type Call = {
  name: OpName;
  sample: Sample;
  graph: Graph;
  inputs: Value[];
  output: Value;
  arrays: Map<string, NdArray>;
};

/** A sample as a graph with inputs filled from a stream of the op's name. */
function callOf(name: OpName, sample: Sample): Call {
  const graph = new Graph();
  const stream = randomStream(fnv1a32(name));
  const arrays = new Map<string, NdArray>();
  const inputs = sample.inputs.map(({ shape, low = -2, high = 2 }, i) => {
    const data = Float64Array.from({ length: sizeFromShape(shape) }, () => Math.fround(stream.uniform(low, high)));
    arrays.set(`in${i}`, { shape, data });
    return graph.input(`in${i}`, shape);
  });
  return { name, sample, graph, inputs, output: graph.apply(name, inputs, sample.attributes), arrays };
}

const rows = Object.entries(opTable) as [OpName, OpRow][];
const calls = rows.flatMap(([name, row]) =>
  row.samples.map((sample, i): [string, Call] => [`${name} ${i + 1}`, callOf(name, sample)]),
);

test('every row has samples', () => {
  expect(rows.filter(([, row]) => row.samples.length === 0).map(([name]) => name)).toEqual([]);
});

test.each(calls)('%s: the shape is that of the values', (_, { output, arrays }) => {
  const [result] = evaluate([output], arrays);
  expect(result!.data.length).toBe(sizeFromShape(output.shape as number[]));
});

/** ONNX Runtime's values of the outputs. */
async function runOnnx(graph: Graph, arrays: Map<string, NdArray>, blockedLayout: boolean) {
  const session = await ort.InferenceSession.create(onnxFromGraph(graph, { blockedLayout }), { logSeverityLevel: 3 });
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => {
      const { shape, data } = arrays.get(name)!;
      return [name, new ort.Tensor('float32', Float32Array.from(data), shape)];
    }),
  );
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

/** float32 sums of up to a hundred products of numbers around 1. */
const CLOSE = 1e-4;

const largestError = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  let worst = found.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < expected.length; i++)
    worst = Math.max(worst, Math.abs(found[i]! - expected[i]!) / (1 + Math.abs(expected[i]!)));
  return worst;
};

describe.each([
  ['standard operators', false],
  ['blocked layout', true],
])('ONNX spelling, %s', (_, blockedLayout) => {
  test.each(calls)('%s', async (_name, { name, sample }) => {
    const { graph, output, arrays } = callOf(name, sample);
    // The result is an input of one more op, as in any real graph.
    graph.output('y', ops.mul(output, 1));
    const [expected] = evaluate([output], arrays);
    const { y } = await runOnnx(graph, arrays, blockedLayout);
    expect(y!.dims).toEqual(output.shape);
    expect(largestError(y!.data as Float32Array, expected!.data)).toBeLessThan(CLOSE);
  });
});

/**
 * Loss whose gradient with respect to the op's result is a random array, so that no symmetry hides
 * an error.
 */
function lossOf({ graph, output, name }: Call, arrays: Map<string, NdArray>): Value {
  const shape = output.shape as number[];
  const stream = randomStream(fnv1a32(`${name}/loss`));
  const data = Float64Array.from({ length: sizeFromShape(shape) }, () => Math.fround(stream.uniform(-1, 1)));
  const weights = graph.inputs.get('weights') ?? graph.input('weights', shape);
  arrays.set('weights', { shape, data });
  return ops.reduceSum(
    ops.mul(output, weights),
    shape.map((__, axis) => axis),
  );
}

/** Central differences of the loss for every element of input `i`. */
function finiteDifferences(loss: Value, arrays: Map<string, NdArray>, name: string): Float64Array {
  const { shape, data } = arrays.get(name)!;
  const at = (index: number, step: number): number => {
    const moved = data.slice();
    moved[index]! += step;
    return evaluate([loss], new Map(arrays).set(name, { shape, data: moved }))[0]!.data[0]!;
  };
  const step = 1e-5;
  return data.map((_, index) => (at(index, step) - at(index, -step)) / (2 * step));
}

const differentiable = calls.flatMap(([title, call]) =>
  call.inputs.map((_, i): [string, Call, number] => [`${title}, input ${i}`, call, i]),
);

test.each(differentiable)('gradient of %s agrees with finite differences', (_, { name, sample }, i) => {
  const call = callOf(name, sample);
  const arrays = new Map(call.arrays);
  const loss = lossOf(call, arrays);
  const [dx] = gradient(loss, [call.inputs[i]!]);
  expect(dx!.shape).toEqual(call.inputs[i]!.shape);
  const [found] = evaluate([dx!], arrays);
  expect(largestError(found!.data, finiteDifferences(loss, arrays, `in${i}`))).toBeLessThan(1e-6);
});

test.each(differentiable)('gradient of %s is the same in ONNX Runtime', async (_, { name, sample }, i) => {
  const call = callOf(name, sample);
  const arrays = new Map(call.arrays);
  const [dx] = gradient(lossOf(call, arrays), [call.inputs[i]!]);
  const [expected] = evaluate([dx!], arrays);
  call.graph.output('dx', ops.mul(dx!, 1));
  const { dx: found } = await runOnnx(call.graph, arrays, true);
  expect(largestError(found!.data as Float32Array, expected!.data)).toBeLessThan(CLOSE);
});
