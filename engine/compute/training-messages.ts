// What the engine and the training process say to each other. One run at a time lives in the
// process, weights and all.
import type { TrainingSetup } from '../../models/recce/training-setup.ts';
import type { StepLosses, TrainingBatch } from '../../models/recce/training-step.ts';
import type { SessionRequest } from './messages.ts';
import type { StepTest } from './step-test.ts';

/** Where a run's weights come from. */
export type TrainingStart =
  /** A network that has not learned anything, drawn from the setup's seed. */
  | { from: 'nothing' }
  /**
   * A weights file (PyTorch) of the setup's network or of a narrower one, which is widened.
   * `turned`: it was trained with real = 1, and its classifier is turned round first.
   */
  | { from: 'weights'; bytes: Uint8Array; turned?: boolean }
  /** A state written by `save`, as a file. */
  | { from: 'save'; path: string };

/**
 * Who makes samples, as a thread of the training process: the module that answers
 * `open` and `make`. Pixels go from it to the network and nowhere else. What a description means is
 * that module's own affair.
 */
export type SampleMaker = { entry: string };
/** What the thread is asked; it answers OpenedSamples and MadeSample. */
export type SampleRequest = { samples: unknown } & (
  | { kind: 'open' }
  | { kind: 'make'; epoch: number; index: number; masked: false }
);
export type OpenedSamples = { kind: 'opened'; count: number; group: number; remarks: readonly string[] };
export type MadeSample = { pixels: Uint8Array; label: 0 | 1; source: string };

/** One sample: of which description, and which of it. */
export type SampleDraw = { samples: unknown; epoch: number; index: number };

/**
 * A face by the weights as they are now. `difference`: mean |x - reconstruction| / 255 of its
 * pixels.
 */
export type EvaluatedFace = { logit: number; label: 0 | 1; source: string; difference: number };
/** 8-bit RGB of a face and what the decoder makes of it. */
export type ShownFace = { pixels: Uint8Array; reconstruction: Uint8Array };

export type TrainingRequest =
  | { kind: 'open'; setup: TrainingSetup; start: TrainingStart; session: SessionRequest }
  /** One step on the CPU and on the session's provider; no run is opened. */
  | { kind: 'test'; setup: TrainingSetup; start: TrainingStart; session: SessionRequest }
  | { kind: 'openSamples'; maker: SampleMaker; samples: unknown }
  | { kind: 'step'; batch: TrainingBatch }
  /** `next` is made while the step is taken. */
  | { kind: 'stepOn'; maker: SampleMaker; draws: readonly SampleDraw[]; next: readonly SampleDraw[] }
  /** The first `shown` come with their pixels. */
  | { kind: 'evaluateOn'; maker: SampleMaker; draws: readonly SampleDraw[]; shown: number }
  | { kind: 'evaluate'; pixels: readonly Uint8Array[]; reconstructions: boolean }
  | { kind: 'save'; path: string }
  | { kind: 'export'; path: string; format: 'weights' | 'trainer'; figures: TrainerFigures }
  | { kind: 'close' };

/** What the paper's trainer writes beside the weights. */
export type TrainerFigures = { bestStep: number; bestMetric: number; evalMetric: string };

export type TrainingResponse =
  | { kind: 'loaded'; step: number; trainedWeights: number }
  | { kind: 'tested'; test: StepTest }
  | OpenedSamples
  | { kind: 'stepped'; losses: StepLosses; labels: readonly number[] }
  | { kind: 'evaluatedFaces'; faces: EvaluatedFace[]; shown: ShownFace[] }
  | { kind: 'evaluated'; logits: number[]; reconstructions: Uint8Array[] }
  | { kind: 'written'; sizeBytes: number }
  | { kind: 'closed' };
