// A training run as the paper's configuration files describe it, in the workstation's own words.
// Read by `recce train --config`.
import type { LayoutName } from '../../datasets/load-labelled-set.ts';

export type TrainingConfig = {
  /** The experiment's id. */
  name: string;
  numClasses: 1 | 2;
  /** Side of the input, pixels. */
  inputPx: number;
  mean: number;
  std: number;
  /** Mirrors half of the training faces. */
  mirror: boolean;
  data: {
    layout: LayoutName;
    folder: string;
    compression: string | undefined;
    methods: string[] | undefined;
    /** Shows genuine and forged faces equally often. */
    balance: boolean;
  };
  steps: number;
  batchSize: number;
  validationBatchSize: number;
  /** Steps between two lines of the log, and between two validations. */
  logEvery: number;
  validateEvery: number;
  optimiser: { kind: 'adam' | 'adamw'; learningRate: number; weightDecay: number };
  schedule: { kind: 'constant' } | { kind: 'step'; stepSize: number; gamma: number };
  warmupSteps: number;
  /** lambda_1 and lambda_2 of the paper. */
  reconstructionWeight: number;
  metricWeight: number;
  /** Level the classification loss is held at (0.04 in the paper's code). */
  flood: number;
  selectBy: 'accuracy' | 'auc' | 'loss';
};
