// What the jobs of an open case do: scanning files here or by the farm, and making verdicts again.
// Registered with the case's queue by services.ts.
import type { VerdictId } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Job } from '../../contract/job.ts';
import type { Model } from '../../contract/model.ts';
import { type ScanRequest, scanRequestSchema } from '../../contract/scan.ts';
import { appendAudit } from '../case/log/audit.ts';
import { findValidation, keepModel } from '../case/rows/model.ts';
import { PROVIDER_NAMES } from '../compute/providers.ts';
import type { JobControl, JobRunner } from '../jobs/job-queue.ts';
import type { LoadedModel } from '../library/loaded-models.ts';
import { rerunAll } from '../rerun/rerun-all.ts';
import { createRerunner } from '../rerun/rerun-verdicts.ts';
import { type FarmJob, farmJobOf } from '../scan/farm/farm-job.ts';
import type { FarmShare } from '../scan/farm/farm-run.ts';
import type { ScanDeps } from '../scan/scan-deps.ts';
import { scanEvidence } from '../scan/scan-evidence.ts';
import { withSeal } from '../scan/with-seal.ts';
import type { Services, WorkingCase } from './services.ts';

/** The case that the jobs work on, whatever the engine has open meanwhile. */
type JobsCase = Pick<WorkingCase, 'handle' | 'blobs' | 'session'>;

export const caseJobs = (state: Services, opened: JobsCase): Record<'scan' | 'rerun', JobRunner> => ({
  scan: (job, deps) => runScan(state, opened, job, deps),
  rerun: (job, deps) => runRerun(state, opened, job, deps),
});

/** A scan under way. */
type ScanAtWork = { state: Services; opened: JobsCase; model: Model; request: ScanRequest; job: JobControl };

async function runScan(state: Services, opened: JobsCase, { id, input }: Job, job: JobControl): Promise<void> {
  const { handle, session } = opened;
  const request = scanRequestSchema.parse(input);
  const farm = farmJobOf(input);
  const who = session.examiner?.name ?? '';
  const details = { jobId: id, modelId: request.modelId, ...(farm ? { queue: farm.queue.address } : {}) };
  await withSeal(handle, { who, paths: request.paths, details }, async () => {
    if (!request.modelId) throw new Error('A scan job without a model was queued.');
    const model = await state.library.get(request.modelId);
    job.report({ message: 'Loading the model' });
    const scan: ScanAtWork = { state, opened, model, request, job };
    if (farm) return { workers: Object.fromEntries(await scanByFarm(scan, farm)) };
    await scanHere(scan);
    return {};
  });
}

/**
 * [Note: falling back] A device that fails in mid-scan is left: the scan goes on behind the last
 * rows written, on the CPU, and what it writes from there on says so. The batch that failed was not
 * written, so no verdict is half of one device and half of another.
 */
async function scanHere(scan: ScanAtWork): Promise<void> {
  const { state, opened, model, request, job } = scan;
  const placed = await state.placed.place(model, request.device);
  keepModel(opened.handle, model);
  try {
    await scanOn(placed, scan);
  } catch (error) {
    const { provider } = placed.placement;
    const atWork = error instanceof RecceError && error.code === 'COMPUTE_FAILED';
    if (provider === 'cpu' || !atWork) throw error;
    const sentence = `${PROVIDER_NAMES[provider]} failed in mid-scan; what was left was computed on the CPU. ${error.message}`;
    await state.placed.leave(model, provider, sentence);
    job.problem(model.name, sentence);
    appendAudit(opened.handle, {
      who: opened.session.examiner?.name ?? '',
      action: 'scan.deviceFailed',
      subject: PROVIDER_NAMES[provider],
      details: { modelId: model.id, reason: sentence },
    });
    await scanOn(await state.placed.place(model, 'cpu'), { ...scan, job: withRemark(job, sentence) });
  }
}

/**
 * Every message of the job ends with the remark, so that it is still there when the job is done.
 */
const withRemark = (job: JobControl, remark: string): JobControl => ({
  ...job,
  report: (progress) =>
    job.report(progress.message === undefined ? progress : { ...progress, message: `${progress.message}. ${remark}` }),
});

function scanOn(
  { compute, parameters }: LoadedModel,
  { state, opened, model, request, job }: ScanAtWork,
): Promise<void> {
  const { paths, minimumFacePx, video: sampling } = request;
  const deps: ScanDeps = {
    opened: opened.handle,
    blobs: opened.blobs,
    decoder: state.decoder,
    compute,
    videoDecoder: state.videoDecoder,
    sampling,
    findFaces: (image, options) => state.findFaces(image, options),
    model,
    parameters: { ...parameters, minimumFacePx },
    minimumFacePx,
  };
  return scanEvidence(deps, job, paths);
}

/** The files examined by other machines; the rows written here. Gives each worker's share. */
async function scanByFarm({ state, opened, model, request, job }: ScanAtWork, farm: FarmJob): Promise<FarmShare> {
  const { handle, blobs } = opened;
  const { paths, minimumFacePx, video: sampling } = request;
  // The queue's client is loaded by those who use it.
  const { scanFarm } = await import('../scan/farm/scan-farm.ts');
  keepModel(handle, model);
  // Of files that no network looks at.
  const parameters = { ...(await state.parametersFor(model, await state.devices.unmeasured())), minimumFacePx };
  const { appVersion, pipelineVersion, modelId, finderSha256 } = parameters;
  const passport = { appVersion, pipelineVersion, modelId, finderSha256 };
  const credentials = state.queueCredentials.get(farm.queue.address);
  if (!credentials)
    throw new RecceError('QUEUE_UNAVAILABLE', farm.queue.address, 'name it again: it is not dialled otherwise.');
  const { videoDecoder } = state;
  const known = { opened: handle, blobs, model, parameters, sampling, videoDecoder };
  const deps = { ...known, passport, credentials, minimumFacePx, ...farm };
  return scanFarm(deps, job, paths);
}

/** Makes verdicts again, one after the other; taken up where it stopped after a crash. */
async function runRerun(
  state: Services,
  { handle, blobs }: JobsCase,
  { id, input }: Job,
  job: JobControl,
): Promise<void> {
  const { verdictIds, who } = input as { verdictIds: VerdictId[]; who: string };
  const rerun = createRerunner({
    folder: handle.folder,
    blobs,
    decoder: state.decoder,
    findFaces: (image, options) => state.findFaces(image, options),
    finderSha256: (pipeline) => state.finderSha256(pipeline),
    videoDecoder: state.videoDecoder,
    getModel: (modelId) => state.library.get(modelId),
    // The record a verdict was made under travels with the case; the library's may be another.
    recordOf: (modelId, sha256) => findValidation(handle, modelId, sha256),
    placeAsRecorded: (model, recorded) => state.placed.placeAsRecorded(model, recorded),
  });
  await rerunAll(handle, { jobId: id, verdictIds, who }, rerun, job);
}
