// Parity with an independent implementation in PyTorch: its logits of 32 crops
// (fixtures/pytorch-logits.json, by testing/families_reference.py), from generated weights.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { onnxFromGraph } from '../onnx/onnx-model.ts';
import { inputFromPixels } from '../recce/input.ts';
import { type FamilyFacts, publishedFamily } from './published-family.ts';
import { familyFile } from './testing/family-file.ts';
import { familyCrop, SMALL_FAMILIES } from './testing/small-families.ts';

type Reference = Record<string, { tensors: number; logits: number[] }>;
const reference: Reference = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'fixtures/pytorch-logits.json'), 'utf8'),
);

/** Logits of 32 crops by our network, read from a file as the authors write it. */
async function logitsOf(facts: FamilyFacts, forged: 0 | 1): Promise<{ logits: number[]; features: number }> {
  const family = publishedFamily(facts);
  const { inputPx } = facts.geometry;
  const weights = family.read(familyFile(facts))!;
  const session = await ort.InferenceSession.create(onnxFromGraph(family.graph(weights, { inputPx, forged })), {
    logSeverityLevel: 3,
  });
  const logits: number[] = [];
  let features = 0;
  for (let from = 0; from < 32; from += 16) {
    const crops = Array.from({ length: 16 }, (_, i) => familyCrop(from + i, inputPx));
    const x = inputFromPixels(crops, facts.geometry);
    const outputs = await session.run({ x: new ort.Tensor('float32', x.data, x.shape) });
    logits.push(...(outputs.logit!.data as Float32Array));
    features = outputs.features!.dims[1]!;
  }
  await session.release();
  return { logits, features };
}

test.each(SMALL_FAMILIES.map((one) => [one.id, one] as const))(
  '%s: logits of 32 crops are those of PyTorch, speak for forged, and differ among crops',
  async (id, facts) => {
    const expected = reference[id]!;
    const { logits, features } = await logitsOf(facts, facts.forged!);
    const worst = Math.max(...logits.map((logit, n) => Math.abs(logit - expected.logits[n]!)));
    expect(worst).toBeLessThan(1e-3);
    expect(Math.max(...expected.logits) - Math.min(...expected.logits)).toBeGreaterThan(0.1);
    expect(features).toBeGreaterThan(7);
    // The reference read every tensor of the list, and no other.
    expect(facts.keys.filter(({ dtype }) => dtype === 'float32').length).toBe(expected.tensors);
  },
);

test('declared the other way round, the same weights give the opposite logit', async () => {
  const facts = SMALL_FAMILIES.find(({ id }) => id === 'fsfm-vit-l16')!;
  const { logits } = await logitsOf(facts, 1);
  const expected = reference[facts.id]!.logits;
  expect(Math.max(...logits.map((logit, n) => Math.abs(logit + expected[n]!)))).toBeLessThan(1e-3);
});
