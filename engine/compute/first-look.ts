// A network from elsewhere, run for the first time: in a process of its own with bounds on time and
// memory, which is ended whatever happens.
import { createSupervisedChild, type SpawnChild } from '../process/supervised-child.ts';
import type { Compute } from './compute.ts';
import type { ComputeRequest, ComputeResponse } from './messages.ts';

/** The part of a compute process that runs pictures. */
export type Runs = Pick<Compute, 'provider' | 'batch' | 'run'>;

export type FirstLookOptions = { spawn?: SpawnChild | undefined; limitMs?: number; limitBytes?: number };

/** What a network from elsewhere may take: for one answer, and of memory. */
export type Bounds = { limitMs: number; limitBytes: number };

/** The largest detectors load in seconds and answer a picture in a few; this is a hang. */
const ANSWER_LIMIT_MS = 60_000;
/** A ViT-L/14 takes some 3 GB while it runs. */
const MEMORY_LIMIT_BYTES = 6 * 2 ** 30;
/**
 * At work, beside a scan's finders and with as many threads as the machine is given, the same answer
 * takes longer and some more memory.
 */
const AT_WORK: Bounds = { limitMs: 5, limitBytes: 4 / 3 };

/** The bounds of a network that came through its first look, wherever it is run afterwards. */
export const boundsAtWork = ({
  limitMs = ANSWER_LIMIT_MS,
  limitBytes = MEMORY_LIMIT_BYTES,
}: Partial<Bounds> = {}): Bounds => ({
  limitMs: limitMs * AT_WORK.limitMs,
  limitBytes: limitBytes * AT_WORK.limitBytes,
});

const THREADS = 2;
const KEY = 'first look';

/**
 * Loads `onnx` and hands it to `use`; whatever key is run there, it is this network. Rejects with
 * ChildProcessError where the process died or took too long, ChildRefusal with the runtime's words.
 */
export async function lookFirst<T>(
  onnx: Uint8Array,
  use: (compute: Runs) => Promise<T>,
  { spawn, limitMs = ANSWER_LIMIT_MS, limitBytes = MEMORY_LIMIT_BYTES }: FirstLookOptions = {},
): Promise<T> {
  const child = createSupervisedChild<ComputeRequest, ComputeResponse>({
    entry: new URL('./compute-process.ts', import.meta.url),
    name: 'first-look',
    quiet: true,
    timeoutMs: limitMs,
    ...(spawn ? { spawn } : {}),
  });
  try {
    await child.call({ kind: 'limit', bytes: limitBytes });
    const session = { provider: 'cpu', threads: THREADS, memoryPattern: true };
    await child.call({ kind: 'load', key: KEY, onnx, session });
    return await use({
      provider: 'cpu',
      batch: null,
      async run(_, feeds, fetches) {
        const answer = await child.call({ kind: 'run', key: KEY, feeds, fetches: fetches ?? null });
        if (answer.kind !== 'ran') throw new Error(`the first look answered ${answer.kind} to a run.`);
        return answer.outputs;
      },
    });
  } finally {
    await child.close();
  }
}
