// What one farm scan holds between its beginning and its end: connections, the files that are with
// the workers, and how far it is.
import type { Redis } from 'ioredis';
import type { EvidenceId, Sha256 } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { FarmQueue, FarmTask } from '../../../contract/farm.ts';
import type { VerdictOutcome, VerdictParameters } from '../../../contract/verdict.ts';
import { createRate } from '../../async/rate.ts';
import { addVerdicts } from '../../case/rows/verdict.ts';
import type { JobControl } from '../../jobs/job-queue.ts';
import { endsLikeVideo } from '../../media/sniff.ts';
import type { VideoDecoder } from '../../media/video/video-decoder.ts';
import type { ListedFile } from '../list-media.ts';
import type { ExaminedBefore } from '../select-files.ts';
import type { QueueCredentials } from './queue-address.ts';
import type { TaskQueue } from './task-queue.ts';
import type { ResultDeps } from './write-result.ts';

/**
 * What a farm scan works with. `parameters` are those of rows this machine writes itself, of files
 * that no worker need look at.
 */
export type FarmDeps = ResultDeps & {
  parameters: VerdictParameters;
  /** Asked what a file is that no list of beginnings knows. */
  videoDecoder: Pick<VideoDecoder, 'probe'>;
  queue: FarmQueue;
  credentials: QueueCredentials;
  inFlight: number;
};

/**
 * Files and faces of each worker, by name: what the audit log keeps. Names come from elsewhere:
 * keys of a map, never of an object.
 */
export type FarmShare = ReadonlyMap<string, Readonly<Share>>;
type Share = { files: number; faces: number };

/** A file that was handed out. `lost`: times its result was. `emptyAt`: see watch-tasks.ts. */
export type UnderWay = { evidence: Evidence; task: FarmTask; lost: number; emptyAt: number | undefined };

export type FarmRun = {
  deps: FarmDeps;
  /** SHA-256 of the model's record, under which it lies beside the queue. */
  modelRecordSha256: Sha256;
  job: JobControl;
  redis: Redis;
  tasks: TaskQueue;
  scan: string;
  underWay: Map<EvidenceId, UnderWay>;
  progress: FarmProgress;
  /** What workers said of themselves or of a file: told once. */
  told: Set<string>;
  /** Times the inbox was seen empty: a result that is not on the queue may still be in it. */
  inboxEmpty: { times: number };
};

export type FarmProgress = ReturnType<typeof createFarmProgress>;

export function createFarmProgress(job: JobControl) {
  const share = new Map<string, Share>();
  const counts = { done: 0, total: 0, failed: 0, faces: 0 };
  const rate = createRate();
  let hasVideos = false;
  let changed = Promise.withResolvers<void>();
  const report = (message?: string): void => {
    const { ratePerSecond, remainingMs } = rate.after(counts.done, counts.total);
    // A video is not one more file, and how long the workers' videos take is not known before their
    // end.
    const time = { ratePerSecond, remainingMs: hasVideos ? null : remainingMs };
    job.report({ ...counts, ...time, ...(message === undefined ? {} : { message }) });
  };
  return {
    share,
    report,
    /** Resolves when a file is done. */
    changed: (): Promise<void> => changed.promise,
    begin({ files, faces, unreadable }: ExaminedBefore, total: number, todo: readonly ListedFile[]): void {
      hasVideos = todo.some(({ relativePath }) => endsLikeVideo(relativePath));
      Object.assign(counts, { done: files, total, failed: unreadable.length, faces });
      report(`${total} files`);
      for (const { shownPath, message } of unreadable) job.problem(shownPath, message);
    },
    /** `by`: the worker that said the last of it, none where this machine did. */
    fileDone(by?: string): void {
      counts.done += 1;
      if (by !== undefined) shareOf(share, by).files += 1;
      report();
      changed.resolve();
      changed = Promise.withResolvers();
    },
    faces(by: string, faces: number): void {
      counts.faces += faces;
      shareOf(share, by).faces += faces;
    },
    notRead({ shownPath }: Evidence, message: string): void {
      counts.failed += 1;
      job.problem(shownPath, message);
    },
    end: (): void => job.report({ ...counts, remainingMs: 0, message: `${counts.total} files, ${counts.faces} faces` }),
  };
}

function shareOf(share: Map<string, Share>, worker: string): Share {
  const known = share.get(worker) ?? { files: 0, faces: 0 };
  share.set(worker, known);
  return known;
}

/** A row for the whole file, of what this machine itself has to say of it. */
export function writeOwnRow(
  { opened, parameters }: FarmDeps,
  { id, relativePath }: Evidence,
  state: Evidence['state'] | undefined,
  outcome: VerdictOutcome,
): void {
  addVerdicts(opened, parameters, [{ evidenceId: id, relativePath, state, verdicts: [{ face: null, outcome }] }]);
}
