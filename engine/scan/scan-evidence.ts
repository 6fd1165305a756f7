// The scan, as one straight line: files -> evidence -> faces -> crops -> scores -> rows. Runs in the engine process as a job;
// decoding and inference happen in their own processes and overlap with each other and with the database.
import type { Evidence } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import type { VerdictOutcome, VerdictParameters } from '../../contract/verdict.ts';
import type { Sampling } from '../../contract/video.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { allEvidence, findEvidenceByPath } from '../case/evidence.ts';
import type { WritableCase } from '../case/open-case.ts';
import { addVerdicts, type EvidenceVerdicts, hasVerdicts } from '../case/verdict.ts';
import { findVideoScan } from '../case/video-scan.ts';
import type { Compute } from '../compute/compute.ts';
import type { JobHands } from '../jobs/job-queue.ts';
import type { Decoder } from '../media/decoder.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { type ListedFile, listMedia } from '../media/list-media.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import { type CutFace, cutFaces, FACES_PER_RUN, judgeFaces } from './judge-faces.ts';
import { createMemoryBudget, type MemoryBudget } from './memory-budget.ts';
import { prefetch } from './prefetch.ts';
import { createRate } from './rate.ts';
import { scanVideo } from './scan-video.ts';
import { isUntouched, type TakenIn, takeIn } from './take-in.ts';

/** What a scan works with. */
export type ScanHands = {
  opened: WritableCase;
  blobs: BlobStore;
  decoder: Decoder;
  compute: Compute;
  /** Upright faces; with `turned`, also copies turned by quarters where none is surely upright. */
  findFaces: (image: RgbImage, options: { turned: boolean }) => Promise<FoundFace[]>;
  videoDecoder: VideoDecoder;
  sampling: Sampling;
  model: Model;
  parameters: VerdictParameters;
  minimumFacePx: number;
};

/** A file with its faces cut out, or with the outcome that says why there are none. */
type Prepared = TakenIn & {
  file: ListedFile;
  faces: CutFace[];
  outcome: VerdictOutcome | undefined;
};

/** Files in flight before scoring: one being read, one decoded, one searched for faces, one waiting. */
const FILES_AHEAD = 4;
/** Pixels that may wait to be searched, beside the picture being decoded: 64 megapixels. [Note: memory in flight] */
const PIXELS_AHEAD_BYTES = 3 * 64e6;
/** Files written in one transaction. */
const FILES_PER_TRANSACTION = 16;

/** Scans `paths`, or every file of the case when empty. Files that have their verdicts are passed over. */
export async function scanEvidence(hands: ScanHands, job: JobHands, paths: readonly string[]): Promise<void> {
  const listed = await listFiles(hands, paths);
  const todo: ListedFile[] = [];
  for (const file of listed) if (!(await isDone(hands, file))) todo.push(file);
  const rate = createRate();
  const counts = { done: listed.length - todo.length, total: listed.length, failed: 0, faces: 0 };
  job.report({ ...counts, message: `${listed.length} files` });

  let batch: Prepared[] = [];
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    await writing;
    writing = scoreAndWrite(hands, full).then(() => {
      counts.done += full.length;
      counts.faces += full.reduce((sum, one) => sum + one.faces.length, 0);
      job.report({ ...counts, ...rate.after(counts.done, counts.total) });
    });
    writing.catch(() => {});
  };

  const budget = createMemoryBudget(PIXELS_AHEAD_BYTES);
  /** A video takes its time; the files before it are written first, those behind it wait. */
  const takeVideo = async ({ file, evidence }: Prepared): Promise<void> => {
    await flush();
    await writing;
    const before = counts.faces;
    const state = await scanVideo(hands, job, { file, evidence }, (share, faces) => {
      counts.faces = before + faces;
      job.report({ ...counts, message: `${file.relativePath}: ${words(share)}, ${faces} faces` });
    });
    counts.done += 1;
    if (state.kind === 'unreadable') noteUnreadable(evidence.relativePath, state.message);
    job.report({ ...counts, ...rate.after(counts.done, counts.total) });
  };
  const noteUnreadable = (relativePath: string, message: string): void => {
    counts.failed += 1;
    job.problem(relativePath, message);
  };
  for await (const prepared of prefetch(todo, FILES_AHEAD, (file) => prepare(hands, budget, file, job.signal))) {
    if (prepared.state.kind === 'pending') {
      await takeVideo(prepared);
      continue;
    }
    batch.push(prepared);
    if (prepared.state.kind === 'unreadable') noteUnreadable(prepared.evidence.relativePath, prepared.state.message);
    const faces = batch.reduce((sum, one) => sum + one.faces.length, 0);
    if (faces >= FACES_PER_RUN || batch.length >= FILES_PER_TRANSACTION) await flush();
    await job.pausePoint();
  }
  await flush();
  await writing;
  job.report({ ...counts, remainingMs: 0, message: `${counts.total} files, ${counts.faces} faces` });
}

