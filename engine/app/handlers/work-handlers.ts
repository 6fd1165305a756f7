// Handlers of `scan` and `job`: durable work.
import { access, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { JobId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Job } from '../../../contract/job.ts';
import type { Model } from '../../../contract/model.ts';
import { type Device, MOST_MODELS, modelsOfScan, type ScanRequest } from '../../../contract/scan.ts';
import { enterScanBegin } from '../../case/custody/seal.ts';
import { enterCancelled, listJobs } from '../../case/rows/job.ts';
import { jobAsSeen, jobsAsSeen } from '../blind-view.ts';
import { saidOfModels } from '../case-jobs.ts';
import type { CurrentCase } from '../current-case.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';

/**
 * What lies in the case's folder is the case's own: crops and maps of a scan would come back as
 * evidence. Links are seen through.
 */
async function refuseCaseOwn(folder: string, paths: readonly string[]): Promise<void> {
  const own = await realpath(folder);
  for (const one of paths) {
    const place = await realpath(one);
    if (!place.startsWith(own + sep)) continue;
    const detail = `it lies in the folder of the case itself (${folder}), whose files are never evidence. Copy what is to be examined out of it.`;
    throw new RecceError('PATH_REFUSED', one, detail);
  }
}

async function startScan(
  deps: Pick<Services, 'currentCase' | 'devices' | 'library' | 'loadedModels'>,
  request: StartedScan,
) {
  await deps.devices.expectPresent(request.device);
  return enqueueScan(deps, request);
}

/** A scan as it is asked for, with the name of who asks where it is to be taken with it. */
export type StartedScan = ScanRequest & { examiner?: string | undefined };

/** `more` is kept with the job, `said` goes into the audit log. */
export async function enqueueScan(
  deps: Pick<Services, 'currentCase' | 'devices' | 'library' | 'loadedModels'>,
  { examiner, ...request }: StartedScan,
  more: Record<string, unknown> = {},
  said: Record<string, unknown> = {},
) {
  const { handle, queue } = deps.currentCase.working;
  for (const path of request.paths)
    await access(path).catch((cause: Error) => {
      throw new RecceError('PATH_NOT_FOUND', path, cause.message, { cause });
    });
  await refuseCaseOwn(handle.folder, request.paths);
  const models = await chosenModels(deps, request);
  await deps.currentCase.trustFolders(request.paths);
  const [modelId, ...furtherModelIds] = models.map(({ id }) => id);
  return inNameOf(deps.currentCase, examiner, () => {
    const { who } = deps.currentCase;
    const job = queue.enqueue('scan', { ...request, modelId, furtherModelIds, who, ...more });
    enterScanBegin(handle, {
      who,
      action: 'scan.started',
      subject: request.paths.join(', ') || 'all evidence',
      details: {
        jobId: job.id,
        ...saidOfModels({ modelId, furtherModelIds, secondLook: request.secondLook }),
        minimumFacePx: request.minimumFacePx,
        ...said,
      },
    });
    return job;
  });
}

/** The models of a scan, each once. Throws as `library.choose`, and DEVICE_UNAVAILABLE. */
async function chosenModels(
  deps: Pick<Services, 'devices' | 'library' | 'loadedModels'>,
  { modelId, furtherModelIds, secondLook, device }: ScanRequest,
): Promise<Model[]> {
  const first = await deps.library.choose(modelId);
  const named: Model[] = [];
  for (const id of modelsOfScan({ modelId: first.id, furtherModelIds })) named.push(await deps.library.choose(id));
  // A composite is made of what its parts say in the same pass.
  const parts = named.flatMap(({ passport }) => passport.composite?.parts ?? []);
  const models = new Map(named.map((model) => [model.id, model]));
  for (const { modelId: id } of parts) if (!models.has(id)) models.set(id, await deps.library.choose(id));
  if (models.size > MOST_MODELS)
    throw new RecceError('MODEL_REFUSED', `${models.size} models`, `${MOST_MODELS} are the most of one scan.`);
  if (secondLook) expectPolicy(first, models.size);
  for (const model of models.values()) if (!model.passport.composite) await expectUsable(deps, model, device);
  return [...models.values()];
}

/** Throws MODEL_REFUSED where there is nothing that a policy could go by. */
function expectPolicy({ name, operatingPoints, passport }: Model, models: number): void {
  const refuse = (why: string) => new RecceError('MODEL_REFUSED', name, why);
  if (models < 2) throw refuse('a second look needs a second model.');
  if (passport.composite) throw refuse('a second look goes by a model that is not made of others.');
  if (!operatingPoints)
    throw refuse(
      'a second look goes by what the first model cannot tell: validate it, so that it has operating points.',
    );
}

/**
 * A device that is named must pass its self-test before a job is made for it; "auto" takes what
 * does.
 */
async function expectUsable(
  deps: Pick<Services, 'devices' | 'loadedModels'>,
  model: Model,
  device: Device,
): Promise<void> {
  if (device !== 'auto' && device !== 'cpu') await deps.devices.place(deps.loadedModels.measured(model), device);
}

export const scanHandlers = (deps: Pick<Services, 'currentCase' | 'devices' | 'library' | 'loadedModels'>) => ({
  start: procedures.scan.start.handler(({ input }) => startScan(deps, input)),
});

/** A job that was at work says itself how it ended; of one that was not, the log is told here. */
function cancelJob(currentCase: CurrentCase, id: JobId): Job {
  const { handle, queue } = currentCase.working;
  const job = queue.cancel(id, currentCase.who);
  const reason = 'It was cancelled before it had begun.';
  if (job.state === 'cancelled') enterCancelled(handle, { ...job, who: currentCase.who, reason });
  return job;
}

export const jobHandlers = (currentCase: CurrentCase) => ({
  list: procedures.job.list.handler(() =>
    listJobs(currentCase.opened.handle).map((job) => jobAsSeen(currentCase, job)),
  ),
  pause: procedures.job.pause.handler(({ input }) => currentCase.working.queue.pause(input.id)),
  resume: procedures.job.resume.handler(({ input }) => currentCase.working.queue.resume(input.id)),
  cancel: procedures.job.cancel.handler(({ input }) => cancelJob(currentCase, input.id)),
  watch: procedures.job.watch.handler(({ signal }) => jobsAsSeen(currentCase, currentCase.opened.queue.watch(signal))),
});
