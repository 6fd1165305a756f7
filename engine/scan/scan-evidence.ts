// The scan, as one straight line: files -> evidence -> faces -> crops -> scores -> rows. Runs in
// the engine process as a job; decoding and inference happen in their own processes and overlap
// with each other and with the database.
import { availableParallelism } from 'node:os';
import type { Evidence } from '../../contract/evidence.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { createMemoryBudget, type MemoryBudget } from '../async/memory-budget.ts';
import { prefetch } from '../async/prefetch.ts';
import { createRate } from '../async/rate.ts';
import { addVerdicts } from '../case/rows/verdict.ts';
import { type CutStill, cutStill, type JudgedFile, judgeStills, pixelBytesOf } from '../examine/examine-still.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { endsTheJob, toolFailure } from './file-failure.ts';
import { type IngestedFile, ingest } from './ingest.ts';
import type { ListedFile } from './list-media.ts';
import type { ScanDeps } from './scan-deps.ts';
import { scanVideo } from './scan-video.ts';
import { isExamined, listFiles, outcomeBefore, splitDone } from './select-files.ts';
import { createTimeLeft, videoSizes } from './time-left.ts';

/** A file with its row and its faces cut out, or with the outcome that says why there are none. */
type Prepared = CutStill & Pick<IngestedFile, 'evidence' | 'asRead' | 'known'> & { file: ListedFile };

/**
 * Files in flight before scoring: one being read, one decoded, and on each core one searched for
 * faces.
 */
const FILES_AHEAD = Math.max(4, availableParallelism() + 2);
/**
 * Pixels that may wait to be searched, beside the picture being decoded: 64 megapixels, and of many
 * cores 16 for each. [Note: memory in flight]
 */
const PIXELS_AHEAD_BYTES = 3 * Math.max(64e6, 16e6 * availableParallelism());
/** Files, and about as many faces, written in one transaction. */
const FILES_PER_TRANSACTION = 16;
const FACES_PER_TRANSACTION = 8;

/**
 * Scans `paths`, or every file of the case when empty. Files that have their verdicts are passed
 * over, and counted with what came of them.
 */
export async function scanEvidence(deps: ScanDeps, job: JobControl, paths: readonly string[]): Promise<void> {
  const listed = await listFiles(deps, paths);
  const { todo, before } = await splitDone(deps, listed);
  const rate = createRate();
  const videos = await videoSizes(todo);
  const timeLeft = createTimeLeft({
    stills: todo.length - videos.size,
    videoBytes: [...videos.values()].reduce((sum, size) => sum + size, 0),
  });
  const counts = {
    done: before.files,
    total: listed.length,
    failed: before.unreadable.length,
    faces: before.faces,
  };
  job.report({ ...counts, message: countedFiles(listed.length) });
  for (const { shownPath, message } of before.unreadable) job.problem(shownPath, message);

  let batch: Prepared[] = [];
  let writing: Promise<void> = Promise.resolve();
  const fileDone = (files: number, faces: number): void => {
    counts.done += files;
    counts.faces += faces;
    const { ratePerSecond } = rate.after(counts.done, counts.total);
    job.report({ ...counts, ratePerSecond, remainingMs: timeLeft.remainingMs() });
  };
  /** Counted as what its name promised, so that what is left comes out even. */
  const oneLess = ({ path }: ListedFile, already = 0): void => {
    const size = videos.get(path);
    if (size === undefined) timeLeft.done('stills', 1);
    else timeLeft.done('videoBytes', size - already);
  };
  const noteFailed = (shownPath: string, message: string): void => {
    counts.failed += 1;
    job.problem(shownPath, message);
  };
  const writer: Writer = { deps, signal: job.signal, noteFailed };
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    await writing;
    writing = scoreAndWrite(writer, full).then((faces) => {
      for (const { file } of full) oneLess(file);
      fileDone(full.length, faces);
    });
    writing.catch(() => {});
  };

  const budget = createMemoryBudget(PIXELS_AHEAD_BYTES);
  /** A video takes its time; the files before it are written first, those behind it wait. */
  const takeVideo = async ({ file, evidence, asRead }: Prepared): Promise<void> => {
    await flush();
    await writing;
    const facesBefore = counts.faces;
    const size = videos.get(file.path) ?? 0;
    let seen = 0;
    const onProgress = (share: number | null, faces: number): void => {
      counts.faces = facesBefore + faces;
      const more = Math.max(0, (share ?? 0) * size - seen);
      seen += more;
      if (more > 0) timeLeft.done('videoBytes', more);
      const message = `${evidence.shownPath}: ${words(share)}, ${countedFaces(faces)}`;
      job.report({ ...counts, remainingMs: timeLeft.remainingMs(), message });
    };
    try {
      const state = await scanVideo(deps, job, { file, evidence, asRead }, onProgress);
      if (state.kind === 'unreadable') noteFailed(evidence.shownPath, unreadableWords(state));
    } catch (error) {
      await failedOver(writer, evidence, error);
    }
    oneLess(file, seen);
    fileDone(1, 0);
  };
  const passOver = ({ evidence, file }: Prepared): void => {
    const { faces, unreadable } = outcomeBefore(deps, evidence);
    if (unreadable !== undefined) noteFailed(evidence.shownPath, unreadable);
    oneLess(file);
    fileDone(1, faces);
  };
  try {
    for await (const prepared of prefetch(todo, FILES_AHEAD, (file) => prepare(deps, budget, file, job.signal))) {
      if (prepared.known) {
        passOver(prepared);
        continue;
      }
      if (prepared.state.kind === 'pending') {
        await takeVideo(prepared);
        continue;
      }
      batch.push(prepared);
      if (prepared.outcome?.kind === 'toolError') noteFailed(prepared.evidence.shownPath, prepared.outcome.message);
      if (prepared.state.kind === 'unreadable')
        noteFailed(prepared.evidence.shownPath, unreadableWords(prepared.state));
      const faces = batch.reduce((sum, one) => sum + one.faces.length, 0);
      if (faces >= FACES_PER_TRANSACTION || batch.length >= FILES_PER_TRANSACTION) await flush();
      await job.pausePoint();
    }
    await flush();
  } finally {
    // Nothing is written any more once this has ended, however it ends.
    await writing;
  }
  job.report({ ...counts, remainingMs: 0, message: `${countedFiles(counts.total)}, ${countedFaces(counts.faces)}` });
}

