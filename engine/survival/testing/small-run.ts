// A training run that is short, and what must be the same after it whatever happened on the way.
// Tests only.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TrainingRun, trainingRequestSchema } from '../../../contract/training.ts';
import type { EngineParts } from '../../app/testing/engine-parts.ts';
import { sha256Of } from '../../blobs/blob-store.ts';

const requestFor = (folder: string) =>
  trainingRequestSchema.parse({
    name: 'a small network',
    base: { kind: 'fresh', width: 0.0625, inputPx: 64 },
    data: { kind: 'portraits', folder },
    steps: 12,
    batchSize: 4,
    validateEvery: 4,
    learningRate: 1e-3,
  });

const isEnded = ({ state }: TrainingRun): boolean => ['done', 'failed', 'cancelled'].includes(state);

/**
 * Starts the run, or takes up the one there is, and follows it to its end; `started` is called when
 * it is under way.
 */
export async function trainUntilEnded(
  { training }: Pick<EngineParts, 'training'>,
  portraits: string,
  started: () => void,
): Promise<TrainingRun> {
  const [known] = await training.list();
  if (known?.state === 'done') {
    started();
    return known;
  }
  const following = training.watch();
  const { id } = known ? await training.resume(known.id) : await training.start(requestFor(portraits));
  started();
  for await (const { run } of following) if (run.id === id && isEnded(run) && run.endedAt !== null) return run;
  throw new Error('The engine ended.');
}

/**
 * Everything of the only run and of the library that a kill could change: digests of the files, and
 * the models there are.
 */
export function trainedFiles(appDataFolder: string): Record<string, string> {
  const all = path.join(appDataFolder, 'training');
  const runs = readdirSync(all).filter((name) => existsSync(path.join(all, name, 'run.json')));
  if (runs.length !== 1) throw new Error(`There are ${runs.length} runs.`);
  const folder = path.join(all, runs[0]!);
  const digest = (file: string): string => sha256Of(readFileSync(file));
  const names = readdirSync(folder).filter((name) =>
    /^(curves\.jsonl|state\.save|samples\.json|best-\d+\.pth)$/.test(name),
  );
  const models = readdirSync(path.join(appDataFolder, 'models')).filter((name) => name.endsWith('.pth'));
  return {
    ...Object.fromEntries(names.sort().map((name) => [name, digest(path.join(folder, name))])),
    ...Object.fromEntries(models.map((name) => [name, digest(path.join(appDataFolder, 'models', name))])),
  };
}
