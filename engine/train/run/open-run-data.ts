// The two sets a run reads, from what its request names. Training faces are varied anew in every epoch; validation faces are the
// same at every validation, cut as in use.
import { RecceError } from '../../../contract/errors.ts';
import type { TrainingData } from '../../../contract/training.ts';
import type { FaceSource } from '../../datasets/face-places.ts';
import { listPortraits } from '../../datasets/forgeries/portraits.ts';
import { type PortraitSamples, placeFaces, type Samples } from '../../datasets/open-samples.ts';
import type { SampleSource } from '../../datasets/samples.ts';
import { type SamplesInProcess, samplesInProcess } from '../../datasets/samples-in-process.ts';
import type { SpawnChild } from '../../process/channel.ts';

/** How faces are cut, and what the loaders need of the engine. */
export type DataDeps = {
  inputPx: number;
  cropRecipe: string;
  seed: number;
  /** How far portraits' faces are bent; see the request. */
  bend: number;
  /** Where found faces are remembered. */
  facesFile: string;
  facesOf: FaceSource;
  signal: AbortSignal;
  onProgress(message: string, done: number, total: number): void;
  spawn?: SpawnChild;
};

export type RunData = {
  training: SampleSource;
  validation: SampleSource;
  remarks: string[];
  close(): Promise<void>;
};

/** Throws TRAINING_REFUSED when a split is empty. */
export async function openRunData(data: TrainingData, deps: DataDeps): Promise<RunData> {
  const opened: SamplesInProcess[] = [];
  const close = async (): Promise<void> => {
    for (const source of opened) await source.close();
  };
  try {
    for (const samples of descriptionsOf(data, deps)) {
      if (samples.kind === 'portraits') await placePortraits(samples, deps);
      const source = await samplesInProcess(samples, deps.spawn ? { spawn: deps.spawn } : {});
      opened.push(source);
      if (source.count === 0)
        throw new RecceError('TRAINING_REFUSED', data.folder, `it has no faces of the ${samples.split} split.`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [training, validation] = opened as [SamplesInProcess, SamplesInProcess];
  return { training, validation, remarks: opened.flatMap(({ remarks }) => remarks), close };
}

/** Training varies and degrades its faces; validation takes forgeries of other chance, faces upright, extracted ones as they are. */
function descriptionsOf({ kind, folder }: TrainingData, deps: DataDeps): Samples[] {
  const { inputPx, cropRecipe, seed, bend, facesFile } = deps;
  const fed = { folder, inputPx, cropRecipe };
  const training = { split: 'training' as const, seed };
  const validation = { split: 'validation' as const, seed: (seed + 1) >>> 0, jitter: false };
  return kind === 'portraits'
    ? [{ ...training, bend }, validation].map((split) => ({ kind, ...fed, facesFile, ...split }))
    : [training, { ...validation, degradation: null }].map((split) => ({ kind, ...fed, ...split }));
}

async function placePortraits(samples: PortraitSamples, { facesOf, signal, onProgress }: DataDeps): Promise<void> {
  if ((await listPortraits(samples.folder, samples.split)).length < 2)
    throw new RecceError(
      'TRAINING_REFUSED',
      samples.folder,
      `its ${samples.split} split has fewer than two pictures; about a quarter of all pictures is validation.`,
    );
  await placeFaces(samples, facesOf, (done, total) => {
    signal.throwIfAborted();
    onProgress(`Finding faces for ${samples.split}`, done, total);
  });
}
