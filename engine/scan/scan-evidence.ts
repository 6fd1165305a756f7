// The scan, as one straight line: files -> evidence -> faces -> crops -> scores -> rows. Runs in the engine process as a job;
// decoding and inference happen in their own processes and overlap with each other and with the database.
import type { Evidence } from '../../contract/evidence.ts';
import { createMemoryBudget, type MemoryBudget } from '../async/memory-budget.ts';
import { prefetch } from '../async/prefetch.ts';
import { createRate } from '../async/rate.ts';
import { addVerdicts } from '../case/rows/verdict.ts';
import { type CutStill, cutStill, judgeStills } from '../examine/examine-still.ts';
import { FACES_PER_RUN } from '../examine/judge-faces.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { type IngestedFile, ingest } from './ingest.ts';
import type { ListedFile } from './list-media.ts';
import type { ScanDeps } from './scan-deps.ts';
import { scanVideo } from './scan-video.ts';
import { listFiles, partFiles } from './select-files.ts';

/** A file with its row and its faces cut out, or with the outcome that says why there are none. */
type Prepared = CutStill & { evidence: Evidence; file: ListedFile };

/** Files in flight before scoring: one being read, one decoded, one searched for faces, one waiting. */
const FILES_AHEAD = 4;
/** Pixels that may wait to be searched, beside the picture being decoded: 64 megapixels. [Note: memory in flight] */
const PIXELS_AHEAD_BYTES = 3 * 64e6;
/** Files written in one transaction. */
const FILES_PER_TRANSACTION = 16;

/** Scans `paths`, or every file of the case when empty. Files that have their verdicts are passed over, and counted with what came of them. */
export async function scanEvidence(deps: ScanDeps, job: JobControl, paths: readonly string[]): Promise<void> {
  const listed = await listFiles(deps, paths);
  const { todo, before } = await partFiles(deps, listed);
  const rate = createRate();
  const counts = {
    done: before.files,
    total: listed.length,
    failed: before.unreadable.length,
    faces: before.faces,
  };
  job.report({ ...counts, message: `${listed.length} files` });
  for (const { relativePath, message } of before.unreadable) job.problem(relativePath, message);

  let batch: Prepared[] = [];
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    await writing;
    writing = scoreAndWrite(deps, full).then(() => {
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
    const facesBefore = counts.faces;
    const state = await scanVideo(deps, job, { file, evidence }, (share, faces) => {
      counts.faces = facesBefore + faces;
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
    for await (const prepared of prefetch(todo, FILES_AHEAD, (file) => prepare(deps, budget, file, job.signal))) {
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

/** Steps 1 to 4: file -> row -> pixels -> faces -> crops. */
async function prepare(deps: ScanDeps, budget: MemoryBudget, file: ListedFile, signal: AbortSignal): Promise<Prepared> {
  const bytesOf = ({ image }: IngestedFile): number => image?.data.length ?? 0;
  const taken = await budget.make(() => ingest(deps.opened, deps.decoder, file, signal), bytesOf);
  try {
    return { file, evidence: taken.evidence, ...(await cutStill(deps, taken)) };
  } finally {
    budget.free(bytesOf(taken));
  }
}

/** Steps 5 to 8 for a batch of files: one run of the network, one transaction. */
async function scoreAndWrite(deps: ScanDeps, batch: readonly Prepared[]): Promise<void> {
  if (batch.length === 0) return;
  const judged = await judgeStills(deps, batch);
  addVerdicts(
    deps.opened,
    deps.parameters,
    batch.map(({ evidence: { id, relativePath } }, i) => ({ evidenceId: id, relativePath, ...judged[i]! })),
  );
}
