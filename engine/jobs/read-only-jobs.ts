// The jobs of a case that is only looked at: none runs, and those there are stay as they are.
// Stands in for the queue.
import type { JobEvent } from '../../contract/job.ts';
import { createBroadcast } from '../async/broadcast.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { listJobs } from '../case/rows/job.ts';
import type { JobQueue } from './job-queue.ts';

/** The jobs once, then nothing until the case is closed. */
export function createReadOnlyJobs(opened: ReadableCase): Pick<JobQueue, 'watch' | 'close'> {
  const events = createBroadcast<JobEvent>();
  return {
    async *watch(signal) {
      const following = events.follow(signal);
      for (const job of listJobs(opened).reverse()) yield { job, problem: null };
      yield* following;
    },
    close: async () => events.close(),
  };
}
