// Who makes a run's samples: the same module as for a validation, here as a thread of the training
// process.
import type { SampleMaker } from '../../compute/training-messages.ts';
import { SAMPLES_ENTRY } from '../../datasets/samples-in-process.ts';

export const SAMPLE_MAKER: SampleMaker = { entry: SAMPLES_ENTRY.href };