const words = (share: number | null): string => (share === null ? 'in work' : `${Math.floor(share * 100)} %`);

/** Throws RangeError when the paths hold no file at all: a scan of nothing must not end like one that found nothing. */
async function listFiles({ opened }: ScanHands, paths: readonly string[]): Promise<ListedFile[]> {
  if (paths.length === 0)
    return allEvidence(opened).map((one) => {
      const { path, relativePath, state } = one;
      // What listing refused is refused again: a link out of the folder is not followed because it is asked for by its row.
      const refused =
        state.kind === 'unreadable' && (state.reason === 'outsideFolder' || state.reason === 'nameNotUnicode');
      return {
        path,
        relativePath,
        readFrom: placeOfEvidence(opened.folder, one),
        ...(refused ? { problem: state.reason as 'outsideFolder' | 'nameNotUnicode' } : {}),
      };
    });
  const files: ListedFile[] = [];
  for await (const file of listMedia(paths, [opened.folder])) files.push(file);
  if (files.length === 0)
    throw new RangeError(
      `No file to examine was found in ${paths.join(', ')}. The folder of the case itself is never examined.`,
    );
  return files;
}

async function isDone({ opened, model, parameters, sampling }: ScanHands, file: ListedFile): Promise<boolean> {
  const evidence = findEvidenceByPath(opened, file.path);
  if (!evidence) return false;
  const { pipelineVersion } = parameters;
  const key = { evidenceId: evidence.id, modelId: model.id, pipelineVersion, sampling };
  const video = isWalked(evidence) ? findVideoScan(opened, key) : undefined;
  // A video has verdicts from its first seconds on; it is done when the walk through it has ended.
  if (isWalked(evidence) && !video?.finished) return false;
  if (!hasVerdicts(opened, evidence.id, model.id, pipelineVersion)) return false;
  return evidence.sha256 === null || isUntouched(evidence);
}

/** True for a video that could be opened at all: its scan has a record of its own. */
const isWalked = ({ mediaType, sha256, sizeBytes }: Evidence): boolean =>
  mediaType.startsWith('video/') && sha256 !== null && sizeBytes > 0;

/** Steps 1 to 4: file -> row -> pixels -> faces -> crops. */
async function prepare(
  hands: ScanHands,
  budget: MemoryBudget,
  file: ListedFile,
  signal: AbortSignal,
): Promise<Prepared> {
  const bytesOf = ({ image }: TakenIn): number => image?.data.length ?? 0;
  const taken = await budget.make(() => takeIn(hands.opened, hands.decoder, file, signal), bytesOf);
  try {
    return await findAndCut(hands, file, taken);
  } finally {
    budget.free(bytesOf(taken));
  }
}

/** Steps 3 and 4: pixels -> faces -> crops, or the outcome of a file without any. */
async function findAndCut(hands: ScanHands, file: ListedFile, taken: TakenIn): Promise<Prepared> {
  const without = (outcome: VerdictOutcome): Prepared => ({ ...taken, file, image: undefined, faces: [], outcome });
  if (taken.state.kind === 'pending') return { ...taken, file, faces: [], outcome: undefined };
  if (taken.state.kind === 'unreadable') return without(taken.state);
  if (!taken.image) return without({ kind: 'toolError', message: 'The file was read and gave no picture.' });
  const found = await hands.findFaces(taken.image, { turned: true });
  if (found.length === 0) return without({ kind: 'noFace' });
  const faces = cutFaces(hands.model, taken.image, found, { frameIndex: 0, timeMs: 0, pts: null });
  return { ...taken, file, image: undefined, faces, outcome: undefined };
}

/** Steps 5 to 8 for a batch of files: one run of the network, one transaction. */
async function scoreAndWrite(hands: ScanHands, batch: readonly Prepared[]): Promise<void> {
  if (batch.length === 0) return;
  const outcomes = await judgeFaces(
    hands,
    batch.flatMap((one) => one.faces),
  );
  addVerdicts(
    hands.opened,
    hands.parameters,
    batch.map((one) => verdictsOf(one, outcomes)),
  );
}

function verdictsOf(
  { evidence, state, faces, outcome }: Prepared,
  outcomes: ReadonlyMap<CutFace, VerdictOutcome>,
): EvidenceVerdicts {
  const file = { evidenceId: evidence.id, relativePath: evidence.relativePath, state };
  if (outcome) return { ...file, verdicts: [{ face: null, outcome }] };
  return { ...file, verdicts: faces.map((one) => ({ face: one.face, outcome: outcomes.get(one)! })) };
}
