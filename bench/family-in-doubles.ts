// One published family at its published size in float64, weights and pictures included, against
// PyTorch in float64: whether the formulas are the authors', apart from what single precision makes
// of them. Slow: a ViT-L/14 takes minutes a picture and 12 GB. By hand:
//   /usr/bin/python3 models/families/testing/families_reference.py --whole ID 2 double > logits.json
//   node build/with-node.mjs bench/family-in-doubles.ts ID logits.json
import { readFileSync } from 'node:fs';
import type { Meanings } from '../models/graph/evaluate.ts';
import type { NdArray } from '../models/graph/nd-array.ts';
import type { Float32Tensor } from '../models/tensor/tensor.ts';

// Before anything of models/ is loaded: what it keeps as single precision it keeps as double here.
Object.assign(globalThis, { Float32Array: Float64Array });
const { evaluate } = await import('../models/graph/evaluate.ts');
const { publishedFamily } = await import('../models/families/published-family.ts');
const { familyCrop, familyTensor, WHOLE_FAMILIES } = await import('../models/families/testing/small-families.ts');
const { inputFromPixels } = await import('../models/recce/input.ts');
const { lazyTensor } = await import('../models/tensor/tensor.ts');

/** `out += row * matrix`, row by row: out [columns], row [inner], matrix [inner, columns]. */
function addProduct(
  out: Float64Array,
  outAt: number,
  { row, rowAt, matrix, matrixAt }: { row: Float64Array; rowAt: number; matrix: Float64Array; matrixAt: number },
  { inner, columns }: { inner: number; columns: number },
): void {
  for (let k = 0; k < inner; k++) {
    const value = row[rowAt + k]!;
    for (let c = 0, from = matrixAt + k * columns; c < columns; c++) out[outAt + c]! += value * matrix[from + c]!;
  }
}

/** A product of stacks of matrices of which one has as many as the result, the other as many or one. */
function multiply([a, b]: readonly NdArray[], shape: readonly number[]): Float64Array {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const inner = a!.shape.at(-1)!;
  const out = new Float64Array(shape.reduce((size, dim) => size * dim, 1));
  const stacks = out.length / (rows * columns);
  const [rowStep, matrixStep] = [a!.data.length, b!.data.length].map((length, i) =>
    length === (i === 0 ? rows * inner : inner * columns) ? 0 : length / stacks,
  ) as [number, number];
  for (let n = 0; n < stacks; n++)
    for (let r = 0; r < rows; r++)
      addProduct(
        out,
        (n * rows + r) * columns,
        { row: a!.data, rowAt: n * rowStep + r * inner, matrix: b!.data, matrixAt: n * matrixStep },
        { inner, columns },
      );
  return out;
}

type Convolution = { stride: number; groups: number; pads: readonly [number, number, number, number] };

/** One picture's planes, the products of one weight at a time. */
function convolve([x, w, bias]: readonly NdArray[], { stride, groups, pads }: Convolution, y: readonly number[]) {
  const [, outs, height, width] = y as [number, number, number, number];
  const [, , tall, wide] = x!.shape as [number, number, number, number];
  const [, perGroup, kernelY, kernelX] = w!.shape as [number, number, number, number];
  const out = new Float64Array(outs * height * width);
  for (let o = 0; o < outs; o++) {
    const at = o * height * width;
    if (bias) out.fill(bias.data[o]!, at, at + height * width);
    const first = Math.floor(o / (outs / groups)) * perGroup;
    for (let k = 0; k < perGroup * kernelY * kernelX; k++) {
      const weight = w!.data[o * perGroup * kernelY * kernelX + k]!;
      const [ky, kx] = [Math.floor(k / kernelX) % kernelY, k % kernelX];
      const plane = (first + Math.floor(k / (kernelY * kernelX))) * tall * wide;
      for (let r = 0; r < height; r++) {
        const row = r * stride + ky - pads[0];
        if (row < 0 || row >= tall) continue;
        for (let c = 0; c < width; c++) {
          const column = c * stride + kx - pads[1];
          if (column >= 0 && column < wide) out[at + r * width + c]! += weight * x!.data[plane + row * wide + column]!;
        }
      }
    }
  }
  return out;
}

/** Over the last axis. */
function softmax({ data, shape }: NdArray): Float64Array {
  const length = shape.at(-1)!;
  const out = data.slice();
  for (let from = 0; from < out.length; from += length) {
    const line = out.subarray(from, from + length);
    const most = line.reduce((a, b) => Math.max(a, b));
    for (let i = 0; i < length; i++) line[i] = Math.exp(line[i]! - most);
    const sum = line.reduce((total, value) => total + value, 0);
    for (let i = 0; i < length; i++) line[i]! /= sum;
  }
  return out;
}

const QUICK: Meanings = {
  matmul: (inputs, _, shape) => multiply(inputs, shape),
  conv2d: (inputs, attributes, shape) => convolve(inputs, attributes as unknown as Convolution, shape),
  softmax: ([x]) => softmax(x!),
};

const [id, file] = process.argv.slice(2);
const facts = WHOLE_FAMILIES.find((one) => one.id === id);
if (!facts || !file) throw new Error(`One of ${WHOLE_FAMILIES.map((one) => one.id).join(', ')}, and a file of logits.`);
const expected = (JSON.parse(readFileSync(file, 'utf8')) as { logits: number[] }).logits;

const read = new Map(
  facts.keys.map((key): [string, Float32Tensor] => [key.name, lazyTensor(key.shape, () => familyTensor(key).data)]),
);
const tensors = facts.fold ? facts.fold(read) : read;
const { inputPx } = facts.geometry;
const graph = publishedFamily(facts).graph(
  { numClasses: 2, tensors, dropped: [], remarks: [] },
  { inputPx, forged: facts.forged ?? 1 },
);
let worst = 0;
for (const [n, wanted] of expected.entries()) {
  const { shape, data } = inputFromPixels([familyCrop(n, inputPx)], facts.geometry);
  const [logit] = evaluate(
    [graph.outputs.get('logit')!],
    new Map([['x', { shape, data: Float64Array.from(data) }]]),
    QUICK,
  );
  worst = Math.max(worst, Math.abs(logit!.data[0]! - wanted) / Math.max(1, Math.abs(wanted)));
  console.log(`${id}, crop ${n}: ${logit!.data[0]}, PyTorch ${wanted}`);
}
console.log(`${expected.length} crops in float64: largest difference ${worst.toExponential(1)} of max(1, |logit|)`);
