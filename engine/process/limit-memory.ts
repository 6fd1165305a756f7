// A bound on the memory of a process that works on a hostile file.
import { Worker } from 'node:worker_threads';

/** How often the memory is looked at; what is taken within this time comes on top of the limit. */
const LOOK_EVERY_MS = 50;

/**
 * Ends this process when it holds more than `limitBytes` of memory (resident set: JavaScript's own,
 * buffers, and what native libraries took). [Note: looked at from beside] The thread that decodes
 * may be in native code for minutes, and V8's own limit counts no buffer: so another thread looks.
 * The system's limits would bind V8's reserved addresses as well, and differ from system to system.
 */
export function limitMemory(limitBytes: number): void {
  const worker = new Worker(WATCH, { eval: true, workerData: { limitBytes, everyMs: LOOK_EVERY_MS }, execArgv: [] });
  worker.unref();
}

// Written to the pipe at once: the process does not live to write it later.
const WATCH = `
const { workerData: { limitBytes, everyMs } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
setInterval(() => {
  const held = process.memoryUsage.rss();
  if (held <= limitBytes) return;
  const mb = (bytes) => Math.round(bytes / 2 ** 20);
  try {
    writeSync(2, 'It held ' + mb(held) + ' MB of memory, more than its limit of ' + mb(limitBytes) + ' MB.\\n');
  } catch {}
  process.kill(process.pid, 'SIGKILL');
}, everyMs);
`;
