// Validation faces made from genuine portraits: every sitter as they are and forged, several times
// over with other degradations.

import { prefetch } from '../async/prefetch.ts';
import type { ForgedSample, ForgerySource } from '../datasets/forgeries/forgery-source.ts';
import { compressionStratum, degradationStratum, faceSizeStratum, tiltStratum } from './strata.ts';
import type { FaceToValidate } from './validate-model.ts';

/** Samples being made while earlier ones are scored. */
const AHEAD = 32;

/** All samples of `epochs` epochs, in order. `inputPx`: side of their pixels. */
export async function* facesFromForgeries(
  source: ForgerySource,
  inputPx: number,
  epochs: number,
): AsyncGenerator<FaceToValidate> {
  const order = Array.from({ length: epochs * source.count }, (_, i) => i);
  const make = (i: number) => source.forged(Math.floor(i / source.count), i % source.count);
  for await (const sample of prefetch(order, AHEAD, make)) yield faceFromSample(sample, inputPx);
}

function faceFromSample(sample: ForgedSample, inputPx: number): FaceToValidate {
  const { pixels, label, source, kind, degradation, measures, mask } = sample;
  if (!measures) throw new Error('A sample for validation carries its measures.');
  return {
    kind: 'face',
    crop: { widthPx: inputPx, heightPx: inputPx, data: pixels },
    label,
    source,
    measures,
    mask: label === 1 ? mask : null,
    strata: {
      ...(label === 1 ? { forgery: FORGERY_NAMES[kind] } : {}),
      compression: compressionStratum(degradation?.jpeg.at(-1)?.quality),
      'face size': faceSizeStratum(measures.facePx),
      tilt: tiltStratum(measures.rollDegrees),
      degradation: degradationStratum(degradation),
    },
  };
}

const FORGERY_NAMES: Readonly<Record<ForgedSample['kind'], string>> = {
  genuine: 'genuine',
  selfBlend: 'self-blended',
  partBlend: 'blended in part',
  swap: 'swapped',
};
