// A worker of the farm: takes files from the queue for as long as it runs, examines them, and sends back what it found. It opens no case. Runs as
// `recce worker`; its children (decode, compute, video) are those of an engine.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { RecceError } from '../../contract/errors.ts';
import type { FarmPassport, FarmQueue, FarmTask, FarmWorker } from '../../contract/farm.ts';
import { farmTaskSchema } from '../../contract/farm.ts';
import { type Model, modelSchema } from '../../contract/model.ts';
import { hashOfValue } from '../case/canonical-json.ts';
import { createMemoryBudget } from '../scan/memory-budget.ts';
import type { EvidenceFolder } from './evidence-folders.ts';
import { examineTask, type TaskHands } from './examine-task.ts';
import { afterKey, aliveKey, KEPT_SECONDS, modelKey, QUEUE_NAME, QUEUE_PREFIX, taskIdOf } from './farm-keys.ts';
import { openQueue } from './open-queue.ts';
import { createOutbox, NobodyTakes } from './outbox.ts';
import { refusalFrom } from './passport.ts';
import type { QueueCredentials } from './queue-address.ts';
import { SAY_EVERY_MS, sayWorker } from './worker-registry.ts';

/** How a worker is made. */
export type WorkerOptions = {
  queue: FarmQueue;
  credentials: QueueCredentials;
  folders: readonly EvidenceFolder[];
  passport: FarmPassport;
  about: Pick<FarmWorker, 'name' | 'machine' | 'model' | 'provider' | 'device'>;
  /** What a file is examined with, under the model's record as the case has it. */
  handsFor: (model: Model) => Promise<PlacedHands>;
  /** Files at a time: one decoded, one searched, one scored, one sent. */
  concurrency: number;
  /** A worker not heard of for so long is taken for dead, and its file goes to another. */
  stalledAfterMs: number;
  /** Each thing worth a line. */
  say: (line: string) => void;
};

/** `leaveDevice`: the device failed, and what comes is examined on the CPU. */
export type PlacedHands = Omit<TaskHands, 'folders' | 'budget'> & { leaveDevice(sentence: string): Promise<void> };

export type RunningWorker = {
  /** Ends after the files it is at; at once with `force`: they go to others when they have stalled. */
  close(force?: boolean): Promise<void>;
};

/** As in a scan on one machine. [Note: memory in flight] */
const PIXELS_AHEAD_BYTES = 3 * 64e6;
/** Time for another worker to take a file that this one gave back. */
const GIVEN_BACK_MS = 1000;
/** A worker that cannot do what is asked looks away for this long, so that the others get to it. */
const LOOK_AWAY_MS = 3000;
/** Time until a file is looked at again whose case is not there, and after which it is given up. */
const NOBODY_MS = 5000;
/** Time for the last words to the queue. */
const FAREWELL_MS = 1000;
/** Times that a file may end the worker that has it. */
const STALLS = 3;

