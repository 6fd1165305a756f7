// Training runs on disk: one folder each below the application's data, readable without the
// program. Engine process.
//
//   run.json       the run as the contract describes it
//   curves.jsonl   one line a point, appended
// steps.jsonl losses and labels of every step, appended: what the next point of the curves is the
//   mean of after a crash
//   state.save     the trainer's state (models/recce/training-save.ts), replaced whole
//   best-N.pth     the weights of the best validation so far, at step N
//   samples.json   reconstructions of the latest validation
// lock.sqlite held by the process that runs it; see [Note: the lock] in engine/case/db/connect.ts
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { RecceError } from '../../../contract/errors.ts';
import {
  type BrokenRun,
  type CurvePoint,
  curvePointSchema,
  type SampleReconstruction,
  sampleReconstructionSchema,
  type TrainingRun,
  type TrainingRunId,
  trainingRunSchema,
} from '../../../contract/training.ts';
import type { StepLosses } from '../../../models/recce/training-step.ts';
import { takeLock } from '../../case/db/connect.ts';
import { firstIssue } from '../../files/first-issue.ts';
import { ifExists } from '../../files/optional-file.ts';
import { writeAtomic } from '../../files/write-atomic.ts';

// Which training runs are held, and by whom: one lock a run, freed by the system when its process
// dies. A process number would not do: after a restart of the machine another program has it.

type Lock = ReturnType<typeof takeLock>;

type RunLocks = {
  /** Claims the run for this process; false when another living process has it. */
  lock(id: TrainingRunId): boolean;
  unlock(id: TrainingRunId): void;
  /** By this process or another living one. */
  isHeld(id: TrainingRunId): boolean;
};

function createRunLocks(folderOf: (id: TrainingRunId) => string): RunLocks {
  /** Those of this process. */
  const held = new Map<TrainingRunId, Lock>();

  /** Undefined when a living process has it. */
  const tryLock = (id: TrainingRunId): Lock | undefined => {
    try {
      return takeLock(folderOf(id));
    } catch (error) {
      if (error instanceof RecceError && error.code === 'CASE_IN_USE') return undefined;
      throw error;
    }
  };

  return {
    lock(id) {
      const lock = held.get(id) ?? tryLock(id);
      if (lock) held.set(id, lock);
      return lock !== undefined;
    },
    unlock(id) {
      held.get(id)?.close();
      held.delete(id);
    },
    isHeld(id) {
      if (held.has(id)) return true;
      const lock = tryLock(id);
      lock?.close();
      return lock === undefined;
    },
  };
}

/** What a step gave; numbers come back from JSON as they were. */
export type KeptStep = { losses: StepLosses; labels: readonly number[] };

/** The runs of one installation. */
export type RunStore = Pick<RunLocks, 'lock' | 'unlock'> & {
  folderOf(id: TrainingRunId): string;
  file(id: TrainingRunId, name: string): string;
  /** The newest first. Those that cannot be read are left out: see `listBroken`. */
  list(): Promise<TrainingRun[]>;
  /** Runs whose record cannot be read, each with the reason. Nothing of them is ever deleted. */
  listBroken(): Promise<BrokenRun[]>;
  /** Throws RUN_NOT_FOUND, RUN_UNREADABLE. */
  get(id: TrainingRunId): Promise<TrainingRun>;
  write(run: TrainingRun): Promise<void>;
  curves(id: TrainingRunId): Promise<CurvePoint[]>;
  /** Appends a point; on the disk when it returns. */
  addPoint(id: TrainingRunId, point: CurvePoint): void;
  /** Forgets points beyond `step`: steps that were done after the last save are done again. */
  forgetAfter(id: TrainingRunId, step: number): Promise<CurvePoint[]>;
  /** Keeps what one step gave. */
  addStep(id: TrainingRunId, step: KeptStep): void;
  /** The steps after `from` up to `to`, in order. */
  stepsBetween(id: TrainingRunId, from: number, to: number): Promise<KeptStep[]>;
  samples(id: TrainingRunId): Promise<SampleReconstruction[]>;
  writeSamples(id: TrainingRunId, samples: readonly SampleReconstruction[]): Promise<void>;
  /** Removes every best-N.pth but that of `step`. */
  keepBest(id: TrainingRunId, step: number): Promise<void>;
  remove(id: TrainingRunId): Promise<void>;
};

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

const replaceJson = async (file: string, value: unknown): Promise<void> => {
  await writeAtomic(file, [`${JSON.stringify(value, null, 1)}\n`]);
};

/**
 * Empty where there is none. One that cannot be read is not as if there were none: a run would go
 * on without its own past.
 */
