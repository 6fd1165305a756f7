// The two sets a run reads, from what its request names. Training faces are varied anew in every epoch; validation faces are the
// same at every validation, cut as in use.
import { RecceError } from '../../../contract/errors.ts';
import type { TrainingData } from '../../../contract/training.ts';
import { readFaceFolder } from '../../datasets/face-folder.ts';
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
    await expectBothSplits(data);
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

/** Faces, or pictures of one face each, that a part needs. */
const FEWEST = { portraits: 2, faces: 1 } as const;

/**
 * Refuses data of which a part is as good as empty, before anything is made of it. Throws TRAINING_REFUSED; PATH_NOT_FOUND for what is
 * no such folder.
 */
export async function expectBothSplits({ kind, folder }: TrainingData): Promise<void> {
  const counts = await (kind === 'portraits' ? countPortraits(folder) : countFolderFaces(folder));
  const { training, validation } = counts;
  const least = FEWEST[kind];
  if (training >= least && validation >= least) return;
  const all = training + validation;
  const what = kind === 'portraits' ? 'pictures' : 'faces';
  const why =
    kind === 'portraits'
      ? 'A picture’s part is decided by its file name, about a quarter for validation. Add pictures, or rename some.'
      : 'A face’s part is decided by its person or video when it is extracted. Extract more.';
  throw new RecceError(
    'TRAINING_REFUSED',
    folder,
    `of its ${all} ${what}, ${training} fall into training and ${validation} into validation; each part needs at least ${least}. ${why}`,
  );
}

async function countPortraits(folder: string): Promise<Record<'training' | 'validation', number>> {
  const [training, validation] = await Promise.all([
    listPortraits(folder, 'training'),
    listPortraits(folder, 'validation'),
  ]);
  return { training: training.length, validation: validation.length };
}

async function countFolderFaces(folder: string): Promise<Record<'training' | 'validation', number>> {
  const { lines } = await readFaceFolder(folder);
  const of = (split: 'training' | 'validation'): number =>
    lines.filter((line) => line.kind === 'face' && line.split === split).length;
  return { training: of('training'), validation: of('validation') };
}

async function placePortraits(samples: PortraitSamples, { facesOf, signal, onProgress }: DataDeps): Promise<void> {
  await placeFaces(samples, facesOf, (done, total) => {
    signal.throwIfAborted();
    onProgress(`Finding faces for ${samples.split}`, done, total);
  });
}
