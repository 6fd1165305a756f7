// What a worker examines with: the models of the cases it works for, each loaded once under the
// record that its case has of it.
import type { Redis } from 'ioredis';
import { RecceError } from '../../../contract/errors.ts';
import type { FarmTask } from '../../../contract/farm.ts';
import { type Model, modelSchema } from '../../../contract/model.ts';
import { hashOfValue } from '../../files/canonical-json.ts';
import type { TaskDeps } from './examine-task.ts';
import { modelKey } from './farm-keys.ts';

/** `leaveDevice`: the device failed, and what comes is examined on the CPU. */
export type PlacedDeps = Omit<TaskDeps, 'folders' | 'budget'> & { leaveDevice(sentence: string): Promise<void> };

export type WorkerModels = {
  /** Throws where the model's record is gone or not the one named, and what `depsFor` throws. */
  depsOf(task: FarmTask): Promise<PlacedDeps>;
  /** Where `error` is the device's, the model is placed anew for the next task. */
  leaveDevice(task: FarmTask, error: unknown): Promise<void>;
};

export function createWorkerModels(redis: Redis, depsFor: (model: Model) => Promise<PlacedDeps>): WorkerModels {
  const models = new Map<string, Promise<PlacedDeps>>();
  return {
    async depsOf(task) {
      const known = models.get(task.modelRecordSha256) ?? readModel(redis, task).then(depsFor);
      models.set(task.modelRecordSha256, known);
      known.catch(() => models.delete(task.modelRecordSha256));
      return known;
    },
    async leaveDevice({ modelRecordSha256 }, error) {
      if (!(error instanceof RecceError) || error.code !== 'COMPUTE_FAILED') return;
      const deps = await models.get(modelRecordSha256);
      models.delete(modelRecordSha256);
      await deps?.leaveDevice(error.message);
    },
  };
}

/** The model's record as the case has it, verified. */
async function readModel(redis: Redis, { modelRecordSha256: sha256, passport }: FarmTask): Promise<Model> {
  const json = await redis.get(modelKey(sha256));
  if (json === null) throw new Error('The record of the model is no longer beside the queue; scan again.');
  const model = modelSchema.parse(JSON.parse(json));
  if (hashOfValue(model) !== sha256 || model.id !== passport.modelId)
    throw new Error('The record of the model beside the queue is not the one named.');
  return model;
}
