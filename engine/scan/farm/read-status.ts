// How a queue is: its workers and what waits for them. For `recce farm status` and the window.
import { Queue } from 'bullmq';
import type { FarmQueue, FarmStatus } from '../../../contract/farm.ts';
import { QUEUE_NAME, QUEUE_PREFIX } from './farm-keys.ts';
import { openQueue } from './open-queue.ts';
import type { QueueCredentials } from './queue-address.ts';
import { listWorkers } from './worker-registry.ts';

export type StatusReader = { queue: FarmQueue; read(): Promise<FarmStatus>; close(): Promise<void> };

/** Throws QUEUE_UNAVAILABLE. */
export async function createStatusReader(queue: FarmQueue, credentials: QueueCredentials): Promise<StatusReader> {
  const opened = await openQueue(queue, credentials);
  const redis = opened.connect();
  const tasks = new Queue(QUEUE_NAME, { connection: opened.options, prefix: QUEUE_PREFIX });
  tasks.on('error', () => {});
  return {
    queue,
    async read() {
      const { waiting = 0, active = 0, delayed = 0, failed = 0 } = await tasks.getJobCounts();
      // The server's clock: the workers' may differ from this machine's.
      const [seconds] = await redis.time();
      const workers = await listWorkers(redis, Number(seconds) * 1000);
      return { address: queue.address, server: opened.server, counts: { waiting, active, delayed, failed }, workers };
    },
    async close() {
      await tasks.close().catch(() => {});
      redis.disconnect();
    },
  };
}
