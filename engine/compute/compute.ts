// The engine's side of inference: loads models into the compute process and runs them there.
// Survives the death of the process: a new one is started, its models are loaded again, and the run
// that was lost is repeated once; a second loss is the caller's error.
import { RecceError } from '../../contract/errors.ts';
import { ChildProcessError, createSupervisedChild, type SpawnChild } from '../process/supervised-child.ts';
import type { ComputeRequest, ComputeResponse, Feeds, SessionRequest } from './messages.ts';

/**
 * Where and how inference runs; recorded in every verdict. `limitBytes`: of the process that runs a
 * network from elsewhere; an answer of such a one that takes too long is not asked for twice.
 */
export type ComputeOptions = {
  provider: string;
  threads: number;
  spawn?: SpawnChild;
  timeoutMs?: number;
  limitBytes?: number | undefined;
};

/** A handle on the compute process. */
export type Compute = {
  readonly provider: string;
  readonly threads: number;
  /**
   * Pictures in one run of a network that was placed (placed-compute.ts); null where any number may
   * be run.
   */
  readonly batch: number | null;
  /**
   * Makes `onnx` runnable under `key`; loading the same key again replaces it. `threads` of this
   * network, where not those of all.
   */
  load(key: string, onnx: Uint8Array, options?: { memoryPattern?: boolean; threads?: number }): Promise<void>;
  /** Runs a loaded model. `fetches` limits the outputs; all by default. */
  run(key: string, feeds: Feeds, fetches?: readonly string[]): Promise<Feeds>;
  /** Frees a model's memory. */
  release(key: string): Promise<void>;
  /** Process id while the process lives, for diagnosis and for tests that end it. */
  pid(): number | undefined;
  close(): Promise<void>;
};

type Loaded = { onnx: Uint8Array; session: SessionRequest; generation: number };

/**
 * A run of minutes is normal for training steps on a slow machine; a run of half an hour is a hang.
 */
const RUN_LIMIT_MS = 30 * 60_000;

/** Starts nothing yet: the process is forked at the first call. */
export function createCompute(options: ComputeOptions): Compute {
  const child = createSupervisedChild<ComputeRequest, ComputeResponse>({
    entry: new URL('./compute-process.ts', import.meta.url),
    name: 'compute',
    quiet: true,
    timeoutMs: options.timeoutMs ?? RUN_LIMIT_MS,
    ...(options.spawn ? { spawn: options.spawn } : {}),
  });
  const models = new Map<string, Loaded>();
  let generation = 0;
  let limitedIn = -1;
  child.onExit(() => {
    generation += 1;
  });

  const ensureLoaded = async (key: string): Promise<void> => {
    const model = models.get(key);
    if (!model) throw new Error(`Model ${key} was never loaded into compute.`);
    if (model.generation === generation) return;
    const loadingIn = generation;
    if (options.limitBytes !== undefined && limitedIn !== loadingIn) {
      await child.call({ kind: 'limit', bytes: options.limitBytes });
      limitedIn = loadingIn;
    }
    await child.call({ kind: 'load', key, onnx: model.onnx, session: model.session });
    model.generation = loadingIn;
  };

  const runOnce = async (key: string, feeds: Feeds, fetches: readonly string[] | null): Promise<Feeds> => {
    await ensureLoaded(key);
    const answer = await child.call({ kind: 'run', key, feeds, fetches });
    if (answer.kind !== 'ran') throw new Error(`compute answered ${answer.kind} to a run.`);
    return answer.outputs;
  };

  return {
    provider: options.provider,
    threads: options.threads,
    batch: null,
    async load(key, onnx, { memoryPattern = true, threads = options.threads } = {}) {
      models.set(key, {
        onnx,
        session: { provider: options.provider, threads, memoryPattern },
        generation: -1,
      });
      await ensureLoaded(key);
    },
    async run(key, feeds, fetches) {
      const before = generation;
      try {
        return await runOnce(key, feeds, fetches ?? null);
      } catch (cause) {
        const hung = cause instanceof ChildProcessError && cause.kind === 'timedOut';
        if (generation === before || (hung && options.limitBytes !== undefined)) throw failure(key, cause);
        return await runOnce(key, feeds, fetches ?? null).catch((again: unknown) => {
          throw failure(key, again);
        });
      }
    },
    async release(key) {
      const model = models.get(key);
      models.delete(key);
      if (model?.generation === generation) await child.call({ kind: 'release', key });
    },
    pid: () => child.pid,
    close: () => child.close(),
  };
}

const failure = (key: string, cause: unknown): RecceError =>
  new RecceError(
    'COMPUTE_FAILED',
    `Model ${key.slice(0, 12)}`,
    cause instanceof Error ? cause.message : String(cause),
    { cause },
  );
