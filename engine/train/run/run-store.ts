// Training runs on disk: one folder each below the application's data, readable without the program. Engine process.
//
//   run.json       the run as the contract describes it
//   curves.jsonl   one line a point, appended
//   state.save     the trainer's state (models/recce/training-save.ts), replaced whole
//   best-N.pth     the weights of the best validation so far, at step N
//   samples.json   reconstructions of the latest validation
//   lock.json      the process that runs it
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { RecceError } from '../../../contract/errors.ts';
import {
  type CurvePoint,
  curvePointSchema,
  type SampleReconstruction,
  sampleReconstructionSchema,
  type TrainingRun,
  type TrainingRunId,
  trainingRunSchema,
} from '../../../contract/training.ts';

/** The runs of one installation. */
export type RunStore = {
  folderOf(id: TrainingRunId): string;
  file(id: TrainingRunId, name: string): string;
  list(): Promise<TrainingRun[]>;
  /** Throws RUN_NOT_FOUND. */
  get(id: TrainingRunId): Promise<TrainingRun>;
  write(run: TrainingRun): Promise<void>;
  curves(id: TrainingRunId): Promise<CurvePoint[]>;
  /** Appends a point; on the disk when it returns. */
  addPoint(id: TrainingRunId, point: CurvePoint): void;
  /** Forgets points beyond `step`: steps that were done after the last save are done again. */
  forgetAfter(id: TrainingRunId, step: number): Promise<CurvePoint[]>;
  samples(id: TrainingRunId): Promise<SampleReconstruction[]>;
  writeSamples(id: TrainingRunId, samples: readonly SampleReconstruction[]): Promise<void>;
  /** Removes every best-N.pth but that of `step`. */
  keepBest(id: TrainingRunId, step: number): Promise<void>;
  /** Claims the run for this process; false when a living process has it. */
  lock(id: TrainingRunId): boolean;
  unlock(id: TrainingRunId): Promise<void>;
  remove(id: TrainingRunId): Promise<void>;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

export const bestFile = (step: number): string => `best-${step}.pth`;

/** `folder` holds one folder a run; it is made with the first. */
export function createRunStore(folder: string): RunStore {
  const folderOf = (id: TrainingRunId): string => path.join(folder, id);
  const file = (id: TrainingRunId, name: string): string => path.join(folderOf(id), name);

  const readJson = async (name: string): Promise<unknown> => JSON.parse(await readFile(name, 'utf8'));
  const replace = async (name: string, value: unknown): Promise<void> => {
    await mkdir(path.dirname(name), { recursive: true });
    await writeFile(`${name}.tmp`, `${JSON.stringify(value, null, 1)}\n`);
    await rename(`${name}.tmp`, name);
  };

  const owner = (id: TrainingRunId): number | undefined => {
    try {
      return Number(JSON.parse(readFileSync(file(id, 'lock.json'), 'utf8')).pid);
    } catch {
      return undefined;
    }
  };

  /** A run that says it runs while no living process has it was interrupted. */
  const get = async (id: TrainingRunId): Promise<TrainingRun> => {
    if (!existsSync(file(id, 'run.json'))) throw new RecceError('RUN_NOT_FOUND', id, 'it is not in this installation.');
    const run = trainingRunSchema.parse(await readJson(file(id, 'run.json')));
    const pid = owner(id);
    const held = pid !== undefined && isAlive(pid);
    return (run.state === 'running' || run.state === 'paused') && !held ? { ...run, state: 'interrupted' } : run;
  };

  const curves = async (id: TrainingRunId): Promise<CurvePoint[]> => {
    const text = await readFile(file(id, 'curves.jsonl'), 'utf8').catch(() => '');
    // A last line that a crash cut short has no line feed and is passed over.
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => curvePointSchema.parse(JSON.parse(line)));
  };

  return {
    folderOf,
    file,
    get,
    curves,
    async list() {
      const names = await readdir(folder).catch(() => []);
      const ids = names.filter((name) => existsSync(file(name, 'run.json')));
      const runs = await Promise.all(ids.map(get));
      return runs.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
    write: (run) => replace(file(run.id, 'run.json'), run),
    addPoint(id, point) {
      const handle = openSync(file(id, 'curves.jsonl'), 'a');
      writeSync(handle, `${JSON.stringify(point)}\n`);
      fsyncSync(handle);
      closeSync(handle);
    },
    async forgetAfter(id, step) {
      const kept = (await curves(id)).filter((point) => point.step <= step);
      const name = file(id, 'curves.jsonl');
      await writeFile(`${name}.tmp`, kept.map((point) => `${JSON.stringify(point)}\n`).join(''));
      await rename(`${name}.tmp`, name);
      return kept;
    },
    samples: async (id) =>
      existsSync(file(id, 'samples.json'))
        ? z.array(sampleReconstructionSchema).parse(await readJson(file(id, 'samples.json')))
        : [],
    writeSamples: (id, samples) => replace(file(id, 'samples.json'), samples),
    async keepBest(id, step) {
      for (const name of await readdir(folderOf(id)))
        if (/^best-\d+\.pth$/.test(name) && name !== bestFile(step)) await rm(file(id, name));
    },
    lock(id) {
      const pid = owner(id);
      if (pid !== undefined && isAlive(pid)) return false;
      writeFileSync(file(id, 'lock.json'), JSON.stringify({ pid: process.pid }));
      return true;
    },
    unlock: (id) => rm(file(id, 'lock.json'), { force: true }),
    remove: (id) => rm(folderOf(id), { recursive: true, force: true }),
  };
}
