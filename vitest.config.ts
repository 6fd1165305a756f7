import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { NEEDS } from './build/test-needs.ts';

/**
 * One more than there are cores: a test waits a third of its time, for a process to start or a page
 * to be drawn. Each may hold an engine with its processes: 2.5 GB.
 */
const WORKERS = Math.max(2, Math.min(availableParallelism() + 1, Math.floor(totalmem() / 2.5e9)));

// Native modules (onnxruntime-node above all) must not share a process with worker threads: tests
// run in forks.
export default defineConfig({
  test: {
    include: ['{contract,models,engine,electron,renderer,cli,build}/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts'],
    pool: 'forks',
    // What a test needs beside Node is its tag; where that is not here, it is skipped, and the last
    // lines of the run say so.
    tags: NEEDS.map(({ tag, what, isMet }) => ({ name: tag, description: what, ...(isMet() ? {} : { skip: true }) })),
    setupFiles: ['./build/guard-needs.ts'],
    reporters: ['default', './build/not-run-reporter.ts'],
    // Devices are measured where a test is about that; every other engine would pay two seconds for
    // it. Tests that use ONNX Runtime by itself are as silent as the workstation
    // (engine/compute/no-telemetry.ts).
    // Hundreds of processes are started, all from the same sources: what Node compiled of them is
    // kept, which halves what a start costs.
    env: {
      RECCE_COMPUTE: `cpu,${availableParallelism()},8`,
      ORT_DISABLE_TELEMETRY: '1',
      NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, '.cache/compiled'),
    },
    maxWorkers: WORKERS,
    // They end what hangs. On a machine that does other work a test takes thirty times as long; what
    // is there at once is not waited for.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 60_000, interval: 100 } },
  },
});
