// A process that takes memory without end, in the thread that should notice it: ended by its own
// limit, and the reason is told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createSupervisedChild } from './supervised-child.ts';

test('a process that takes more than its limit is ended, whatever its thread does, and says so', {
  timeout: 60_000,
}, async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-limit-'));
  const entry = path.join(root, 'greedy-process.ts');
  const from = (file: string) => JSON.stringify(pathToFileURL(path.join(import.meta.dirname, file)).href);
  writeFileSync(
    entry,
    `import { answerRequests } from ${from('answer-requests.ts')};
     import { limitMemory } from ${from('limit-memory.ts')};
     limitMemory(400 * 2 ** 20);
     answerRequests(async () => {
       const held = [];
       // Six gigabytes, a quarter of a second for each: the bound is the process's, not the
       // machine's.
       for (let n = 0; n < 60; n++) {
         held.push(Buffer.alloc(100 * 2 ** 20, n));
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
       }
       return held.length;
     });`,
  );
  const child = createSupervisedChild<null, number>({
    entry: pathToFileURL(entry),
    name: 'greedy',
    quiet: true,
    timeoutMs: 50_000,
  });
  try {
    await expect(child.call(null)).rejects.toThrow(/SIGKILL.*more than its limit of 400 MB/);
  } finally {
    await child.close();
    rmSync(root, { recursive: true, force: true });
  }
});
