// From the paper's configuration to a run's request: everything but what it starts from and where
// its faces are, which the caller knows.
import type { ReadTrainingConfig } from '../../../contract/training.ts';
import { trainingRequestSchema } from '../../../contract/training.ts';
import { readPaperConfig } from './read-paper-config.ts';
import type { TrainingConfig } from './training-config.ts';

const partsSchema = trainingRequestSchema.omit({ base: true, data: true });

/** What the configuration says that a run here does otherwise. */
function remarksOn(config: TrainingConfig): string[] {
  const remarks = [];
  if (config.numClasses === 2)
    remarks.push('model.num_classes 2: trained as one logit, the difference of the two, which is the same loss.');
  if (config.data.balance)
    remarks.push('balance: faces are drawn as often as there are of them; extract as many of each.');
  if (config.mean !== 0.5 || config.std !== 0.5)
    remarks.push(
      `Normalize ${config.mean}, ${config.std}: a fresh network is fed with 0.5, 0.5; a base model as its passport says.`,
    );
  return remarks;
}

/**
 * Reads the YAML files. `folder` stands in for the data set's root. Throws PATH_NOT_FOUND,
 * CONFIG_REFUSED.
 */
export async function requestFromConfig(path: string, folder?: string): Promise<ReadTrainingConfig> {
  const { config, remarks } = await readPaperConfig(path, { folder });
  const { name, steps, batchSize, validateEvery, schedule, warmupSteps, selectBy } = config;
  const { reconstructionWeight, metricWeight, flood, optimiser } = config;
  return {
    request: partsSchema.parse({
      ...{ name, steps, batchSize, validateEvery, schedule, warmupSteps, selectBy },
      ...{ reconstructionWeight, metricWeight, flood },
      optimiser: optimiser.kind,
      learningRate: optimiser.learningRate,
      weightDecay: optimiser.weightDecay,
    }),
    inputPx: config.inputPx,
    set: { folder: config.data.folder, compression: config.data.compression, methods: config.data.methods },
    remarks: [...remarks, ...remarksOn(config)],
  };
}