const readText = (name: string): Promise<string> => ifExists(readFile(name, 'utf8'), '');

/** Nothing for a line that a crash cut short. */
function stepFromLine(line: string): KeptStep[] {
  try {
    return [JSON.parse(line) as KeptStep];
  } catch {
    return [];
  }
}

export const STATE_FILE = 'state.save';
export const bestFile = (step: number): string => `best-${step}.pth`;

/** `folder` holds one folder a run; it is made with the first. */
export function createRunStore(folder: string): RunStore {
  const folderOf = (id: TrainingRunId): string => path.join(folder, id);
  const file = (id: TrainingRunId, name: string): string => path.join(folderOf(id), name);
  const locks = createRunLocks(folderOf);

  /** The record as it was written. Throws RUN_NOT_FOUND, RUN_UNREADABLE. */
  const readRecord = async (id: TrainingRunId): Promise<TrainingRun> => {
    const record = file(id, 'run.json');
    try {
      const run = trainingRunSchema.parse(await readJson(record));
      if (run.id !== id) throw new Error(`it names run ${run.id}`);
      return run;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
        throw new RecceError('RUN_NOT_FOUND', id, 'it is not in this installation.');
      throw new RecceError('RUN_UNREADABLE', record, firstIssue(cause), { cause });
    }
  };

  /**
   * A run that says it runs while no living process has it was interrupted. Throws RUN_NOT_FOUND,
   * RUN_UNREADABLE.
   */
  const get = async (id: TrainingRunId): Promise<TrainingRun> => {
    const run = await readRecord(id);
    const underWay = run.state === 'running' || run.state === 'paused';
    return underWay && !locks.isHeld(id) ? { ...run, state: 'interrupted' } : run;
  };

  /**
   * Never rejects for one run: what is wrong with it must not hide the others. Undefined when it is
   * gone by now.
   */
  const readEntry = async (id: TrainingRunId): Promise<TrainingRun | BrokenRun | undefined> => {
    try {
      return await get(id);
    } catch (error) {
      if (error instanceof RecceError && error.code === 'RUN_NOT_FOUND') return undefined;
      const reason = error instanceof RecceError ? error.detail : firstIssue(error);
      return { id, file: file(id, 'run.json'), reason };
    }
  };
  const entries = async (): Promise<(TrainingRun | BrokenRun)[]> => {
    const names = await readdir(folder).catch(() => []);
    const ids = names.filter((name) => existsSync(file(name, 'run.json'))).sort();
    return (await Promise.all(ids.map(readEntry))).filter((one) => one !== undefined);
  };

  const curves = async (id: TrainingRunId): Promise<CurvePoint[]> => {
    const text = await readText(file(id, 'curves.jsonl'));
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
      const runs = (await entries()).filter((one) => 'state' in one);
      return runs.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
    listBroken: async () => (await entries()).filter((one) => 'reason' in one),
    write: (run) => replaceJson(file(run.id, 'run.json'), run),
    addPoint(id, point) {
      const handle = openSync(file(id, 'curves.jsonl'), 'a');
      try {
        writeFileSync(handle, `${JSON.stringify(point)}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    },
    async forgetAfter(id, step) {
      const kept = (await curves(id)).filter((point) => point.step <= step);
      await writeAtomic(
        file(id, 'curves.jsonl'),
        kept.map((point) => `${JSON.stringify(point)}\n`),
      );
      return kept;
    },
    addStep: (id, step) => appendFileSync(file(id, 'steps.jsonl'), `\n${JSON.stringify(step)}`),
    async stepsBetween(id, from, to) {
      const text = await readText(file(id, 'steps.jsonl'));
      const steps = text.split('\n').flatMap(stepFromLine);
      // A step that was done again after a crash is there twice, and the same.
      const known = new Map(steps.map((one) => [one.losses.step, one]));
      const wanted = Array.from({ length: Math.max(0, to - from) }, (_, i) => known.get(from + 1 + i));
      return wanted.filter((one) => one !== undefined);
    },
    samples: async (id) =>
      existsSync(file(id, 'samples.json'))
        ? z.array(sampleReconstructionSchema).parse(await readJson(file(id, 'samples.json')))
        : [],
    writeSamples: (id, samples) => replaceJson(file(id, 'samples.json'), samples),
    async keepBest(id, step) {
      for (const name of await readdir(folderOf(id)))
        if (/^best-\d+\.pth$/.test(name) && name !== bestFile(step)) await rm(file(id, name));
    },
    lock: locks.lock,
    unlock: locks.unlock,
    remove: (id) => rm(folderOf(id), { recursive: true, force: true }),
  };
}
