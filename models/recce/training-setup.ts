// Everything that decides a training run besides its pictures: plain data, stored with the run and
// sent to the compute process.
import { type AdamConfig, PAPER_ADAM } from '../nn/adam.ts';
import { PAPER_SCHEDULE, type ScheduleConfig } from '../nn/schedule.ts';
import type { RecceConfig } from './config.ts';
import { type ObjectiveConfig, PAPER_OBJECTIVE } from './objective.ts';

export type TrainingSetup = {
  readonly network: RecceConfig;
  /** Value range of the pictures; see inputFromPixels. */
  readonly mean: number;
  readonly std: number;
  readonly batchSize: number;
  readonly objective: ObjectiveConfig;
  /** Prefixes of state-dict names that are not trained. */
  readonly freeze: readonly string[];
  readonly batchNorm: 'batch' | 'frozen';
  /** Share of elements a dropout layer drops. */
  readonly dropoutRate: number;
  /** Standard deviation of the white noise that one picture in two gets, in units of the input. */
  readonly noiseStd: number;
  readonly optimiser: AdamConfig;
  readonly schedule: ScheduleConfig;
  /**
   * Decay of the running average of the weights that is evaluated and published instead of them;
   * null for none.
   */
  readonly averageDecay: number | null;
  /** 32 bits; all chance of the run comes from it. */
  readonly seed: number;
};

/** The paper's setup for a network: batch 32 of 299 px at full width. */
export const paperSetup = (network: RecceConfig, seed = 2021): TrainingSetup => ({
  network,
  mean: 0.5,
  std: 0.5,
  batchSize: 32,
  objective: PAPER_OBJECTIVE,
  freeze: [],
  batchNorm: 'batch',
  dropoutRate: 0.2,
  noiseStd: 1e-6,
  optimiser: PAPER_ADAM,
  schedule: PAPER_SCHEDULE,
  averageDecay: null,
  seed,
});
