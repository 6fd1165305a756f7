// A worker of a farm made of an engine's parts, without a case.
import os from 'node:os';
import type { FarmPassport, FarmQueue } from '../../contract/farm.ts';
import type { Model } from '../../contract/model.ts';
import type { Device } from '../../contract/scan.ts';
import type { EvidenceFolder } from '../scan/farm/evidence-folders.ts';
import { splitAddress } from '../scan/farm/queue-address.ts';
import type { RunningWorker } from '../scan/farm/run-worker.ts';
import { closeServices, createServices, type EngineOptions, type Services } from './services.ts';

export { type EvidenceFolder, folderFromText } from '../scan/farm/evidence-folders.ts';
export type { RunningWorker } from '../scan/farm/run-worker.ts';

export type FarmWorkerOptions = {
  engine: EngineOptions;
  queue: FarmQueue;
  folders: readonly EvidenceFolder[];
  /** The only model it examines with; the default one when absent. */
  chooseModel?: ((models: readonly Model[]) => Model) | undefined;
  /** Where inference runs; `auto` takes what a scan on this machine would. */
  device?: Device;
  name?: string;
  concurrency?: number;
  stalledAfterMs?: number;
  say: (line: string) => void;
};

const CONCURRENCY = 4;
const STALLED_AFTER_MS = 30_000;

/**
 * Loads the model, goes to the queue and works until closed. Throws QUEUE_UNAVAILABLE,
 * MODEL_CHANGED.
 */
export async function startFarmWorker(options: FarmWorkerOptions): Promise<RunningWorker & { model: Model }> {
  const services = createServices(options.engine);
  try {
    const { chooseModel } = options;
    const model = chooseModel ? chooseModel(await services.library.list()) : await services.library.getDefault();
    const worker = await run(services, model, options);
    return {
      model,
      close: async (force) => {
        try {
          await worker.close(force);
        } finally {
          await closeServices(services);
        }
      },
    };
  } catch (error) {
    await closeServices(services);
    throw error;
  }
}

async function run(services: Services, model: Model, options: FarmWorkerOptions): Promise<RunningWorker> {
  const { runWorker } = await import('../scan/farm/run-worker.ts');
  let wanted = options.device ?? 'auto';
  const { provider, device } = (await services.loadedModels.place(model, wanted)).placement;
  const name = options.name ?? os.hostname();
  return runWorker({
    ...splitAddress(options.queue),
    folders: options.folders,
    passport: await passportOf(services, model),
    about: { name, machine: os.hostname(), model: { id: model.id, name: model.name }, provider, device },
    depsFor: async (record) => {
      const { compute, parameters, placement } = await services.loadedModels.place(record, wanted);
      return {
        decoder: services.decoder,
        compute,
        videoDecoder: services.videoDecoder,
        findFaces: (image, turned) => services.faceSearch.findFaces(image, turned),
        model: record,
        parameters: { ...parameters, worker: name },
        // As in a scan on one machine. [Note: falling back]
        leaveDevice: async (sentence) => {
          if (placement.provider === 'cpu') return;
          wanted = 'cpu';
          await services.loadedModels.leave(record, placement.provider, sentence);
        },
      };
    },
    concurrency: options.concurrency ?? CONCURRENCY,
    stalledAfterMs: options.stalledAfterMs ?? STALLED_AFTER_MS,
    say: options.say,
  });
}

/** What must be the same on the machine with the case. */
export async function passportOf(services: Services, model: Model): Promise<FarmPassport> {
  const { appVersion, pipelineVersion, modelId, finderSha256 } = await services.parametersFor(
    model,
    await services.devices.unmeasured(),
  );
  return { appVersion, pipelineVersion, modelId, finderSha256 };
}
