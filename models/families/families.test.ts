// Files of the published families: each is recognised by its own names, exactly, and by no other's;
// what differs from the published file by a name or a shape is refused with that name.
import { describe, expect, test } from 'vitest';
import { readPyTorchFile } from '../checkpoint/pytorch-file.ts';
import { trainersFile } from '../checkpoint/testing/trainers-file.ts';
import { float32Tensor, sizeFromShape, type Tensor } from '../tensor/tensor.ts';
import { FAMILIES, familyOf } from './families.ts';
import type { DetectorFamily } from './family.ts';
import { publishedFamily } from './published-family.ts';
import { familyFile } from './testing/family-file.ts';
import { SMALL_FAMILIES, WHOLE_FAMILIES } from './testing/small-families.ts';

const faces = SMALL_FAMILIES.filter(({ id }) => id !== 'community-forensics-384');
const small: readonly DetectorFamily[] = SMALL_FAMILIES.map(publishedFamily);
const of = (id: string) => SMALL_FAMILIES.find((one) => one.id === id)!;
const zeros = (...shape: number[]): Tensor => float32Tensor(shape, new Float32Array(sizeFromShape(shape)));

describe.each(faces.map((one) => [one.id, one] as const))('%s', (id, facts) => {
  test('a file as its authors write it is recognised, whichever family is asked first', () => {
    for (const order of [small, [...small].reverse()]) {
      const found = familyOf(familyFile(facts), order)!;
      expect(found.family.id).toBe(id);
      expect(found.weights.numClasses).toBe(2);
      expect(found.weights.dropped).toEqual([]);
    }
  });

  test('a tensor that is missing, one too many and one of another shape are refused by name', () => {
    const name = facts.keys.find((key) => key.shape.length === 4 && key.name !== facts.anchor)!.name;
    expect(() => familyOf(familyFile(facts, { without: [name] }), small)).toThrow(`missing (1): ${name}`);
    const more = { 'adapter.weight': zeros(2) };
    expect(() => familyOf(familyFile(facts, { more }), small)).toThrow('unexpected (1): adapter.weight');
    const odd = { [name]: zeros(3, 1) };
    expect(() => familyOf(familyFile(facts, { without: [name], more: odd }), small)).toThrow(
      `${name} [3,1] instead of`,
    );
  });

  test('names behind a prefix that its authors never wrote are refused, and "module." twice', () => {
    expect(() => familyOf(familyFile(facts, { prefix: 'detector.' }), small)).toThrow('the prefix "detector."');
    expect(() => familyOf(familyFile(facts, { prefix: 'module.module.' }), small)).toThrow('"module.module."');
  });

  test('one "module." is taken off where its trainer writes it, and refused elsewhere', () => {
    const wrapped = familyFile(facts, { prefix: 'module.' });
    if (facts.parallel)
      expect(familyOf(wrapped, small)!.weights.remarks.join()).toContain('prefix module. was taken off');
    else expect(() => familyOf(wrapped, small)).toThrow('the prefix "module."');
  });

  test('a state dict under a name that its trainer does not use is refused', () => {
    expect(() => familyOf(familyFile(facts, { at: 'teacher' }), small)).toThrow('lie under "teacher"');
  });
});

test('what is in a published file and not used is named', () => {
  const more = { 'feature_extractor.visual_projection.weight': zeros(8, 64) };
  expect(familyOf(familyFile(of('gend-clip-l14'), { more }), small)!.weights.dropped).toEqual([
    { prefix: 'feature_extractor.visual_projection.', count: 1 },
  ]);
  const training = {
    'encoder_c.conv1.weight': zeros(4, 3, 3, 3),
    'con_gan.conv_last.weight': zeros(3, 64, 1, 1),
    'con_gan.conv_last.bias': zeros(3),
    'head_spe.mlp.0.bias': zeros(512),
  };
  expect(familyOf(familyFile(of('deepfakebench-ucf'), { more: training }), small)!.weights.dropped).toEqual([
    { prefix: 'encoder_c.', count: 1 },
    { prefix: 'con_gan.', count: 2 },
    { prefix: 'head_spe.', count: 1 },
  ]);
});

const fileWith = (tensors: Record<string, Tensor>) =>
  readPyTorchFile(trainersFile({ tensors: new Map(Object.entries(tensors)) }));

test('ForensicsAdapter, GenD on another backbone and detectors of whole pictures are refused by name', () => {
  const adapter = fileWith({ 'adapter.query_embed': zeros(1, 128, 192) });
  expect(() => familyOf(adapter)).toThrow('ForensicsAdapter');
  expect(() => familyOf(fileWith({ 'feature_extractor.backbone.cls_token': zeros(1, 1, 8) }))).toThrow('backbone');
  expect(() => familyOf(familyFile(of('community-forensics-384')))).toThrow('whole pictures');
});

test("RECCE's own files are left to its reader, with DeepfakeBench's unused Xception beside it", () => {
  const names = {
    'model.encoder.block4.rep.1.pointwise.weight': zeros(8, 8, 1, 1),
    'backbone.last_linear.weight': zeros(2, 8),
  };
  expect(familyOf(fileWith(names))).toBeUndefined();
});

test('the published families have as many parameters as their authors say', () => {
  const parameters = Object.fromEntries(
    WHOLE_FAMILIES.map(({ id, keys }) => [
      id,
      keys
        .filter(({ name, dtype }) => dtype === 'float32' && !/running_(mean|var)$/.test(name))
        .reduce((sum, { shape }) => sum + sizeFromShape(shape), 0),
    ]),
  );
  // 303,179,776 of CLIP's vision part and a head of 2,050; 21.8 M without ImageNet's head.
  expect(parameters['gend-clip-l14']).toBe(303_181_826);
  expect(parameters['deepfakebench-clip-b16']).toBe(85_799_424 + 1538);
  expect(Math.round(parameters['community-forensics-384']! / 1e5)).toBe(218);
  // EfficientNet-B4 with 1,000 classes has 19,341,616.
  expect(parameters['sbi-efficientnet-b4']).toBe(19_341_616 - 1000 * 1793 + 2 * 1793);
  // Xception with 1,000 classes has 22,855,952.
  expect(parameters['deepfakebench-xception']).toBe(22_855_952 - 1000 * 2049 + 2 * 2049);
  expect(FAMILIES.map(({ id }) => id)).not.toContain('community-forensics-384');
});
