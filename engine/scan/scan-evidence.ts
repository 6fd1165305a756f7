// The scan, as one straight line: files -> evidence -> faces -> crops -> scores -> rows. Runs in the engine process as a job;
// decoding and inference happen in their own processes and overlap with each other and with the database.
import type { Evidence } from '../../contract/evidence.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { allEvidence, findEvidenceByPath } from '../case/evidence.ts';
import type { WritableCase } from '../case/open-case.ts';
import { addVerdicts, hasVerdicts } from '../case/verdict.ts';
import { findVideoScan } from '../case/video-scan.ts';
import type { JobHands } from '../jobs/job-queue.ts';
import { type ListedFile, listMedia } from '../media/list-media.ts';
import { type CutStill, cutStill, judgeStills } from './examine-still.ts';
import type { VideoHands } from './examine-video.ts';
import { FACES_PER_RUN } from './judge-faces.ts';
import { createMemoryBudget, type MemoryBudget } from './memory-budget.ts';
import { prefetch } from './prefetch.ts';
import { createRate } from './rate.ts';
import { scanVideo } from './scan-video.ts';
import { canBeRead, isUntouched, type TakenIn, takeIn } from './take-in.ts';

/** What a scan works with. */
export type ScanHands = VideoHands & { opened: WritableCase; parameters: VerdictParameters };

/** A file with its row and its faces cut out, or with the outcome that says why there are none. */
type Prepared = CutStill & { evidence: Evidence; file: ListedFile };

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
  try {
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
  } finally {
    // Nothing is written any more once this has ended, however it ends.
    await writing;
  }
  job.report({ ...counts, remainingMs: 0, message: `${counts.total} files, ${counts.faces} faces` });
}

const words = (share: number | null): string => (share === null ? 'in work' : `${Math.floor(share * 100)} %`);

/** What says whether a file has been scanned. */
export type DoneKey = Pick<ScanHands, 'opened' | 'model' | 'sampling'> & {
  parameters: Pick<VerdictParameters, 'pipelineVersion'>;
};

/** The files of `paths`, or every file of the case when empty. Throws RangeError when the paths hold no file at all: a scan of nothing must not end like one that found nothing. */
export async function listFiles(
  { opened }: Pick<ScanHands, 'opened'>,
  paths: readonly string[],
): Promise<ListedFile[]> {
  if (paths.length === 0)
    return latestByPath(allEvidence(opened)).map((one) => {
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

/** A path that was refused at first and read later has two rows: the later one is the file. */
const latestByPath = (all: readonly Evidence[]): Evidence[] => [...new Map(all.map((one) => [one.path, one])).values()];

/** True for a file that has its verdicts from this model and pipeline, and is as it was. */
export async function isDone({ opened, model, parameters, sampling }: DoneKey, file: ListedFile): Promise<boolean> {
  const evidence = findEvidenceByPath(opened, file.path);
  if (!evidence) return false;
  const { pipelineVersion } = parameters;
  const key = { evidenceId: evidence.id, modelId: model.id, pipelineVersion, sampling };
  const video = isWalked(evidence) ? findVideoScan(opened, key) : undefined;
  // A video has verdicts from its first seconds on; it is done when the walk through it has ended.
  if (isWalked(evidence) && !video?.finished) return false;
  if (!hasVerdicts(opened, evidence.id, model.id, pipelineVersion)) return false;
  if (evidence.sha256 !== null) return isUntouched(evidence);
  return file.problem !== undefined || !(await canBeRead(file.readFrom ?? file.path));
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
    return { file, evidence: taken.evidence, ...(await cutStill(hands, taken)) };
  } finally {
    budget.free(bytesOf(taken));
  }
}

/** Steps 5 to 8 for a batch of files: one run of the network, one transaction. */
async function scoreAndWrite(hands: ScanHands, batch: readonly Prepared[]): Promise<void> {
  if (batch.length === 0) return;
  const judged = await judgeStills(hands, batch);
  addVerdicts(
    hands.opened,
    hands.parameters,
    batch.map(({ evidence: { id, relativePath } }, i) => ({ evidenceId: id, relativePath, ...judged[i]! })),
  );
}
