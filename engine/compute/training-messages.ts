// What the engine and the training process say to each other. One run at a time lives in the process, weights and all.
import type { TrainingSetup } from '../../models/recce/training-setup.ts';
import type { StepLosses, TrainingBatch } from '../../models/recce/training-step.ts';
import type { SessionRequest } from './messages.ts';

/** Where a run's weights come from. */
export type TrainingStart =
  /** A network that has not learned anything, drawn from the setup's seed. */
  | { from: 'nothing' }
  /** A weights file (PyTorch); must fit the setup's network. `turned`: it was trained with real = 1, and its classifier is turned round first. */
  | { from: 'weights'; bytes: Uint8Array; turned?: boolean }
  /** A state written by `save`, as a file. */
  | { from: 'save'; path: string };

export type TrainingRequest =
  | { kind: 'open'; setup: TrainingSetup; start: TrainingStart; session: SessionRequest }
  | { kind: 'step'; batch: TrainingBatch }
  | { kind: 'evaluate'; pixels: readonly Uint8Array[]; reconstructions: boolean }
  | { kind: 'save'; path: string }
  | { kind: 'export'; path: string; format: 'weights' | 'trainer'; figures: TrainerFigures }
  | { kind: 'close' };

/** What the paper's trainer writes beside the weights. */
export type TrainerFigures = { bestStep: number; bestMetric: number; evalMetric: string };

export type TrainingResponse =
  | { kind: 'opened'; step: number; trainedWeights: number }
  | { kind: 'stepped'; losses: StepLosses }
  | { kind: 'evaluated'; logits: number[]; reconstructions: Uint8Array[] }
  | { kind: 'written'; sizeBytes: number }
  | { kind: 'closed' };
