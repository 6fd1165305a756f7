// The shipped model against the numbers PyTorch gave for it: the file loaded by torch.load into the
// network of testing/training_reference.py in evaluation mode, which wrote
// fixtures/shipped-model.json (its --shipped says how).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { readRecceCheckpoint } from '../checkpoint/recce-checkpoint.ts';
import { onnxFromGraph } from '../onnx/onnx-model.ts';
import type { Float32Tensor } from '../tensor/tensor.ts';
import { float32Tensor } from '../tensor/tensor.ts';
import { recceInferenceGraph } from './inference-graph.ts';

type Oracle = {
  sha256: string;
  width: number;
  inputPx: number;
  logit: number;
  reconstruction: { mean: number; std: number; at: { place: number; value: number }[] };
};
const oracle: Oracle = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/shipped-model.json'), 'utf8'));
const INPUT_PX = oracle.inputPx;
const bytes = readFileSync(path.resolve(import.meta.dirname, '../weights/recce-lite-0.25.pth'));
const checkpoint = readRecceCheckpoint(bytes);

/** x[c, y, x] = ((3x + 5y + 7c) mod 256) / 127.5 - 1 */
const wave = (n: number) =>
  Float32Array.from({ length: n * 3 * INPUT_PX ** 2 }, (_, i) => {
    const at = i % (3 * INPUT_PX ** 2);
    const [c, y, x] = [Math.floor(at / INPUT_PX ** 2), Math.floor(at / INPUT_PX) % INPUT_PX, at % INPUT_PX];
    return ((3 * x + 5 * y + 7 * c) % 256) / 127.5 - 1;
  });

const weightsOf = (tensors: ReadonlyMap<string, Float32Tensor>) => (name: string) => {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`no ${name}`);
  return tensor;
};

async function run(tensors: ReadonlyMap<string, Float32Tensor>, numClasses: 1 | 2, batch: number) {
  const graph = recceInferenceGraph({ width: checkpoint.width, numClasses, inputPx: INPUT_PX }, weightsOf(tensors));
  const session = await ort.InferenceSession.create(onnxFromGraph(graph), { logSeverityLevel: 3 });
  const outputs = await session.run({ x: new ort.Tensor('float32', wave(batch), [batch, 3, INPUT_PX, INPUT_PX]) });
  await session.release();
  return (name: string) => outputs[name]!.data as Float32Array;
}

let one: (name: string) => Float32Array;
beforeAll(async () => {
  one = await run(checkpoint.tensors, 1, 1);
});

test('the numbers are those of the weights that are shipped', () => {
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(oracle.sha256);
  expect(checkpoint.width).toBe(oracle.width);
});

test('the logit is the one PyTorch computed', () => {
  expect(Math.abs(one('logit')[0]! - oracle.logit)).toBeLessThan(1e-4);
});

test('the reconstruction is the one PyTorch computed', () => {
  const recon = one('reconstruction');
  for (const { place, value } of oracle.reconstruction.at) expect(Math.abs(recon[place]! - value)).toBeLessThan(2e-5);
  const mean = recon.reduce((sum, v) => sum + v, 0) / recon.length;
  const std = Math.sqrt(recon.reduce((sum, v) => sum + (v - mean) ** 2, 0) / recon.length);
  expect(Math.abs(mean - oracle.reconstruction.mean)).toBeLessThan(1e-5);
  expect(Math.abs(std - oracle.reconstruction.std)).toBeLessThan(1e-5);
});

test('the difference map is half the mean absolute difference of the colours', () => {
  const [x, recon, difference] = [wave(1), one('reconstruction'), one('difference')];
  const plane = INPUT_PX ** 2;
  for (let i = 0; i < plane; i += 37) {
    const expected = [0, 1, 2].reduce((sum, c) => sum + Math.abs(x[c * plane + i]! - recon[c * plane + i]!), 0) / 6;
    expect(Math.abs(difference[i]! - expected)).toBeLessThan(1e-6);
  }
});

test('a picture scores the same alone and in a batch', async () => {
  const three = await run(checkpoint.tensors, 1, 3);
  for (const n of [0, 1, 2]) expect(Math.abs(three('logit')[n]! - one('logit')[0]!)).toBeLessThan(1e-4);
});

test('two classes fold exactly into one logit', async () => {
  const weight = checkpoint.tensors.get('fc.weight')!;
  const bias = checkpoint.tensors.get('fc.bias')!;
  const rows = new Float32Array(2 * weight.data.length);
  rows.set(weight.data.map((w) => -w / 2));
  rows.set(
    weight.data.map((w) => w / 2),
    weight.data.length,
  );
  const two = new Map(checkpoint.tensors);
  two.set('fc.weight', float32Tensor([2, weight.data.length], rows));
  two.set('fc.bias', float32Tensor([2], Float32Array.of(-bias.data[0]! / 2, bias.data[0]! / 2)));
  const folded = await run(two, 2, 1);
  expect(folded('logit')[0]).toBe(one('logit')[0]);
});

test('the same weights give the same ONNX bytes', () => {
  const onnx = () =>
    onnxFromGraph(recceInferenceGraph({ width: 0.25, numClasses: 1, inputPx: 64 }, weightsOf(checkpoint.tensors)));
  expect(Buffer.from(onnx()).equals(Buffer.from(onnx()))).toBe(true);
});
