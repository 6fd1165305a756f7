// The engine's side of training: one run in a process of its own. When that process dies, the call
// that was open fails; the caller opens the run again from its last save.

import type { TrainingSetup } from '../../models/recce/training-setup.ts';
import type { StepLosses, TrainingBatch } from '../../models/recce/training-step.ts';
import { ChildProcessError, createSupervisedChild, type SpawnChild } from '../process/supervised-child.ts';
import type {
  EvaluatedFace,
  OpenedSamples,
  SampleDraw,
  SampleMaker,
  ShownFace,
  TrainerFigures,
  TrainingRequest,
  TrainingResponse,
  TrainingStart,
} from './training-messages.ts';

/** Where and how training runs. */
export type TrainerOptions = { provider: string; threads: number; spawn?: SpawnChild };

/** A handle on the training process. */
export type Trainer = {
  /**
   * Loads a run; the one before it is forgotten. Returns the steps done and how many numbers are
   * trained. `provider` and `threads` of this run.
   */
  open(
    setup: TrainingSetup,
    start: TrainingStart,
    options?: Partial<Pick<TrainerOptions, 'provider' | 'threads'>>,
  ): Promise<{ step: number; trainedWeights: number }>;
  /** One step on a batch of setup.batchSize pictures. */
  step(batch: TrainingBatch): Promise<StepLosses>;
  /** Samples that a thread of the training process makes: their number and what was left out. */
  openSamples(maker: SampleMaker, samples: unknown): Promise<OpenedSamples>;
  /** One step on setup.batchSize samples; `next` are made meanwhile. */
  stepOn(
    maker: SampleMaker,
    draws: readonly SampleDraw[],
    next: readonly SampleDraw[],
  ): Promise<{ losses: StepLosses; labels: readonly number[] }>;
  /** Samples by the weights as they are now; the first `shown` with their pixels. */
  evaluateOn(
    maker: SampleMaker,
    draws: readonly SampleDraw[],
    shown: number,
  ): Promise<{ faces: EvaluatedFace[]; shown: ShownFace[] }>;
  /**
   * Logits (and on request reconstructions, 8-bit RGB) of any number of pictures by the weights as
   * they are now.
   */
  evaluate(
    pixels: readonly Uint8Array[],
    options?: { reconstructions?: boolean },
  ): Promise<{ logits: number[]; reconstructions: Uint8Array[] }>;
  /** Writes the whole state to `path`, atomically and durably. */
  save(path: string): Promise<void>;
  /**
   * Writes a PyTorch file: the bare weights
   * (`.pth`), or the paper's trainer format with the optimiser (`.bin`).
   */
  export(path: string, format: 'weights' | 'trainer', figures?: TrainerFigures): Promise<void>;
  /** Process id while the process lives, for diagnosis and for tests that end it. */
  pid(): number | undefined;
  close(): Promise<void>;
};

/** A step of a large batch on a slow machine takes minutes; an hour is a hang. */
const CALL_LIMIT_MS = 60 * 60_000;

/** Starts nothing yet: the process is forked at the first call. */
export function createTrainer({ provider, threads, spawn }: TrainerOptions): Trainer {
  const child = createSupervisedChild<TrainingRequest, TrainingResponse>({
    entry: new URL('./training-process.ts', import.meta.url),
    name: 'training',
    quiet: true,
    timeoutMs: CALL_LIMIT_MS,
    ...(spawn ? { spawn } : {}),
  });

  // A process that died between two calls took the run with it: the next call would find an empty
  // one.
  let lost: string | undefined;
  child.onExit((reason) => {
    lost = reason;
  });

  const ask = async <K extends TrainingResponse['kind']>(
    request: TrainingRequest,
    kind: K,
  ): Promise<Extract<TrainingResponse, { kind: K }>> => {
    if (request.kind === 'open') lost = undefined;
    if (lost !== undefined) throw new ChildProcessError('died', `The training process ended (${lost}).`);
    const answer = await child.call(request);
    if (answer.kind !== kind) throw new Error(`training answered ${answer.kind} to ${request.kind}.`);
    return answer as Extract<TrainingResponse, { kind: K }>;
  };

  return {
    async open(setup, start, run = {}) {
      const session = { provider, threads, ...run, memoryPattern: false };
      const { step, trainedWeights } = await ask({ kind: 'open', setup, start, session }, 'loaded');
      return { step, trainedWeights };
    },
    step: async (batch) => (await ask({ kind: 'step', batch }, 'stepped')).losses,
    openSamples: (maker, samples) => ask({ kind: 'openSamples', maker, samples }, 'opened'),
    async stepOn(maker, draws, next) {
      const { losses, labels } = await ask({ kind: 'stepOn', maker, draws, next }, 'stepped');
      return { losses, labels };
    },
    async evaluateOn(maker, draws, most) {
      const { faces, shown } = await ask({ kind: 'evaluateOn', maker, draws, shown: most }, 'evaluatedFaces');
      return { faces, shown };
    },
    async evaluate(pixels, { reconstructions = false } = {}) {
      const found = await ask({ kind: 'evaluate', pixels, reconstructions }, 'evaluated');
      return { logits: found.logits, reconstructions: found.reconstructions };
    },
    async save(path) {
      await ask({ kind: 'save', path }, 'written');
    },
    async export(path, format, figures = { bestStep: 0, bestMetric: 0, evalMetric: 'AUC' }) {
      await ask({ kind: 'export', path, format, figures }, 'written');
    },
    pid: () => child.pid,
    close: () => child.close(),
  };
}