/** Starts working. Throws QUEUE_UNAVAILABLE. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const opened = await openQueue(options.queue, options.credentials);
  const redis = opened.connect();
  const status = await createStatus(redis, options).catch((cause: Error & { previousErrors?: Error[] }) => {
    // A connection that stayed open would keep the process from ending.
    redis.disconnect();
    const { message } = cause.previousErrors?.[0] ?? cause;
    throw new RecceError('QUEUE_UNAVAILABLE', options.queue.address, message, { cause });
  });
  const budget = createMemoryBudget(PIXELS_AHEAD_BYTES);
  const models = new Map<string, Promise<PlacedHands>>();
  const handsOf = async (task: FarmTask): Promise<TaskHands> => {
    const known = models.get(task.modelRecordSha256) ?? readModel(redis, task).then(options.handsFor);
    models.set(task.modelRecordSha256, known);
    known.catch(() => models.delete(task.modelRecordSha256));
    return { ...(await known), folders: options.folders, budget };
  };
  const leaveDevice = async ({ modelRecordSha256 }: FarmTask, error: unknown): Promise<void> => {
    if (!(error instanceof RecceError) || error.code !== 'COMPUTE_FAILED') return;
    const hands = await models.get(modelRecordSha256);
    models.delete(modelRecordSha256);
    await hands?.leaveDevice(error.message);
  };

  const giveBack = async (job: Job, token: string | undefined, ms: number): Promise<never> => {
    await job.moveToDelayed(Date.now() + ms, token);
    throw new DelayedError();
  };
  const notDone = async (task: FarmTask, sentence: string): Promise<void> => {
    status.notDone(sentence);
    options.say(`${task.path}: ${sentence}`);
    const outbox = createOutbox(redis, task, options.about.name);
    // Where nobody takes it, it was said here.
    await outbox.send({ kind: 'notDone', sentence }).catch(() => {});
  };
  const lookAway = async (): Promise<void> => {
    if (worker.isPaused()) return;
    await worker.pause(true);
    await sleep(LOOK_AWAY_MS, undefined, { ref: false });
    if (!worker.closing) await worker.resume();
  };

  const work = async (job: Job, token?: string): Promise<null> => {
    const task = farmTaskSchema.parse(job.data);
    const refusal = refusalFrom(task.passport, options.passport);
    if (refusal) {
      status.refused();
      await notDone(task, refusal);
      void lookAway();
      return giveBack(job, token, GIVEN_BACK_MS);
    }
    if (!(await redis.exists(aliveKey(task.scan)))) return nobody(job, token);
    const after = Number((await redis.hget(afterKey(task.scan), taskIdOf(task.scan, task.evidenceId))) ?? task.after);
    status.begin(task.path);
    try {
      const outbox = createOutbox(redis, task, options.about.name);
      status.done(await examineTask(await handsOf(task), { ...task, after }, outbox));
      return null;
    } catch (error) {
      if (error instanceof NobodyTakes) return nobody(job, token);
      await leaveDevice(task, error);
      await notDone(task, sentenceFrom(error));
      void lookAway();
      throw error;
    } finally {
      status.end(task.path);
    }
  };
  const nobody = (job: Job, token: string | undefined): Promise<never> => {
    if (Date.now() - job.timestamp > KEPT_SECONDS * 1000)
      throw new UnrecoverableError('The machine with the case has not been there for a day.');
    return giveBack(job, token, NOBODY_MS);
  };

  const worker = new Worker(QUEUE_NAME, work, {
    connection: opened.options,
    prefix: QUEUE_PREFIX,
    name: options.about.name,
    concurrency: options.concurrency,
    lockDuration: options.stalledAfterMs,
    stalledInterval: options.stalledAfterMs / 2,
    maxStalledCount: STALLS,
    autorun: false,
  });
  const sayOnce = createSayOnce(options.say);
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

/** The queue's engine repeats itself while a connection is away; one of its last lines is not said again. */
function createSayOnce(say: (line: string) => void): (line: string) => void {
  let recent: string[] = [];
  return (line) => {
    if (!recent.includes(line)) say(line);
    recent = [line, ...recent.filter((one) => one !== line)].slice(0, 20);
  };
}

const sentenceFrom = (error: unknown): string =>
  `It could not be examined here: ${error instanceof Error ? error.message : String(error)}`;

/** The model's record as the case has it, verified. */
async function readModel(redis: Redis, { modelRecordSha256: sha256, passport }: FarmTask): Promise<Model> {
  const json = await redis.get(modelKey(sha256));
  if (json === null) throw new Error('The record of the model is no longer beside the queue; scan again.');
  const model = modelSchema.parse(JSON.parse(json));
  if (hashOfValue(model) !== sha256 || model.id !== passport.modelId)
    throw new Error('The record of the model beside the queue is not the one named.');
  return model;
}

/** What this worker says of itself: at once when it changes its mind about work, else every few seconds. */
async function createStatus(redis: Redis, { about, passport }: WorkerOptions) {
  const now = async (): Promise<string> => {
    const [seconds] = await redis.time();
    return new Date(Number(seconds) * 1000).toISOString();
  };
  const startedAt = await now();
  const files: string[] = [];
  let counts = { filesDone: 0, facesDone: 0, notDone: 0 };
  let lastSentence: string | null = null;
  let state: FarmWorker['state'] = 'idle';
  const { appVersion, pipelineVersion } = passport;
  const id = randomUUID();
  const say = async (): Promise<void> => {
    const self = { id, ...about, pid: process.pid, appVersion, pipelineVersion, state, files, ...counts, lastSentence };
    await sayWorker(redis, { ...self, startedAt, lastSeenAt: await now() });
  };
  let saying = false;
  /** A queue that is away is told once, when it is back. */
  const sayIfPossible = (): void => {
    if (saying) return;
    saying = true;
    say()
      .catch(() => {})
      .finally(() => {
        saying = false;
      });
  };
  await say();
  const timer = setInterval(sayIfPossible, SAY_EVERY_MS);
  return {
    begin(file: string) {
      files.push(file);
      state = 'working';
    },
    end(file: string) {
      files.splice(files.indexOf(file), 1);
      if (files.length === 0) state = 'idle';
    },
    done(faces: number) {
      counts = { ...counts, filesDone: counts.filesDone + 1, facesDone: counts.facesDone + faces };
    },
    refused() {
      state = 'refused';
    },
    notDone(sentence: string) {
      counts = { ...counts, notDone: counts.notDone + 1 };
      lastSentence = sentence;
      sayIfPossible();
    },
    async close() {
      clearInterval(timer);
      state = 'stopped';
      await say().catch(() => {});
    },
  };
}
