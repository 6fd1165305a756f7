// A case's own labelled faces: those that examiners concluded to be genuine or forged, as the crops
// the scan kept. Faces on which examiners disagree, or that are inconclusive, are left out and
// counted. Everything of one evidence file is one source.
import type { Sha256 } from '../../contract/brand.ts';
import type { Opinion } from '../../contract/opinion.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { allEvidence } from '../case/rows/evidence.ts';
import { allModels } from '../case/rows/model.ts';
import { standingOnFaces } from '../case/rows/opinion.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { type FaceFolderHead, faceFileName, openFaceFolder } from './face-folder.ts';
import { splitFromName } from './split.ts';

type Said = Pick<Opinion, 'examinerId' | 'conclusion'>;

/** Every examiner's last word on one face. */
function lastWords(opinions: readonly Said[]): Opinion['conclusion'][] {
  const last = new Map<number, Opinion['conclusion']>();
  for (const { examinerId, conclusion } of opinions) if (conclusion !== 'note') last.set(examinerId, conclusion);
  return [...last.values()].filter((conclusion) => conclusion !== 'withdrawn');
}

/** The label examiners agree on; undefined where they do not, or do not say. */
export function labelFromOpinions(opinions: readonly Said[]): 0 | 1 | undefined {
  const words = new Set(lastWords(opinions));
  if (words.size !== 1) return undefined;
  return words.has('forged') ? 1 : words.has('genuine') ? 0 : undefined;
}

/** What came of it, as far as it came. */
export type FacesOfOpinions = { faces: number; without: { from: string; reason: string }[] };

/**
 * Writes the faces into `folder` and counts them in `written`. Crops made by another recipe or at
 * another size are left out and counted.
 */
export async function extractOpinions(
  opened: ReadableCase,
  blobs: BlobStore,
  { folder, head, signal }: { folder: string; head: FaceFolderHead; signal: AbortSignal },
  written: FacesOfOpinions,
): Promise<void> {
  const target = await openFaceFolder(folder, head);
  const evidence = new Map(allEvidence(opened).map((one) => [one.id, one]));
  const byFace = Map.groupBy(standingOnFaces(opened), (o) => o.faceId!);
  const crops = cropsByFace(opened, head);
  for (const [faceId, opinions] of byFace) {
    signal.throwIfAborted();
    const file = evidence.get(opinions[0]!.evidenceId)!;
    const from = `${file.relativePath}#${faceId}`;
    if (target.done.has(from)) continue;
    const label = labelFromOpinions(opinions);
    const picture = label === undefined ? undefined : await cropOf(blobs, crops.get(faceId) ?? [], head);
    if (label === undefined || !picture) {
      const reason =
        label === undefined ? 'examiners disagree or do not conclude' : 'no crop of this recipe and size is kept';
      written.without.push({ from, reason });
      await target.add({ kind: 'none', from, reason });
      continue;
    }
    const source = file.sha256 ?? file.relativePath;
    const line = { file: faceFileName(from, 0), from, frameIndex: 0, label, source, split: splitFromName(source) };
    await target.add({ kind: 'face', ...line, strata: {}, measures: null }, picture);
    await target.add({ kind: 'done', from });
    written.faces += 1;
  }
}

/** Hashes of the kept crops of each face that a model of this recipe and size was shown. */
function cropsByFace(opened: ReadableCase, { cropRecipe, sidePx }: FaceFolderHead): Map<number, Sha256[]> {
  const fitting = new Set(
    allModels(opened)
      .filter(({ passport }) => passport.cropRecipe === cropRecipe && passport.inputPx === sidePx)
      .map(({ id }) => id),
  );
  const crops = new Map<number, Sha256[]>();
  for (const { faceId, modelId, outcome } of allVerdicts(opened))
    if (faceId !== null && fitting.has(modelId) && 'cropSha256' in outcome && outcome.cropSha256)
      crops.set(faceId, [...(crops.get(faceId) ?? []), outcome.cropSha256]);
  return crops;
}

/** The first of the crops that is still kept and has the size. */
async function cropOf(
  blobs: BlobStore,
  hashes: readonly Sha256[],
  { sidePx }: FaceFolderHead,
): Promise<Uint8Array | undefined> {
  for (const sha256 of hashes) {
    const png = await blobs.get(sha256);
    if (png && widthOfPng(png) === sidePx) return png;
  }
  return undefined;
}

/** Width from a PNG's header. */
const widthOfPng = (png: Uint8Array): number => new DataView(png.buffer, png.byteOffset).getUint32(16);
