// The inbox over a real server that breaks its connections: no message is passed over, and each is
// let go only when it was written.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { inboxKey, takenKey } from './farm-keys.ts';
import { takeInbox } from './inbox.ts';
import { startRedis } from './testing/redis-server.ts';

const SCAN = '0'.repeat(24);
const MESSAGES = 200;
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-inbox-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('every message is written, in order, over connections that break', { tags: ['redis'] }, async () => {
  const server = await startRedis(root);
  const [other, blocking] = [new Redis(server.port), new Redis(server.port, { autoResendUnfulfilledCommands: false })];
  blocking.on('error', () => {});
  const ended = new AbortController();
  const written: number[] = [];
  let breaks = 0;
  try {
    const taking = takeInbox(
      blocking,
      SCAN,
      {
        async write(bytes) {
          const n = Number(bytes);
          // Written again after a break is the same row again; passed over would be a lost one.
          if (written.at(-1) === n) return;
          written.push(n);
          if (n % 7 === 3) breaks += Number(await other.client('KILL', 'SKIPME', 'yes', 'TYPE', 'normal'));
          if (n === MESSAGES - 1) setTimeout(() => ended.abort(), 500);
        },
        onEmpty: () => {},
      },
      ended.signal,
    );
    for (let n = 0; n < MESSAGES; n++) await other.rpush(inboxKey(SCAN), String(n));
    await taking;
    expect(written).toEqual(Array.from({ length: MESSAGES }, (_, n) => n));
    expect(breaks).toBeGreaterThan(MESSAGES / 14);
    expect(await other.llen(inboxKey(SCAN))).toBe(0);
    expect(await other.llen(takenKey(SCAN))).toBe(0);
  } finally {
    other.disconnect();
    await server.stop();
  }
});
