// A child that answers while whoever asked is held up has answered in time.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { spawnThread } from './spawn-thread.ts';
import { createSupervisedChild } from './supervised-child.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-child-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ANSWERS = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ id, request }) => {
  if (request === 'silence') return;
  parentPort.postMessage({ kind: 'answer', id, response: request });
});`;

test('an answer that lies there unread when the time is up is read; silence is told', async () => {
  const entry = path.join(folder, 'answers.mjs');
  writeFileSync(entry, ANSWERS);
  const child = createSupervisedChild<string, string>({
    entry: pathToFileURL(entry),
    name: 'answers',
    timeoutMs: 300,
    spawn: spawnThread,
  });
  expect(await child.call('first', { timeoutMs: 60_000 })).toBe('first');
  // From there the loop comes to the limit before it comes to the answer.
  await new Promise((resolve) => setImmediate(resolve));
  const asked = child.call('second');
  // As a network at work holds up the thread that asked.
  const until = performance.now() + 600;
  while (performance.now() < until);
  expect(await asked).toBe('second');
  await expect(child.call('silence')).rejects.toThrow('gave no answer within 300 ms');
  await child.close();
});
