// The job that makes embeddings: of every face that is to have one and has none yet, file by file.
// What is made is entered in the log every few thousand faces, and what the log holds is not made
// again by a run that takes up where another was killed.
import type { FaceId, JobId } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { type EmbeddingsWriter, openEmbeddings, RECORD_WORDS, readEmbeddings } from '../case/embeddings-file.ts';
import { appendAudit } from '../case/log/audit.ts';
import { getEvidence } from '../case/rows/evidence.ts';
import { findFace } from '../case/rows/face.ts';
import {
  type BoundHere,
  bindEmbeddings,
  facesToMeasure,
  faceTexts,
  type HeldEmbeddings,
  switchedOn,
} from '../case/rows/persons.ts';
import type { FaceEmbedder } from '../examine/face-embedder.ts';
import type { PixelSource } from '../examine/face-pixels.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { areFromElsewhere, ownEmbeddings } from './kept-embeddings.ts';

/** Embeddings between two entries of the log: what a killed run loses at most. */
const ENTERED_EVERY = 5000;

export const OFF = 'faces are not compared in this case. Switch it on first, with a reason ("recce persons on").';
export const OTHER_NETWORK =
  'what is kept was made by another network and cannot be compared with what this one makes. Erase it, and switch it on again.';
export const FROM_ELSEWHERE =
  'the embeddings that are there were made by another installation of the workstation, or by an earlier version, and whoever made them can have put any numbers there. Have them made anew ("recce persons measure").';

type MeasureDeps = { opened: WritableCase; embedder: FaceEmbedder; pixelsOf: PixelSource; boundHere: BoundHere };

/** Faces with an embedding that the log holds. Throws SEARCH_REFUSED. */
async function measuredFaces(opened: WritableCase, held: HeldEmbeddings | undefined): Promise<Set<number>> {
  if (!held) return new Set();
  const { words, count } = await readEmbeddings(opened.folder, held, faceTexts(opened));
  return new Set(Array.from({ length: count }, (_, i) => words[i * RECORD_WORDS]!));
}

/**
 * Rejects with SEARCH_REFUSED where it is off, or what is there is not what the log holds. What was
 * made elsewhere is not added to: all of it is made anew.
 */
export async function measureFaces(
  { opened, embedder, pixelsOf, boundHere }: MeasureDeps,
  { jobId, who }: { jobId: JobId; who: string },
  job: JobControl,
): Promise<void> {
  if (!switchedOn(opened)) throw new RecceError('SEARCH_REFUSED', opened.folder, OFF);
  const { networkSha256 } = embedder;
  const held = ownEmbeddings(opened, boundHere);
  if (held && held.networkSha256 !== networkSha256)
    throw new RecceError('SEARCH_REFUSED', opened.folder, OTHER_NETWORK);
  const done = await measuredFaces(opened, held);
  const wanted = facesToMeasure(opened).filter(({ id }) => !done.has(id));
  // Entered first: a run that is killed leaves nothing that would have to be what was there before.
  if (areFromElsewhere(opened, boundHere))
    appendAudit(opened, { who, action: 'persons.measured', subject: '0 faces', details: { jobId, embeddings: 0 } });
  const writer = await openEmbeddings(opened.folder, networkSha256, held, faceTexts(opened));
  let failed = 0;
  const enter = async (action: 'persons.measured' | 'persons.finished'): Promise<void> => {
    const made = await writer.flush();
    const boundTo = bindEmbeddings(opened, { networkSha256, ...made }, boundHere);
    const details = { jobId, networkSha256, ...made, boundTo, ...(failed > 0 ? { failed } : {}) };
    appendAudit(opened, { who, action, subject: `${made.embeddings} faces`, details });
  };
  try {
    job.report({ done: 0, total: wanted.length, message: `${wanted.length} faces` });
    let evidence: Evidence | undefined;
    for (const [i, { id, evidenceId }] of wanted.entries()) {
      await job.pausePoint();
      if (evidence?.id !== evidenceId) evidence = getEvidence(opened, evidenceId);
      const why = await measureOne({ opened, embedder, pixelsOf }, writer, evidence, id);
      if (why !== undefined) {
        failed += 1;
        job.problem(evidence.shownPath, why);
      }
      if ((i + 1) % ENTERED_EVERY === 0) await enter('persons.measured');
      job.report({ done: i + 1, failed, faces: i + 1 - failed, total: wanted.length });
    }
    await enter('persons.finished');
  } catch (error) {
    // What was made until it was stopped is held as well, where the disk takes the entry.
    await enter('persons.measured').catch(() => {});
    throw error;
  } finally {
    await writer.close();
  }
}

/** Why there is no embedding of it; undefined where one was added. */
async function measureOne(
  { opened, embedder, pixelsOf }: Omit<MeasureDeps, 'boundHere'>,
  writer: EmbeddingsWriter,
  evidence: Evidence,
  id: FaceId,
): Promise<string | undefined> {
  const face = findFace(opened, id);
  if (!face) return `Face ${id} is no longer there.`;
  const pixels = await pixelsOf(evidence, face);
  if (pixels.kind === 'unavailable') return pixels.why;
  const [numbers] = await embedder.embed(pixels.image, [face]);
  return writer.add(id, numbers!);
}
