// A training run at its beginning: what was asked for and nothing done.
import { randomBytes } from 'node:crypto';
import type { TrainingRequest, TrainingRun } from '../../../contract/training.ts';

/** Its id is readable and sorts by time. `createdAt` is ISO 8601. */
export function newRun(request: TrainingRequest, createdAt: string): TrainingRun {
  const stamp = createdAt.replace(/\D/g, '').slice(0, 14);
  return {
    id: `${stamp}-${randomBytes(3).toString('hex')}`,
    request,
    state: 'running',
    message: 'Preparing',
    error: null,
    step: 0,
    secondsPerStep: null,
    remainingMs: null,
    best: null,
    stoppedEarly: false,
    trainingFaces: 0,
    validationFaces: 0,
    remarks: [],
    modelId: null,
    createdAt,
    endedAt: null,
  };
}