const countedFiles = (n: number): string => (n === 1 ? '1 file' : `${n} files`);
const countedFaces = (n: number): string => (n === 1 ? '1 face' : `${n} faces`);

const words = (share: number | null): string => (share === null ? 'in progress' : `${Math.floor(share * 100)} %`);

/** Steps 1 to 4: file -> row -> pixels -> faces -> crops. */
async function prepare(deps: ScanDeps, budget: MemoryBudget, file: ListedFile, signal: AbortSignal): Promise<Prepared> {
  const examined = { ...deps, isExamined: (evidence: Evidence) => isExamined(deps, evidence) };
  const taken = await budget.make(() => ingest(examined, file, signal), pixelBytesOf);
  const { evidence, asRead, known, state } = taken;
  try {
    return { file, evidence, asRead, known, ...(await cutStill(deps, taken)) };
  } catch (error) {
    if (endsTheJob(error, deps.parameters, signal)) throw error;
    return { file, evidence, asRead, known, state, faces: [], outcome: toolFailure(error) };
  } finally {
    budget.free(pixelBytesOf(taken));
  }
}

/** What rows are written with, and who is told of a file that failed. */
type Writer = { deps: ScanDeps; signal: AbortSignal; noteFailed(shownPath: string, message: string): void };

/**
 * Steps 5 to 8 for a batch of files in one transaction. Gives the number of
 * faces. See [Note: one file's failure].
 */
async function scoreAndWrite(writer: Writer, batch: readonly Prepared[]): Promise<number> {
  if (batch.length === 0) return 0;
  try {
    writeRows(writer.deps, batch, await judgeStills(writer.deps, batch));
    return batch.reduce((sum, { faces }) => sum + faces.length, 0);
  } catch (error) {
    if (endsTheJob(error, writer.deps.parameters, writer.signal)) throw error;
    if (batch.length === 1) {
      await failedOver(writer, batch[0]!.evidence, error);
      return 0;
    }
    let faces = 0;
    for (const one of batch) faces += await scoreAndWrite(writer, [one]);
    return faces;
  }
}

function writeRows({ opened, parameters }: ScanDeps, batch: readonly Prepared[], judged: readonly JudgedFile[]): void {
  addVerdicts(
    opened,
    parameters,
    batch.map(({ evidence: { id, relativePath } }, i) => ({ evidenceId: id, relativePath, ...judged[i]! })),
  );
}

/** The row of a file over which the workstation failed. Throws what is not the file's own. */
async function failedOver({ deps, signal, noteFailed }: Writer, evidence: Evidence, error: unknown): Promise<void> {
  if (endsTheJob(error, deps.parameters, signal)) throw error;
  const { id, relativePath } = evidence;
  const outcome = toolFailure(error);
  const verdicts = [{ face: null, outcome }];
  addVerdicts(deps.opened, deps.parameters, [{ evidenceId: id, relativePath, state: undefined, verdicts }]);
  noteFailed(evidence.shownPath, outcome.message);
}
