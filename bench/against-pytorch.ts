// The network here against the same network in eager PyTorch, full width at 299 px, one thread
// each, in turns on the same core and in processor time; the fastest of each counts. Needs Debian's
// python3-torch and numpy; without them it says so.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import * as ort from '../engine/compute/onnxruntime.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { paperNetwork, pictures } from './paper-network.ts';
import { ownSeconds } from './process-usage.ts';

const ROUNDS = 6;
const BATCHES = [1, 8] as const;
const PYTHON = '/usr/bin/python3';
const REFERENCE = path.resolve(import.meta.dirname, '../models/recce/testing/training_reference.py');

/** PyTorch in its process, one run a call. */
type PyTorch = { version: string; seconds(): Promise<number>; close(): void };

async function openPyTorch(batch: number): Promise<PyTorch | undefined> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    PYTHON,
    [REFERENCE, '--infer', '1', '299', String(batch)],
    { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } },
  );
  child.on('error', () => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const version = await lines.next();
  if (version.done) return undefined;
  const seconds = async (): Promise<number> => {
    child.stdin.write('\n');
    return Number((await lines.next()).value);
  };
  return { version: version.value, seconds, close: () => child.kill() };
}

async function compare(batch: number): Promise<string[] | undefined> {
  const pytorch = await openPyTorch(batch);
  if (!pytorch) return undefined;
  const session = await ort.InferenceSession.create(onnxFromGraph(paperNetwork()), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = { x: pictures(batch, 299) };
  await session.run(feeds);
  let [own, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    const start = ownSeconds();
    await session.run(feeds);
    own = Math.min(own, ownSeconds() - start);
    theirs = Math.min(theirs, await pytorch.seconds());
  }
  pytorch.close();
  await session.release();
  const ratio = (theirs / own).toFixed(2);
  return [
    `batch ${batch}: ${own.toFixed(3)} s here, ${theirs.toFixed(3)} s in ${pytorch.version}: ${ratio} times as fast`,
  ];
}

/** Lines of the report. */
export async function benchAgainstPyTorch(): Promise<string[]> {
  const lines: string[] = [];
  for (const batch of BATCHES) {
    const compared = await compare(batch);
    if (!compared) return [`${PYTHON} has no torch and numpy: nothing to compare with`];
    lines.push(...compared);
  }
  return lines;
}
