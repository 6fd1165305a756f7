// The pictures that the screens show, by id: the case's stored ones, and photographs and frames
// made small.
import sharp from 'sharp';
import type { EvidenceId, Sha256, VerdictId } from '../../contract/brand.ts';
import type { PictureRef } from '../../contract/picture.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { hidesFrom } from '../case/grid/finding.ts';
import { modelsUnseen } from '../case/grid/model-shown.ts';
import { getEvidence } from '../case/rows/evidence.ts';
import { findVerdict } from '../case/rows/verdict.ts';
import { evidencePixels, type FramePlace, framePixels } from './evidence-pixels.ts';
import { beforeResults } from './looks.ts';
import type { Services } from './services.ts';

export type Picture = { bytes: Uint8Array; mediaType: string };

/**
 * Bytes of a picture by id, undefined when there is none, or it is of a case that is no longer open. In blind mode the model's pictures stay
 * hidden with the score.
 */
export async function readPicture(
  deps: Pick<Services, 'currentCase' | 'decoder' | 'videoPictures'>,
  ref: PictureRef,
): Promise<Picture | undefined> {
  if (!deps.currentCase.isOpen) return undefined;
  if (ref.of !== undefined && ref.of !== deps.currentCase.opened.opening) return undefined;
  if (ref.kind === 'evidence') return readEvidencePicture(deps, ref.id as EvidenceId, ref.maxPx);
  if (ref.kind === 'frame') return readFramePicture(deps, ref.id as EvidenceId, ref, ref.maxPx);
  const { handle, blobs } = deps.currentCase.opened;
  const verdict = findVerdict(handle, ref.id as VerdictId)?.verdict;
  if (!verdict) return undefined;
  const { viewer } = deps.currentCase;
  const isOwnModel = ref.kind === 'crop' && !modelsUnseen(handle, viewer).has(verdict.modelId);
  if (!isOwnModel && hidesFrom(handle, viewer, verdict.evidenceId, verdict.faceId)) return undefined;
  if (ref.kind !== 'crop') beforeResults(deps.currentCase);
  const sha256 = blobOf(verdict.outcome, ref.kind);
  const bytes = sha256 && (await blobs.get(sha256));
  return bytes ? { bytes, mediaType: 'image/png' } : undefined;
}

/** The stored picture of a verdict by kind, if it has one. */
function blobOf(outcome: VerdictOutcome, kind: 'crop' | 'reconstruction' | 'difference' | 'gate'): Sha256 | null {
  if (kind === 'crop') return 'cropSha256' in outcome ? outcome.cropSha256 : null;
  if (outcome.kind !== 'scored') return null;
  const of = {
    reconstruction: outcome.reconstructionSha256,
    difference: outcome.differenceSha256,
    gate: outcome.gateSha256,
  };
  return of[kind] ?? null;
}

async function readEvidencePicture(
  deps: Pick<Services, 'currentCase' | 'decoder' | 'videoPictures'>,
  id: EvidenceId,
  maxPx: number | undefined,
): Promise<Picture | undefined> {
  const image = await evidencePixels(deps, getEvidence(deps.currentCase.opened.handle, id));
  return image && shownPicture(image, maxPx);
}

/** Frames are small beside photographs and come in numbers: losslessly, at zlib's fastest. */
async function readFramePicture(
  deps: Pick<Services, 'currentCase' | 'videoPictures'>,
  id: EvidenceId,
  frame: FramePlace,
  maxPx: number | undefined,
): Promise<Picture | undefined> {
  const evidence = getEvidence(deps.currentCase.opened.handle, id);
  if (!evidence.mediaType.startsWith('video/')) return undefined;
  const image = await framePixels(deps, evidence, frame);
  return image && shownPicture(image, maxPx);
}

const toSharp = ({ widthPx, heightPx, data }: RgbImage) =>
  sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } });

async function shownPicture(image: RgbImage, maxPx: number | undefined): Promise<Picture> {
  const limited =
    maxPx === undefined
      ? toSharp(image)
      : toSharp(image).resize(maxPx, maxPx, { fit: 'inside', withoutEnlargement: true });
  return { bytes: await limited.png({ compressionLevel: 3 }).toBuffer(), mediaType: 'image/png' };
}
