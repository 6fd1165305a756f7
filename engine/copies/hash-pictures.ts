// The job that makes hashes: of every picture that is to have one and has none yet, file by file, each
// held against all that were made before it. What is made is entered in the log every few hundred, and
// what the log holds is not made again by a run that takes up where another was killed.
import type { JobId } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import { LEAST_DETAIL, type PictureHash, pictureHash } from '../../models/image/picture-hash.ts';
import type { ReadableCase, WritableCase } from '../case/db/case-handle.ts';
import { type KeptPicture, keptHashes, MOST_NEAR, openHashes, readHashes } from '../case/hashes-file.ts';
import { appendAudit } from '../case/log/audit.ts';
import { areHashesMadeHere, bindHashes, type HeldHashes, type PictureOf, picturesOf } from '../case/rows/copies.ts';
import { getEvidence } from '../case/rows/evidence.ts';
import type { BoundHere } from '../case/rows/persons.ts';
import type { PixelSource } from '../examine/face-pixels.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { addTo, filesNear, keptHash, type PictureSet, pictureSet } from './compare-pictures.ts';

/** Pictures between two entries of the log: what a killed run loses at most. */
const ENTERED_EVERY = 1000;
/** A likeness is kept to a ten-thousandth. */
const rounded = (likeness: number): number => Math.floor(Math.min(1, likeness) * 1e4) / 1e4;

export const HASHES_FROM_ELSEWHERE =
  'the hashes of pictures that are there were made by another installation of the workstation, and whoever made them can have left out what should be found. Have them made anew ("recce copies make").';

/** Whether what is kept was made by another installation. */
export function areHashesFromElsewhere(opened: ReadableCase, boundHere: BoundHere): boolean {
  const held = keptHashes(opened);
  return held !== undefined && !areHashesMadeHere(opened, held, boundHere);
}

/** Those of this installation alone. */
export const ownHashes = (opened: ReadableCase, boundHere: BoundHere): HeldHashes | undefined =>
  areHashesFromElsewhere(opened, boundHere) ? undefined : keptHashes(opened);

/** Of which file and frame a picture is. */
const keyOf = (of: string, frame: { index: number } | null): string => `${of} ${frame?.index ?? ''}`;

type HashDeps = { opened: WritableCase; pixelsOf: PixelSource; boundHere: BoundHere };

/** Rejects with SEARCH_REFUSED where what is there is not what the log holds. What was made elsewhere is made anew. */
export async function hashPictures(
  { opened, pixelsOf, boundHere }: HashDeps,
  { jobId, who }: { jobId: JobId; who: string },
  job: JobControl,
): Promise<void> {
  const held = ownHashes(opened, boundHere);
  const all = pictureSet(held ? await readHashes(opened.folder, held) : []);
  const done = new Set(all.pictures.map(({ of, frame }) => keyOf(of, frame)));
  const wanted = picturesOf(opened).filter(({ sha256, frame }) => !done.has(keyOf(sha256, frame)));
  // Entered first: a run that is killed leaves nothing that would have to be what was there before.
  if (areHashesFromElsewhere(opened, boundHere))
    appendAudit(opened, { who, action: 'copies.made', subject: '0 pictures', details: { jobId, pictures: 0 } });
  const writer = await openHashes(opened.folder, held);
  let failed = 0;
  const enter = async (action: 'copies.made' | 'copies.finished'): Promise<void> => {
    const made = await writer.flush();
    const boundTo = bindHashes(opened, made, boundHere);
    const details = { jobId, ...made, boundTo, ...(failed > 0 ? { failed } : {}) };
    appendAudit(opened, { who, action, subject: `${made.pictures} pictures`, details });
  };
  try {
    job.report({ done: 0, total: wanted.length, message: `${wanted.length} pictures` });
    let evidence: Evidence | undefined;
    for (const [i, picture] of wanted.entries()) {
      await job.pausePoint();
      if (evidence?.id !== picture.evidenceId) evidence = getEvidence(opened, picture.evidenceId);
      const hash = await hashOne(pixelsOf, evidence, picture);
      if (typeof hash === 'string') {
        failed += 1;
        job.problem(evidence.shownPath, hash);
      } else {
        const kept = await asKept(picture, hash, all);
        writer.add(kept);
        addTo(all, kept);
      }
      if ((i + 1) % ENTERED_EVERY === 0) await enter('copies.made');
      job.report({ done: i + 1, failed, total: wanted.length });
    }
    await enter('copies.finished');
  } catch (error) {
    // What was made until it was stopped is held as well, where the disk takes the entry.
    await enter('copies.made').catch(() => {});
    throw error;
  } finally {
    await writer.close();
  }
}

/** The hash, or why there is none. */
async function hashOne(
  pixelsOf: PixelSource,
  evidence: Evidence,
  { frame }: Pick<PictureOf, 'frame'>,
): Promise<PictureHash | string> {
  const pixels = await pixelsOf(evidence, { frameIndex: frame?.index ?? 0, pts: frame?.pts ?? null });
  return pixels.kind === 'unavailable' ? pixels.why : pictureHash(pixels.image);
}

async function asKept({ sha256: of, frame }: PictureOf, hash: PictureHash, earlier: PictureSet): Promise<KeptPicture> {
  const kept: KeptPicture = { of, frame, ...keptHash(hash) };
  if (hash.detail < LEAST_DETAIL) return kept;
  const { near } = await filesNear(hash, earlier, of);
  if (near.length === 0) return kept;
  const said = near.slice(0, MOST_NEAR);
  return {
    ...kept,
    near: said.map(({ at, bits, likeness, isMirrored }) => [at, bits, rounded(likeness), isMirrored ? 1 : 0]),
  };
}
