// Steps 6 to 8 of the scan: crops of a batch of files -> outcomes, with the maps kept as blobs.
import type { Sha256 } from '../../contract/brand.ts';
import { greyFromDifference } from '../../contract/colour-scale.ts';
import type { Model } from '../../contract/model.ts';
import type { DecoderViews, VerdictOutcome } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { byteFromUnit, meanOfMap } from '../../models/recce/output.ts';
import type { BlobSink } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import { encodeGreyPng, encodeRgbPng } from '../media/encode-png.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import { reasonsOutsideDomain } from './domain.ts';
import { ratioFromRecord } from './likelihood-ratio.ts';
import { leaningFromScore } from './operating-points.ts';
import { type Scored, type ScoredViews, scoreRuns } from './score-crops.ts';

/** Keeps a crop; the same pixels are the same file. */
export const keepCrop = async (blobs: BlobSink, crop: RgbImage): Promise<Sha256> =>
  blobs.put(await encodeRgbPng(crop.data, crop.widthPx, crop.heightPx));

/** A crop to be scored. What is absent of its face's measures is not held against the domain. */
export type CropToScore = { crop: RgbImage; measures?: FaceMeasures };

/**
 * Scores crops and keeps crop and, from a decoder, reconstruction, difference and gate of each; a
 * run's pictures are kept before the next run. With a validation record a face is first held against its domain: its
 * measures, and the features the classifier saw.
 */
export async function scoreFaces(
  deps: { compute: Compute; blobs: BlobSink; model: Model },
  faces: readonly CropToScore[],
): Promise<VerdictOutcome[]> {
  const outcomes: VerdictOutcome[] = [];
  for await (const run of scoreRuns(deps.compute, deps.model, faces))
    outcomes.push(...(await Promise.all(run.map(({ of, scored }) => outcomeOf(deps, scored, of)))));
  return outcomes;
}

async function outcomeOf(
  deps: { blobs: BlobSink; model: Model },
  scored: Scored,
  { crop, measures }: CropToScore,
): Promise<VerdictOutcome> {
  const domain = deps.model.validation?.domain;
  const reasons = domain ? reasonsOutsideDomain(measures ?? {}, scored.features, domain) : [];
  if (reasons.length > 0) return { kind: 'outOfDomain', reasons, cropSha256: await keepCrop(deps.blobs, crop) };
  return keepScored(deps, scored, crop);
}

function bytesFrom(map: Float32Array, byteOf: (value: number) => number): Uint8Array {
  const bytes = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) bytes[i] = byteOf(map[i]!);
  return bytes;
}

async function keepScored(
  { blobs, model }: { blobs: BlobSink; model: Model },
  { logit, score, views }: Scored,
  crop: RgbImage,
): Promise<VerdictOutcome> {
  const { inputPx } = model.passport;
  const [cropSha256, kept] = await Promise.all([
    keepCrop(blobs, crop),
    views ? keepViews(blobs, views, inputPx) : undefined,
  ]);
  return {
    kind: 'scored',
    logit,
    score,
    leaning: leaningFromScore(score, model.operatingPoints),
    log10LikelihoodRatio: ratioFromRecord(logit, model.validation),
    cropSha256,
    ...kept,
  };
}

async function keepViews(blobs: BlobSink, views: ScoredViews, inputPx: number): Promise<DecoderViews> {
  const grey = bytesFrom(views.difference, greyFromDifference);
  const gate = bytesFrom(views.gate, byteFromUnit);
  const [reconstructionSha256, differenceSha256, gateSha256] = await Promise.all([
    encodeRgbPng(views.reconstruction, inputPx, inputPx).then(blobs.put),
    encodeGreyPng(grey, inputPx, inputPx).then(blobs.put),
    encodeGreyPng(gate, views.gateSidePx, views.gateSidePx).then(blobs.put),
  ]);
  return {
    meanDifference: Math.min(1, meanOfMap(views.difference)),
    ...{ reconstructionSha256, differenceSha256, gateSha256 },
  };
}
