// Who works at a queue: each worker says every few seconds how it is; whoever asks is told, also of
// those that fell silent.
import type { Redis } from 'ioredis';
import { type FarmWorker, farmWorkerSchema } from '../../../contract/farm.ts';
import { KEPT_SECONDS, QUEUE_KEYS, workersKey } from './farm-keys.ts';

export const SAY_EVERY_MS = 2000;
/** A worker not heard of for this long is gone; for an hour it is still shown. */
const GONE_AFTER_MS = 15_000;
const FORGOTTEN_AFTER_MS = 3600_000;

export async function sayWorker(redis: Redis, worker: FarmWorker): Promise<void> {
  const said = redis.multi().hset(workersKey, worker.id, JSON.stringify(worker));
  // Taking a task makes lists anew, without an end.
  for (const key of [workersKey, ...QUEUE_KEYS]) said.expire(key, KEPT_SECONDS);
  await said.exec();
}

/** Those heard of within the last hour, by name. What is no worker's word is passed over. */
export async function listWorkers(redis: Redis, nowMs: number): Promise<FarmWorker[]> {
  const all = await redis.hgetall(workersKey);
  const workers: FarmWorker[] = [];
  for (const [id, json] of Object.entries(all)) {
    const worker = workerFrom(json);
    const silentMs = worker ? nowMs - Date.parse(worker.lastSeenAt) : Number.POSITIVE_INFINITY;
    if (!worker || silentMs > FORGOTTEN_AFTER_MS) await redis.hdel(workersKey, id);
    else workers.push(silentMs > GONE_AFTER_MS && worker.state !== 'stopped' ? { ...worker, state: 'gone' } : worker);
  }
  return workers.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.pid - b.pid));
}

function workerFrom(json: string): FarmWorker | undefined {
  try {
    return farmWorkerSchema.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}
