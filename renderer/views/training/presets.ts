// Settings of a run to begin with. Each is a whole one, so that the expert settings show what it
// means.
import {
  type TrainingBase,
  type TrainingRequest,
  trainingBaseSchema,
  trainingRequestSchema,
} from '../../../contract/training.ts';

/** A run but for its name and its faces. */
export type RunSettings = Omit<TrainingRequest, 'name' | 'base' | 'data'>;
export type FreshBase = Extract<TrainingBase, { kind: 'fresh' }>;

const settingsSchema = trainingRequestSchema.omit({ name: true, base: true, data: true });
/** Publishing waits for the examiner, who has then seen the run before and after. */
const settings = (more: Partial<RunSettings>): RunSettings => ({
  ...settingsSchema.parse({}),
  publish: false,
  ...more,
});
const fresh = (width: number, inputPx: number): FreshBase =>
  trainingBaseSchema.parse({ kind: 'fresh', width, inputPx }) as FreshBase;

/** What stays as it is, as prefixes of weight names. */
export const FREEZES = {
  nothing: { label: 'Nothing', prefixes: [] },
  early: {
    label: 'The first layers of the encoder',
    prefixes: ['conv1.', 'bn1.', 'conv2.', 'bn2.', 'block1.', 'block2.', 'block3.'].map((layer) => `encoder.${layer}`),
  },
  encoder: { label: 'The whole encoder', prefixes: ['encoder.'] },
  decoder: { label: 'The decoder', prefixes: ['decoder'] },
} as const satisfies Record<string, { label: string; prefixes: readonly string[] }>;
export type FreezeName = keyof typeof FREEZES;

/** The named choice with these prefixes; undefined when they are others. */
export const freezeOf = (prefixes: readonly string[]): FreezeName | undefined =>
  (Object.keys(FREEZES) as FreezeName[]).find((name) => FREEZES[name].prefixes.join() === prefixes.join());

export type PresetName = 'adapt' | 'fromNothing' | 'paper';
type Preset = { label: string; about: string; fresh: FreshBase | null; settings: RunSettings };

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  adapt: {
    label: 'Adapt a model to your material',
    about: 'A model of the library goes on learning, gently: its first layers and its statistics stay as they are.',
    fresh: null,
    settings: settings({
      steps: 1000,
      freeze: [...FREEZES.early.prefixes],
      frozenStatistics: true,
      learningRate: 1e-4,
      warmupSteps: 50,
      schedule: { kind: 'cosine' },
      averageDecay: 0.99,
      validateEvery: 100,
      patience: 5,
    }),
  },
  fromNothing: {
    label: 'Train from nothing',
    about:
      'A small network of a quarter of the width, as the demonstration model began. 5,000 steps of 24 faces, each face bent to another shape.',
    fresh: fresh(0.25, 128),
    settings: settings({
      steps: 5000,
      batchSize: 24,
      shapeJitter: 0.05,
      learningRate: 1e-3,
      warmupSteps: 200,
      schedule: { kind: 'cosine' },
      averageDecay: 0.998,
      validateEvery: 500,
    }),
  },
  paper: {
    label: 'Published RECCE schedule',
    about:
      'The published network and schedule, for a strong GPU. Its encoder knew ImageNet at the start; here it knows nothing.',
    fresh: fresh(1, 299),
    settings: settings({ steps: 90_000, batchSize: 32, validateEvery: 1000, selectBy: 'accuracy' }),
  },
};
