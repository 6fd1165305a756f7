// A worker at a queue that takes nothing, as a server does whose memory or disk is full: it says so
// and lets the queue go, so that its process ends.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { runWorker, type WorkerOptions } from './run-worker.ts';
import { startRedis } from './testing/redis-server.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-refused-worker-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a worker that a full server refuses says why, and holds no connection', { tags: ['redis'] }, async () => {
  const server = await startRedis(root, ['--maxmemory', '1', '--maxmemory-policy', 'noeviction']);
  const other = new Redis(server.port);
  try {
    const options = { queue: { address: server.address }, credentials: {}, passport: {}, about: {} };
    await expect(runWorker(options as unknown as WorkerOptions)).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      subject: server.address,
      detail: expect.stringContaining('maxmemory'),
    });
    await expect
      .poll(
        async () =>
          String(await other.client('LIST'))
            .trim()
            .split('\n').length,
      )
      .toBe(1);
  } finally {
    other.disconnect();
    await server.stop();
  }
});
