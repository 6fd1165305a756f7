// Validation faces made from genuine portraits: every sitter as they are and forged, several times
// over with other degradations.

import type { RgbImage } from '../../models/image/rgb-image.ts';
import { prefetch } from '../async/prefetch.ts';
import type { ForgedSample, ForgerySource } from '../datasets/forgeries/forgery-source.ts';
import { compressionStratum, degradationStratum, faceSizeStratum, tiltStratum } from './strata.ts';
import type { FaceToValidate } from './validate-model.ts';

/** Samples being made while earlier ones are scored. */
const AHEAD = 32;
/** The same where each comes with its altered pictures. */
const ALTERED_AHEAD = 4;

/**
 * All samples of `epochs` epochs, in order. `inputPx`: side of their pixels; `altered`: whether they
 * come with the battery's pictures.
 */
export async function* facesFromForgeries(
  source: ForgerySource,
  inputPx: number,
  epochs: number,
  altered = false,
): AsyncGenerator<FaceToValidate> {
  const order = Array.from({ length: epochs * source.count }, (_, i) => i);
  const make = (i: number) => source.forged(Math.floor(i / source.count), i % source.count);
  for await (const sample of prefetch(order, altered ? ALTERED_AHEAD : AHEAD, make))
    yield faceFromSample(sample, inputPx);
}

function faceFromSample(sample: ForgedSample, inputPx: number): FaceToValidate {
  const { pixels, label, source, kind, degradation, measures, mask, altered } = sample;
  const picture = (data: Uint8Array): RgbImage => ({ widthPx: inputPx, heightPx: inputPx, data });
  if (!measures) throw new Error('A sample for validation carries its measures.');
  return {
    kind: 'face',
    crop: picture(pixels),
    label,
    source,
    measures,
    mask: label === 1 ? mask : null,
    ...(altered ? { altered: () => altered.map(picture) } : {}),
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
