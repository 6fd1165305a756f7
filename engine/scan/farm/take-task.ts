// What a worker does with one file of the queue: examines it and sends back what it found, refuses
// it, or gives it back because the machine with the case is not there.
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { FarmPassport, FarmTask } from '../../../contract/farm.ts';
import { farmTaskSchema } from '../../../contract/farm.ts';
import { walkedSoFarSchema } from '../../../contract/track.ts';
import { examineTask, type TaskDeps } from './examine-task.ts';
import { afterKey, aliveKey, KEPT_SECONDS, taskIdOf } from './farm-keys.ts';
import { createOutbox, NobodyTakes } from './outbox.ts';
import { refusalFrom } from './passport.ts';
import type { WorkerModels } from './worker-models.ts';
import type { WorkerStatus } from './worker-status.ts';

export type IngestDeps = Pick<TaskDeps, 'folders' | 'budget'> & {
  redis: Redis;
  /** The worker's name in the case. */
  name: string;
  passport: FarmPassport;
  models: WorkerModels;
  status: WorkerStatus;
  /** Takes no file for a while, so that the others get to this one. */
  lookAway(): void;
  say(line: string): void;
};

/** Time for another worker to take a file that this one gave back. */
const GIVEN_BACK_MS = 1000;
/** Time until a file is looked at again whose case is not there, and after which it is given up. */
const NOBODY_MS = 5000;

/**
 * Throws DelayedError where the file goes back to the queue, and what went wrong where it is to be
 * tried again.
 */
export async function takeTask(job: Job, token: string | undefined, deps: IngestDeps): Promise<null> {
  const { redis, status } = deps;
  const task = farmTaskSchema.parse(job.data);
  const refusal = refusalFrom(task.passport, deps.passport);
  if (refusal) {
    status.refused();
    await sayNotDone(task, refusal, deps);
    deps.lookAway();
    return giveBack(job, token, GIVEN_BACK_MS);
  }
  if (!(await redis.exists(aliveKey(task.scan)))) return giveBackToNobody(job, token);
  const so = await redis.hget(afterKey(task.scan), taskIdOf(task.scan, task.evidenceId));
  status.begin(task.path);
  try {
    status.done(await examine({ ...task, ...(so ? walkedSoFarSchema.parse(JSON.parse(so)) : {}) }, deps));
    return null;
  } catch (error) {
    if (error instanceof NobodyTakes) return giveBackToNobody(job, token);
    await deps.models.leaveDevice(task, error);
    await sayNotDone(task, errorSentence(error), deps);
    deps.lookAway();
    throw error;
  } finally {
    status.end(task.path);
  }
}

/** Gives how many faces were found. */
async function examine(task: FarmTask, { redis, name, models, folders, budget }: IngestDeps): Promise<number> {
  const outbox = createOutbox(redis, task, name);
  return examineTask({ ...(await models.depsOf(task)), folders, budget }, task, outbox);
}

async function sayNotDone(task: FarmTask, sentence: string, { redis, name, status, say }: IngestDeps): Promise<void> {
  status.notDone(sentence);
  say(`${task.path}: ${sentence}`);
  const outbox = createOutbox(redis, task, name);
  // Where nobody takes it, it was said here.
  await outbox.send({ kind: 'notDone', sentence }).catch(() => {});
}

async function giveBack(job: Job, token: string | undefined, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

function giveBackToNobody(job: Job, token: string | undefined): Promise<never> {
  if (Date.now() - job.timestamp > KEPT_SECONDS * 1000)
    throw new UnrecoverableError('The machine with the case has not been there for a day.');
  return giveBack(job, token, NOBODY_MS);
}

const errorSentence = (error: unknown): string =>
  `It could not be examined here: ${error instanceof Error ? error.message : String(error)}`;
