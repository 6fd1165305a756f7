// The families at a size that a test runs in moments, with weights and pictures that
// families_reference.py makes again number by number. Tests and benches only.
import { generatedTensor } from '../../recce/generated-weights.ts';
import type { KeyShape } from '../../recce/key-shape.ts';
import { fnv1a32, randomStream } from '../../tensor/random.ts';
import { type Float32Tensor, float32Tensor } from '../../tensor/tensor.ts';
import { clipOfDeepfakeBench, effort, gend } from '../clip.ts';
import { type EfficientNetSize, efficientNetOfDeepfakeBench, sbi } from '../efficientnet-b4.ts';
import type { FamilyFacts } from '../published-family.ts';
import { communityForensics, fsfm } from '../timm-vit.ts';
import { ucf, xceptionOfDeepfakeBench } from '../xception.ts';

const VIT = { width: 64, layers: 2, heads: 4, mlp: 128, patchPx: 14, inputPx: 56 };

/** Strides and kernels of B4, so that every padding of it occurs. */
const EFFICIENTNET: EfficientNetSize = {
  stem: 8,
  head: 48,
  stages: [
    { repeats: 2, kernel: 3, stride: 1, expand: 1, from: 8, to: 8 },
    { repeats: 2, kernel: 3, stride: 2, expand: 6, from: 8, to: 8 },
    { repeats: 2, kernel: 5, stride: 2, expand: 6, from: 8, to: 12 },
    { repeats: 2, kernel: 3, stride: 2, expand: 6, from: 12, to: 16 },
    { repeats: 1, kernel: 5, stride: 1, expand: 6, from: 16, to: 20 },
    { repeats: 2, kernel: 5, stride: 2, expand: 6, from: 20, to: 24 },
    { repeats: 1, kernel: 3, stride: 1, expand: 6, from: 24, to: 32 },
  ],
};

export const SMALL_FAMILIES: readonly FamilyFacts[] = [
  gend(VIT),
  effort(VIT),
  clipOfDeepfakeBench({ ...VIT, patchPx: 16, inputPx: 64 }),
  fsfm({ ...VIT, patchPx: 16, inputPx: 64 }),
  communityForensics({ ...VIT, patchPx: 16, inputPx: 64 }),
  sbi(EFFICIENTNET),
  efficientNetOfDeepfakeBench(EFFICIENTNET),
  xceptionOfDeepfakeBench(1 / 8, 96),
  ucf(1 / 8, 96),
];

/** The families as published. */
export const WHOLE_FAMILIES: readonly FamilyFacts[] = [
  gend(),
  effort(),
  clipOfDeepfakeBench(),
  fsfm(),
  communityForensics(),
  sbi(),
  efficientNetOfDeepfakeBench(),
  xceptionOfDeepfakeBench(),
  ucf(),
];

/** A generated tensor; heads are larger (most so EfficientNet's), so that logits of pictures differ. */
export function familyTensor(key: KeyShape): Float32Tensor {
  const { shape, data } = generatedTensor(key);
  const isHead = shape.length === 2 && shape[0]! <= 2 && key.name.endsWith('.weight');
  if (!isHead) return float32Tensor(shape, data);
  const factor = /(_fc|last_layer)\.weight$/.test(key.name) ? 64 : 8;
  return float32Tensor(
    shape,
    data.map((value) => value * factor),
  );
}

/** Crop `n`, 8-bit RGB interleaved: 8 x 8 fields of colour with noise over them, in whole numbers. */
export function familyCrop(n: number, side: number): Uint8Array {
  const stream = randomStream(fnv1a32(`crop ${n}`));
  const fields = Uint8Array.from({ length: 8 * 8 * 3 }, () => stream.word() >>> 24);
  const at = (place: number): number => Math.floor((place * 8) / side);
  const pixels = new Uint8Array(side * side * 3);
  for (let i = 0; i < pixels.length; i++) {
    const place = Math.floor(i / 3);
    const field = (at(Math.floor(place / side)) * 8 + at(place % side)) * 3 + (i % 3);
    pixels[i] = ((fields[field]! * 7) >> 3) + (stream.word() >>> 27);
  }
  return pixels;
}
