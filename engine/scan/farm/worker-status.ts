// What a worker says of itself beside the queue, for whoever looks at the farm.
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { FarmPassport, FarmWorker } from '../../../contract/farm.ts';
import { SAY_EVERY_MS, sayWorker } from './worker-registry.ts';

/** What does not change while a worker runs. */
export type AboutWorker = Pick<FarmWorker, 'name' | 'machine' | 'model' | 'provider' | 'device'>;

export type WorkerStatus = Awaited<ReturnType<typeof createWorkerStatus>>;

/**
 * Said at once when it changes its mind about work, else every few seconds. Throws where the queue
 * is away at the start.
 */
export async function createWorkerStatus(redis: Redis, about: AboutWorker, passport: FarmPassport) {
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
