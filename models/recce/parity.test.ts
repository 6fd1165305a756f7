// Parity with the paper's own PyTorch code: numbers in ../shared/reference, made from generated weights and inputs.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { onnxFromGraph } from '../onnx/onnx-model.ts';
import type { Float32Tensor } from '../tensor/tensor.ts';
import { PAPER_CONFIG } from './config.ts';
import { generatedTensor } from './generated-weights.ts';
import { recceInferenceGraph } from './inference-graph.ts';
import { inputFromPixels } from './input.ts';
import { recceKeys } from './keys.ts';
import { scoreFromLogit } from './output.ts';
import { referenceImage } from './testing/reference-image.ts';

const folder = path.resolve(import.meta.dirname, '../../../shared/reference');
const there = existsSync(path.join(folder, 'reference.json'));
const read = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));

type ManifestEntry = { name: string; shape: number[]; dtype: string; crc32: number };
type Stage = {
  shape: number[];
  mean: number;
  std: number;
  absmax: number;
  samples_flat_index: number[];
  samples: number[];
};
type Case = {
  inputs: { n: number; size: number }[];
  logit: number[];
  prob: number[];
  grid_index: number[];
  recon_grid: number[][][][];
  absdiff_grid: number[][][][];
  stages: Record<string, Stage>;
};

const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const hwc = (planes: Uint8Array, side: number) =>
  Uint8Array.from({ length: planes.length }, (_, i) => planes[(i % 3) * side * side + Math.floor(i / 3)]!);

describe.skipIf(!there)(
  `against the PyTorch reference${there ? '' : ' (skipped: ../shared/reference is not here)'}`,
  () => {
    const weights = new Map<string, Float32Tensor>();
    const weight = (name: string): Float32Tensor => {
      const known = weights.get(name);
      if (known) return known;
      const key = recceKeys(PAPER_CONFIG).find((one) => one.name === name);
      if (!key) throw new Error(`no key ${name}`);
      const tensor = generatedTensor(key);
      weights.set(name, tensor);
      return tensor;
    };

    test('the state dict has the names and shapes of the original, in its order', () => {
      const manifest: ManifestEntry[] = read('state_dict_manifest.json').tensors;
      expect(recceKeys(PAPER_CONFIG)).toEqual(
        manifest.map(({ name, shape, dtype }) => ({ name, shape, dtype: dtype.replace('torch.', '') })),
      );
    });

    test('every generated float tensor has the crc32 of the reference', () => {
      const manifest: ManifestEntry[] = read('state_dict_manifest.json').tensors;
      const floats = manifest.filter((entry) => entry.dtype.endsWith('float32'));
      const wrong = floats.filter((entry) => crc32(bytesOf(weight(entry.name).data)) !== entry.crc32);
      expect(wrong.map((entry) => entry.name)).toEqual([]);
    });

    test.each(['b2_299', 'b1_299', 'b1_256', 'b3_256'])(
      '%s: logit, score, reconstruction, difference and every stage',
      async (name) => {
        const expected: Case = read('reference.json').cases[name];
        const inputPx = expected.inputs[0]!.size;
        const graph = recceInferenceGraph({ ...PAPER_CONFIG, inputPx }, weight, { stages: true });
        const session = await ort.InferenceSession.create(onnxFromGraph(graph), { logSeverityLevel: 3 });
        const pictures = expected.inputs.map(({ n }) => hwc(referenceImage(n, inputPx), inputPx));
        const x = inputFromPixels(pictures, { inputPx, mean: 0.5, std: 0.5 });
        const outputs = await session.run({ x: new ort.Tensor('float32', x.data, x.shape) });
        const data = (output: string) => outputs[output]!.data as Float32Array;
        expected.inputs.forEach((_, n) => {
          expect(Math.abs(scoreFromLogit(data('logit')[n]!) - expected.prob[n]!)).toBeLessThan(1e-6);
          expected.grid_index.forEach((y, gy) => {
            expected.grid_index.forEach((px, gx) => {
              for (let c = 0; c < 3; c++) {
                const at = ((n * 3 + c) * inputPx + y) * inputPx + px;
                expect(Math.abs(data('reconstruction')[at]! - expected.recon_grid[n]![c]![gy]![gx]!)).toBeLessThan(
                  2e-5,
                );
              }
              const mean = [0, 1, 2].reduce((sum, c) => sum + expected.absdiff_grid[n]![c]![gy]![gx]!, 0) / 6;
              expect(Math.abs(data('difference')[(n * inputPx + y) * inputPx + px]! - mean)).toBeLessThan(2e-5);
            });
          });
        });
        for (const [stage, numbers] of Object.entries(expected.stages)) {
          const values = data(`stage.${stage === 'attention_map' ? 'attentionMap' : stage}`);
          const worst = Math.max(
            ...numbers.samples_flat_index.map((at, i) => Math.abs(values[at]! - numbers.samples[i]!) / numbers.absmax),
          );
          expect(worst, `${stage}: largest error of the samples, relative to the stage's largest value`).toBeLessThan(
            1e-5,
          );
          const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
          expect(Math.abs(mean - numbers.mean) / numbers.absmax, `${stage}: mean`).toBeLessThan(1e-5);
        }
        await session.release();
      },
    );
  },
);
