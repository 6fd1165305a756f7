// A widened network against the one it was made from: the shipped weights, the same picture, the
// same answers.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { readRecceCheckpoint } from '../checkpoint/recce-checkpoint.ts';
import { onnxFromGraph } from '../onnx/onnx-model.ts';
import type { Float32Tensor } from '../tensor/tensor.ts';
import { recceInferenceGraph } from './inference-graph.ts';
import { recceKeys } from './keys.ts';
import { referenceImage } from './testing/reference-image.ts';
import { widenNetwork } from './widen-network.ts';

const INPUT_PX = 96;
const { width, tensors } = readRecceCheckpoint(
  readFileSync(path.resolve(import.meta.dirname, '../weights/recce-lite-0.25.pth')),
);
const configOf = (of: number) => ({ width: of, numClasses: 1 as const, inputPx: INPUT_PX });

async function answersOf(weights: ReadonlyMap<string, Float32Tensor>, of: number) {
  const graph = recceInferenceGraph(configOf(of), (name) => weights.get(name)!);
  const session = await ort.InferenceSession.create(onnxFromGraph(graph), { logSeverityLevel: 3 });
  const picture = Float32Array.from(referenceImage(0, INPUT_PX), (value) => value / 127.5 - 1);
  const outputs = await session.run({ x: new ort.Tensor('float32', picture, [1, 3, INPUT_PX, INPUT_PX]) });
  await session.release();
  return (name: string) => outputs[name]!.data as Float32Array;
}

const furthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

test.each([0.25, 0.375, 0.5, 1])('widened to %d, the shipped network gives what it gave', async (wider) => {
  const wide = widenNetwork(tensors, configOf(width), configOf(wider), 7);
  for (const { name, shape } of recceKeys(configOf(wider), false).filter(({ dtype }) => dtype === 'float32'))
    expect(wide.get(name)?.shape).toEqual(shape);
  const [before, after] = [await answersOf(tensors, width), await answersOf(wide, wider)];
  expect(Math.abs(after('logit')[0]! - before('logit')[0]!)).toBeLessThan(2e-3);
  expect(furthest(after('reconstruction'), before('reconstruction'))).toBeLessThan(1e-4);
});

test('the copies of a channel are read with shares of their own, drawn from the seed', () => {
  const name = 'encoder.block5.rep.1.pointwise.weight';
  const rowOf = (seed: number) => widenNetwork(tensors, configOf(width), configOf(0.5), seed).get(name)!.data;
  const [first, second] = [rowOf(7), rowOf(8)];
  expect(first[0]).not.toBe(first[1]);
  expect(first[0]! + first[1]!).toBeCloseTo(tensors.get(name)!.data[0]!, 6);
  expect(first[0]).not.toBe(second[0]);
  expect(rowOf(7)).toEqual(first);
});

test('a network is not narrowed, and keeps its classes', () => {
  expect(() => widenNetwork(tensors, configOf(width), configOf(0.125), 7)).toThrow(RangeError);
  expect(() => widenNetwork(tensors, configOf(width), { ...configOf(0.5), numClasses: 2 }, 7)).toThrow(RangeError);
});
