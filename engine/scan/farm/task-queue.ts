// The coordinator's side of the queue: hands out a bounded number of files, and finds out what
// became of those of which nothing comes back.
import { Queue } from 'bullmq';
import type { EvidenceId } from '../../../contract/brand.ts';
import type { FarmTask } from '../../../contract/farm.ts';
import { KEPT_SECONDS, QUEUE_KEYS, QUEUE_NAME, QUEUE_PREFIX, taskIdOf } from './farm-keys.ts';
import type { OpenQueue } from './open-queue.ts';

/**
 * Attempts that count: those in which a worker failed. Refusals and waiting for the case do not.
 */
const ATTEMPTS = 4;
const FIRST_RETRY_MS = 1000;

/** `lost`: neither on the queue nor failed; its result came, or it was swept away. */
export type TaskState = { kind: 'underWay' } | { kind: 'failed'; reason: string } | { kind: 'lost' };

export type TaskQueue = {
  /**
   * Puts a file on the queue; one that is there already stays as it is, and is looked at at once
   * where it waits for a retry.
   */
  add(task: FarmTask): Promise<void>;
  stateOf(scan: string, evidenceId: EvidenceId): Promise<TaskState>;
  /** Takes it back where no worker has it. */
  remove(scan: string, evidenceId: EvidenceId): Promise<void>;
  /**
   * What lies on the queue of these files, and the queue itself, is kept for another day; untouched
   * it is gone then.
   */
  keep(scan: string, ids: readonly EvidenceId[]): Promise<void>;
  close(): Promise<void>;
};

export function createTaskQueue(opened: OpenQueue, say: (line: string) => void): TaskQueue {
  // Its own connection, which it would close with a farewell: where the queue is away, that is
  // waited for without end.
  const connection = opened.connect();
  const queue = new Queue(QUEUE_NAME, { connection, prefix: QUEUE_PREFIX });
  queue.on('error', (error) => say(`The queue: ${error.message}`));
  const remove = async (id: string): Promise<void> => {
    // A worker has it: it ends there, and what it says is known already.
    await queue.remove(id).catch(() => 0);
  };
  /**
   * BullMQ sets no end to a task: its paths and hashes would lie on the server for good when a scan
   * is killed.
   */
  const keep = async (ids: readonly string[]): Promise<void> => {
    const pipeline = connection.pipeline();
    for (const key of [...QUEUE_KEYS, ...ids.map((id) => queue.toKey(id))]) pipeline.expire(key, KEPT_SECONDS);
    await pipeline.exec();
  };
  return {
    keep: (scan, ids) => keep(ids.map((id) => taskIdOf(scan, id))),
    async add(task) {
      const jobId = taskIdOf(task.scan, task.evidenceId);
      const before = await queue.getJobState(jobId);
      if (before === 'failed' || before === 'completed') await remove(jobId);
      if (before === 'delayed') await (await queue.getJob(jobId))?.promote().catch(() => {});
      await queue.add('examine', task, {
        jobId,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: FIRST_RETRY_MS, jitter: 0.5 },
        removeOnComplete: true,
        // Long enough for the machine with the case to come back and read why.
        removeOnFail: { age: KEPT_SECONDS },
      });
      await keep([jobId]);
    },
    async stateOf(scan, evidenceId) {
      const id = taskIdOf(scan, evidenceId);
      const state = await queue.getJobState(id);
      if (state === 'unknown' || state === 'completed') return { kind: 'lost' };
      if (state !== 'failed') return { kind: 'underWay' };
      return { kind: 'failed', reason: (await queue.getJob(id))?.failedReason ?? 'no reason was left' };
    },
    remove: (scan, evidenceId) => remove(taskIdOf(scan, evidenceId)),
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}
