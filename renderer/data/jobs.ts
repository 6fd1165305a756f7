// Jobs of the open case as they change: one event stream from the engine, followed while a case is
// open.
import type { JobId } from '../../contract/brand.ts';
import type { Job, JobEvent } from '../../contract/job.ts';
import { client, follow } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { createStore } from './store.ts';

export type Problem = { jobId: JobId; shownPath: string; message: string };

/** Jobs newest first, and the latest problems, newest first. */
export type Jobs = { jobs: readonly Job[]; problems: readonly Problem[] };

const NONE: Jobs = { jobs: [], problems: [] };
const PROBLEM_LIMIT = 200;
/** Time between two readings of counts while a scan runs, ms. */
const COUNT_EVERY_MS = 1200;

export const jobs = createStore<Jobs>(NONE);

export const isActive = ({ state }: Job): boolean => state === 'running' || state === 'queued' || state === 'paused';

function withEvent({ jobs: known, problems }: Jobs, { job, problem }: JobEvent): Jobs {
  const others = known.filter((one) => one.id !== job.id);
  return {
    jobs: [job, ...others].sort((a, b) => b.id - a.id),
    problems: problem ? [{ jobId: job.id, ...problem }, ...problems].slice(0, PROBLEM_LIMIT) : problems,
  };
}

let lastCount = 0;
let counting: ReturnType<typeof setTimeout> | undefined;

/**
 * Counts are read again while work goes on, never more often than COUNT_EVERY_MS, and once more at
 * its end.
 */
function countAgain(): void {
  if (counting) return;
  counting = setTimeout(
    () => {
      counting = undefined;
      lastCount = Date.now();
      void queryClient.invalidateQueries({ queryKey: engine.finding.facets.key() });
      void queryClient.invalidateQueries({ queryKey: engine.case.current.key() });
    },
    Math.max(0, lastCount + COUNT_EVERY_MS - Date.now()),
  );
}

/** Resolves when the job has ended, as the stream of jobs tells it; rejects where it was not done. */
export const jobEnded = (id: JobId): Promise<Job> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const job = jobs.get().jobs.find((one) => one.id === id);
      if (!job || isActive(job)) return;
      stop();
      if (job.state === 'done') resolve(job);
      else reject(new Error(job.error ?? `The job was ${job.state}.`));
    };
    const stop = jobs.follow(look);
    look();
  });

/** Follows the jobs of the open case until `signal` aborts, over any number of engine restarts. */
export async function followJobs(signal: AbortSignal): Promise<void> {
  jobs.set(NONE);
  for await (const event of follow((streamSignal) => client.job.watch(undefined, { signal: streamSignal }), signal)) {
    const before = jobs.get().jobs.find((one) => one.id === event.job.id);
    jobs.set((now) => withEvent(now, event));
    if (before && (before.progress.done !== event.job.progress.done || before.state !== event.job.state)) countAgain();
  }
}
