// From what a person asks for to the numbers of a run.
import type { TrainingRequest } from '../../../contract/training.ts';
import { PAPER_ADAM } from '../../../models/nn/adam.ts';
import type { RecceConfig } from '../../../models/recce/config.ts';
import type { TrainingSetup } from '../../../models/recce/training-setup.ts';
import { paperSetup } from '../../../models/recce/training-setup.ts';

/** `network`, `mean` and `std` are the base's. */
export function setupFromRequest(
  request: TrainingRequest,
  base: { network: RecceConfig; mean: number; std: number },
): TrainingSetup {
  const { schedule, steps } = request;
  return {
    ...paperSetup(base.network, request.seed),
    mean: base.mean,
    std: base.std,
    batchSize: request.batchSize,
    objective: {
      reconstructionWeight: request.reconstructionWeight,
      metricWeight: request.metricWeight,
      flood: request.flood,
    },
    freeze: request.freeze,
    batchNorm: request.frozenStatistics ? 'frozen' : 'batch',
    optimiser: { ...PAPER_ADAM, kind: request.optimiser, weightDecay: request.weightDecay },
    schedule: {
      learningRate: request.learningRate,
      warmupSteps: request.warmupSteps,
      decay: schedule.kind === 'cosine' ? { kind: 'cosine', totalSteps: steps } : schedule,
    },
    averageDecay: request.averageDecay,
  };
}
