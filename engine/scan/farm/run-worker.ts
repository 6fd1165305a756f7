// A worker of the farm: takes files from the queue for as long as it runs, examines them, and sends
// back what it found. It opens no case. Runs as `recce worker`; its children (decode, compute,
// video) are those of an engine.
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { RecceError } from '../../../contract/errors.ts';
import type { FarmPassport, FarmQueue } from '../../../contract/farm.ts';
import type { Model } from '../../../contract/model.ts';
import { createMemoryBudget } from '../../async/memory-budget.ts';
import type { EvidenceFolder } from './evidence-folders.ts';
import { QUEUE_NAME, QUEUE_PREFIX } from './farm-keys.ts';
import { openQueue } from './open-queue.ts';
import type { QueueCredentials } from './queue-address.ts';
import { type IngestDeps, takeTask } from './take-task.ts';
import { createWorkerModels, type PlacedDeps } from './worker-models.ts';
import { type AboutWorker, createWorkerStatus } from './worker-status.ts';

/** How a worker is made. */
export type WorkerOptions = {
  queue: FarmQueue;
  credentials: QueueCredentials;
  folders: readonly EvidenceFolder[];
  passport: FarmPassport;
  about: AboutWorker;
  /** What a file is examined with, under the model's record as the case has it. */
  depsFor: (model: Model) => Promise<PlacedDeps>;
  /** Files at a time: one decoded, one searched, one scored, one sent. */
  concurrency: number;
  /** A worker not heard of for so long is taken for dead, and its file goes to another. */
  stalledAfterMs: number;
  /** Each thing worth a line. */
  say: (line: string) => void;
};

export type RunningWorker = {
  /**
   * Ends after the files it is at; at once with `force`: they go to others when they have stalled.
   */
  close(force?: boolean): Promise<void>;
};

/** As in a scan on one machine. [Note: memory in flight] */
const PIXELS_AHEAD_BYTES = 3 * 64e6;
/** A worker that cannot do what is asked looks away for this long, so that the others get to it. */
const LOOK_AWAY_MS = 3000;
/** Time for the last words to the queue. */
const FAREWELL_MS = 1000;
/** Times that a file may end the worker that has it. */
const STALLS = 3;

/** Starts working. Throws QUEUE_UNAVAILABLE. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { about, passport, folders, say } = options;
  const opened = await openQueue(options.queue, options.credentials);
  const redis = opened.connect();
  const status = await createWorkerStatus(redis, about, passport).catch(
    (cause: Error & { previousErrors?: Error[] }) => {
      // A connection that stayed open would keep the process from ending.
      redis.disconnect();
      const { message } = cause.previousErrors?.[0] ?? cause;
      throw new RecceError('QUEUE_UNAVAILABLE', options.queue.address, message, { cause });
    },
  );
  const deps: IngestDeps = {
    ...{ redis, name: about.name, passport, folders, status, say },
    budget: createMemoryBudget(PIXELS_AHEAD_BYTES),
    models: createWorkerModels(redis, options.depsFor),
    lookAway: () => void lookAway(worker),
  };
  const worker = new Worker(QUEUE_NAME, (job, token) => takeTask(job, token, deps), {
    connection: opened.options,
    prefix: QUEUE_PREFIX,
    name: about.name,
    concurrency: options.concurrency,
    lockDuration: options.stalledAfterMs,
    stalledInterval: options.stalledAfterMs / 2,
    maxStalledCount: STALLS,
    autorun: false,
  });
  const sayOnce = createSayOnce(say);
  worker.on('error', (error) => sayOnce(`The queue: ${error.message}`));
  worker.run().catch((error: Error) => sayOnce(`The queue: ${error.message}`));

  return {
    async close(force = false) {
      const closing = worker.close(force);
      // A queue that is away must not keep a worker from ending.
      await (force ? Promise.race([closing, sleep(FAREWELL_MS)]) : closing);
      await Promise.race([status.close(), sleep(FAREWELL_MS)]);
      redis.disconnect();
    },
  };
}

async function lookAway(worker: Worker): Promise<void> {
  if (worker.isPaused()) return;
  await worker.pause(true);
  await sleep(LOOK_AWAY_MS, undefined, { ref: false });
  if (!worker.closing) await worker.resume();
}

/**
 * The queue's engine repeats itself while a connection is away; one of its last lines is not said
 * again.
 */
function createSayOnce(say: (line: string) => void): (line: string) => void {
  let recent: string[] = [];
  return (line) => {
    if (!recent.includes(line)) say(line);
    recent = [line, ...recent.filter((one) => one !== line)].slice(0, 20);
  };
}
