// What a run is trained with and where its weights begin, from its request and from what it has
// saved.
import { existsSync } from 'node:fs';
import type { TrainingRequest, TrainingRun } from '../../../contract/training.ts';
import { PAPER_ADAM } from '../../../models/nn/adam.ts';
import type { RecceConfig } from '../../../models/recce/config.ts';
import type { TrainingSetup } from '../../../models/recce/training-setup.ts';
import { paperSetup } from '../../../models/recce/training-setup.ts';
import type { TrainingStart } from '../../compute/training-messages.ts';
import { expectRecce } from '../../library/expect-recce.ts';
import type { ModelLibrary } from '../../library/model-library.ts';
import { type RunStore, STATE_FILE } from './run-store.ts';

/**
 * The run's setup and how its faces are cut. Throws MODEL_NOT_FOUND; MODEL_REFUSED where it is to be
 * narrower than its base.
 */
export async function setupOf(
  { request }: TrainingRun,
  library: ModelLibrary,
): Promise<{ setup: TrainingSetup; cropRecipe: string }> {
  const { base } = request;
  if (base.kind === 'fresh') {
    const { width, inputPx, cropRecipe } = base;
    const network = { width, inputPx, numClasses: 1 as const };
    return { setup: setupFromRequest(request, { network, mean: 0.5, std: 0.5 }), cropRecipe };
  }
  const model = await library.get(base.modelId);
  const { width, mean, std } = expectRecce(model, base.width);
  const { passport } = model;
  const { numClasses, cropRecipe } = passport;
  const { inputPx = passport.inputPx } = base;
  return { setup: setupFromRequest(request, { network: { width, inputPx, numClasses }, mean, std }), cropRecipe };
}

/** The run's save when there is one, else its base. Throws MODEL_NOT_FOUND. */
export async function startOf(
  { id, request }: TrainingRun,
  store: RunStore,
  library: ModelLibrary,
): Promise<TrainingStart> {
  const save = store.file(id, STATE_FILE);
  if (existsSync(save)) return { from: 'save', path: save };
  const { base } = request;
  if (base.kind === 'fresh') return { from: 'nothing' };
  const { classMap } = (await library.get(base.modelId)).passport;
  return { from: 'weights', bytes: await library.readWeights(base.modelId), turned: classMap.forged === 0 };
}

/** `network`, `mean` and `std` are the base's. */
function setupFromRequest(
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
