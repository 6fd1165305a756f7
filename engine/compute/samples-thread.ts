// Samples inside the training process: a thread makes them, the batch after the present one while
// the network is at work, and nothing but losses and logits leaves the process. Training process
// only.
import type { TrainingBatch } from '../../models/recce/training-step.ts';
import { spawnThread } from '../process/spawn-thread.ts';
import { createSupervisedChild } from '../process/supervised-child.ts';
import type {
  EvaluatedFace,
  MadeSample,
  OpenedSamples,
  SampleDraw,
  SampleRequest,
  ShownFace,
} from './training-messages.ts';
import type { TrainingSession } from './training-session.ts';

/**
 * A sample takes milliseconds; reading all pictures, at the first request, takes seconds to
 * minutes.
 */
const LIMIT_MS = 10 * 60_000;
/** Faces that are made and evaluated at a time. */
const CHUNK = 32;

export type SamplesThread = {
  /** Reads what is described. */
  open(samples: unknown): Promise<OpenedSamples>;
  /** Begins to make a batch that `batch` will be asked for. */
  prepare(draws: readonly SampleDraw[]): void;
  make(draws: readonly SampleDraw[]): Promise<MadeSample[]>;
  /** Pixels and labels of the draws, as they were prepared or made now. */
  batch(draws: readonly SampleDraw[]): Promise<TrainingBatch>;
};

/** Starts nothing yet: the first request starts the thread. `entry`: URL of its module. */
export function createSamplesThread(entry: string): SamplesThread {
  const thread = createSupervisedChild<SampleRequest, OpenedSamples | MadeSample>({
    entry: new URL(entry),
    name: 'samples',
    timeoutMs: LIMIT_MS,
    spawn: spawnThread,
  });
  let prepared: { key: string; samples: Promise<MadeSample[]> } | undefined;
  const make = (draws: readonly SampleDraw[]): Promise<MadeSample[]> =>
    Promise.all(draws.map((draw) => thread.call({ ...draw, kind: 'make', masked: false }) as Promise<MadeSample>));
  return {
    open: async (samples) => (await thread.call({ kind: 'open', samples })) as OpenedSamples,
    make,
    prepare(draws) {
      if (draws.length === 0) return;
      const samples = make(draws);
      // Whoever asks for the batch is told of a failure; until then it must not count as unhandled.
      samples.catch(() => {});
      prepared = { key: JSON.stringify(draws), samples };
    },
    async batch(draws) {
      const ready = prepared?.key === JSON.stringify(draws) ? prepared.samples : make(draws);
      prepared = undefined;
      const samples = await ready;
      return { pixels: samples.map(({ pixels }) => pixels), labels: samples.map(({ label }) => label) };
    },
  };
}

/** Makes and evaluates the draws, the next ones while the network sees the present ones. */
export async function evaluateOn(
  run: TrainingSession,
  samples: Pick<SamplesThread, 'make'>,
  { draws, shown: most }: { draws: readonly SampleDraw[]; shown: number },
): Promise<{ faces: EvaluatedFace[]; shown: ShownFace[] }> {
  const faces: EvaluatedFace[] = [];
  const shown: ShownFace[] = [];
  const chunkAt = (at: number) => samples.make(draws.slice(at, at + CHUNK));
  let next = chunkAt(0);
  for (let at = 0; at < draws.length; at += CHUNK) {
    const made = await next;
    next = chunkAt(at + CHUNK);
    next.catch(() => {});
    const { logits, reconstructions } = await run.evaluate(
      made.map(({ pixels }) => pixels),
      true,
    );
    for (const [i, { pixels, label, source }] of made.entries()) {
      const reconstruction = reconstructions[i]!;
      faces.push({ logit: logits[i]!, label, source, difference: differenceOf(pixels, reconstruction) });
      if (shown.length < most) shown.push({ pixels, reconstruction });
    }
  }
  return { faces, shown };
}

/** Mean |a - b| / 255. */
function differenceOf(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length / 255;
}
