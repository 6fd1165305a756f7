// The sets a run reads, from what its request names. Training faces are varied anew in every epoch;
// validation faces are the same at every validation, cut as in use.
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import { sourcesOf, type TrainingData, type TrainingSource } from '../../../contract/training.ts';
import type { OpenedSamples } from '../../compute/training-messages.ts';
import {
  type DetectionDeps,
  detectFaces,
  type Samples,
  type SamplesInput,
  samplesSchema,
} from '../../datasets/open-samples.ts';
import type { SampleSource } from '../../datasets/samples.ts';
import type { RunSamples, WeightedSource } from './batches.ts';
import { expectBothSplits } from './both-splits.ts';
import type { ValidationSource } from './validate-run.ts';

/** How faces are cut, and what the loaders need of the engine. */
export type DataDeps = DetectionDeps & {
  inputPx: number;
  cropRecipe: string;
  seed: number;
  /** How far faces that are forged here are bent; see the request. */
  shapeJitter: number;
  /** Faces of each source that a validation looks at; null: each once. */
  validationFaces: number | null;
  /** Where found faces are remembered. */
  facesFile: string;
  signal: AbortSignal;
  onProgress(message: string, done: number, total: number): void;
  /** Opens samples where the steps are taken. */
  open(samples: Samples): Promise<OpenedSamples>;
};

export type RunData = {
  training: WeightedSource[];
  validation: ValidationSource[];
  remarks: string[];
};

/** Throws TRAINING_REFUSED when a split is empty. */
export async function openRunData(data: TrainingData, deps: DataDeps): Promise<RunData> {
  await expectBothSplits(data);
  const opened: RunData = { training: [], validation: [], remarks: [] };
  const open = async (input: SamplesInput): Promise<RunSamples> => {
    const samples = samplesSchema.parse(input);
    if (isForged(samples)) await place(samples, deps);
    const source = await deps.open(samples);
    if (source.count === 0)
      throw new RecceError('TRAINING_REFUSED', samples.folder, `it has no faces of the ${samples.split} split.`);
    opened.remarks.push(...source.remarks);
    return { description: samples, count: source.count, group: source.group };
  };
  for (const source of sourcesOf(data)) {
    const [training, validation] = descriptionsOf(source, deps);
    opened.training.push({ samples: await open(training), weight: source.weight });
    const samples = await open(validation);
    const draws = validationDraws(samples, deps.validationFaces, isForged(samples.description));
    opened.validation.push({ name: nameOf(source), samples, draws });
  }
  return opened;
}

const nameOf = (source: TrainingSource): string =>
  `${path.basename(source.folder)}${source.kind === 'crops' && source.forge ? ', forged here' : ''}`;

type ForgedHere = Exclude<Samples, { kind: 'faces' }>;
const isForged = (samples: Samples): samples is ForgedHere =>
  samples.kind === 'portraits' || (samples.kind === 'crops' && samples.forge);

/**
 * Training varies and degrades its faces; validation takes forgeries of other chance, faces
 * upright, stored ones as they are.
 */
function descriptionsOf(source: TrainingSource, deps: DataDeps): [training: SamplesInput, validation: SamplesInput] {
  const { inputPx, cropRecipe, seed, shapeJitter, facesFile } = deps;
  const { folder, kind } = source;
  const fed = { folder, inputPx, cropRecipe };
  const training = { split: 'training' as const, seed };
  const validation = { split: 'validation' as const, seed: (seed + 1) >>> 0, jitter: false };
  const asTheyAre = { ...validation, degradation: null };
  if (kind === 'faces')
    return [
      { kind, ...fed, ...training },
      { kind, ...fed, ...asTheyAre },
    ];
  if (kind === 'portraits')
    return [
      { kind, ...fed, facesFile, ...training, shapeJitter },
      { kind, ...fed, facesFile, ...validation },
    ];
  const { margin, forge } = source;
  const crops = { kind, ...fed, facesFile, margin, forge };
  return [
    { ...crops, ...training, ...(forge ? { shapeJitter } : {}) },
    { ...crops, ...(forge ? validation : asTheyAre) },
  ];
}

/**
 * Which samples a validation looks at: each once, or `most` of them in whole groups, spread over
 * the split; where there are fewer and they are `forged` here, more epochs of them.
 */
export function validationDraws(
  { count, group = 1 }: Pick<SampleSource, 'count' | 'group'>,
  most: number | null,
  forged: boolean,
): { epoch: number; index: number }[] {
  const wanted = most === null || (!forged && most > count) ? count : most;
  const [groups, all] = [Math.max(1, Math.floor(wanted / group)), count / group];
  return Array.from({ length: groups }, (_, i) => (groups >= all ? i : Math.floor((i * all) / groups))).flatMap((at) =>
    Array.from({ length: group }, (_, k) => ({ epoch: Math.floor(at / all), index: (at % all) * group + k })),
  );
}

async function place(samples: ForgedHere, deps: DataDeps): Promise<void> {
  const { split } = samples;
  await detectFaces(samples, deps, (done, total) => {
    deps.signal.throwIfAborted();
    deps.onProgress(`Finding faces for ${split}`, done, total);
  });
}
