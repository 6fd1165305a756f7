// What the jobs of an open case do: scanning files here or by the farm, and making verdicts again.
// Registered with the case's queue when it is opened.

import type { FaceId, VerdictId } from '../../contract/brand.ts';
import type { Placement } from '../../contract/device.ts';
import { RecceError } from '../../contract/errors.ts';
import { groupRequestSchema } from '../../contract/face-groups.ts';
import type { Job } from '../../contract/job.ts';
import type { Model } from '../../contract/model.ts';
import { modelsOfScan, type ScanRequest, scanRequestSchema } from '../../contract/scan.ts';
import { policyWords } from '../../contract/second-look.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { appendAudit } from '../case/log/audit.ts';
import { findFace } from '../case/rows/face.ts';
import { findCard, keepModel } from '../case/rows/model.ts';
import type { BoundHere } from '../case/rows/persons.ts';
import { jobsStarted } from '../case/rows/rows-of-job.ts';
import { latestStability } from '../case/rows/stability.ts';
import { besideOnTrack } from '../case/rows/track-place.ts';
import type { Devices } from '../compute/devices.ts';
import { PROVIDER_NAMES } from '../compute/providers.ts';
import { hashPictures } from '../copies/hash-pictures.ts';
import { expectWholeDatabase } from '../custody/check-integrity.ts';
import type { FaceEmbedder } from '../examine/face-embedder.ts';
import { createPixelSource } from '../examine/face-pixels.ts';
import { compositeParameters } from '../examine/verdict-parameters.ts';
import type { JobControl, JobRunner } from '../jobs/job-queue.ts';
import { expectFileOf } from '../library/composite-model.ts';
import type { LoadedModel, LoadedModels } from '../library/loaded-models.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { Decoder } from '../media/decoder.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import { groupFaces } from '../persons/group-faces.ts';
import { measureFaces } from '../persons/measure-faces.ts';
import { rerunAll, stabilityOfAll } from '../rerun/rerun-all.ts';
import type { RerunDeps } from '../rerun/rerun-deps.ts';
import { createRerunner } from '../rerun/rerun-verdicts.ts';
import { createStabilityTest } from '../rerun/stability-of-verdicts.ts';
import { type FarmJob, farmJobOf } from '../scan/farm/farm-job.ts';
import type { FarmShare } from '../scan/farm/farm-run.ts';
import type { QueueCredentials } from '../scan/farm/queue-address.ts';
import { ModelFailure, type ScanDeps, type ScanModel } from '../scan/scan-deps.ts';
import { scanEvidence } from '../scan/scan-evidence.ts';
import { withSeal } from '../scan/with-seal.ts';
import type { JobsCase } from './current-case.ts';
import type { FaceSearch } from './face-search.ts';

/** What jobs work with beside their case. */
export type JobDeps = {
  library: ModelLibrary;
  decoder: Decoder;
  videoDecoder: VideoDecoder;
  devices: Devices;
  loadedModels: LoadedModels;
  faceSearch: Pick<FaceSearch, 'findFaces' | 'finderSha256'>;
  faceEmbedder: FaceEmbedder;
  /** What only this installation can say of a text. */
  boundHere: BoundHere;
  /** What a verdict made now by a model records, in a certain place. */
  parametersFor(model: Model, placement: Placement): Promise<VerdictParameters>;
  /** How the queues that were named are entered, by address. */
  queueCredentials: ReadonlyMap<string, QueueCredentials>;
};

/** Kinds of jobs that a case has. */
export type CaseJobKind = Exclude<Job['kind'], 'train'>;

export const caseJobs = (deps: JobDeps, opened: JobsCase): Record<CaseJobKind, JobRunner> => ({
  scan: (job, control) => runScan(deps, opened, job, control),
  rerun: (job, control) => runRerun(deps, opened, job, control),
  stability: (job, control) => runStability(deps, opened, job, control),
  persons: (job, control) => runPersons(deps, opened, job, control),
  groups: (job, control) => runGroups(deps, opened, job, control),
  copies: (job, control) => runCopies(deps, opened, job, control),
});

/**
 * An address out of a database is not dialled: the queue must have been named since this engine
 * started.
 */
export function whyNotResumed(known: ReadonlyMap<string, unknown>, { input }: Job): string | undefined {
  const address = farmJobOf(input)?.queue.address;
  if (address === undefined || known.has(address)) return undefined;
  return `Its queue (${address}) has not been named since the workstation was started. Start the farm scan again: what is done is passed over.`;
}

/** A scan under way. */
type ScanAtWork = {
  deps: JobDeps;
  opened: JobsCase;
  models: readonly Model[];
  request: ScanRequest;
  who: string;
  job: JobControl;
};

/** Whoever asked for a job, which another examiner may sit in front of by now. Earlier ones do not say. */
const askedBy = ({ who }: Job['input'], otherwise: string | undefined): string =>
  typeof who === 'string' ? who : (otherwise ?? '');

async function runScan(deps: JobDeps, opened: JobsCase, { id, input }: Job, job: JobControl): Promise<void> {
  const { handle, session } = opened;
  const request = scanRequestSchema.parse(input);
  const farm = farmJobOf(input);
  const who = askedBy(input, session.examiner?.name);
  const details = { jobId: id, ...saidOfModels(request), ...(farm ? { queue: farm.queue.address } : {}) };
  await withSeal(handle, { who, paths: request.paths, details }, async () => {
    if (!request.modelId) throw new Error('A scan job without a model was queued.');
    const models: Model[] = [];
    for (const modelId of modelsOfScan(request)) models.push(await deps.library.get(modelId));
    job.report({ message: models.length === 1 ? 'Loading the model' : 'Loading the models' });
    const scan: ScanAtWork = { deps, opened, models, request, who, job };
    if (farm) return { workers: Object.fromEntries(await scanByFarm(scan, farm)) };
    await scanHere(scan);
    return {};
  });
}

/** What the log says of a scan's models. */
export const saidOfModels = (request: Pick<ScanRequest, 'modelId' | 'furtherModelIds' | 'secondLook'>) => {
  const [modelId, ...furtherModelIds] = modelsOfScan(request);
  const { secondLook } = request;
  return {
    modelId,
    ...(furtherModelIds.length > 0 ? { furtherModelIds } : {}),
    ...(secondLook ? { secondLook: policyWords(secondLook) } : {}),
  };
};

/** A model where it runs. */
type PlacedModel = LoadedModel & { model: Model };

/**
 * [Note: falling back] A device that fails in mid-scan is left: the scan goes on behind the last
 * rows written, on the CPU, and what it writes from there on says so. The batch that failed was not
 * written, so no verdict is half of one device and half of another.
 */
async function scanHere(scan: ScanAtWork): Promise<void> {
  const { deps, opened, models, request } = scan;
  const { loadedModels } = deps;
  let placed: PlacedModel[] = [];
  for (const model of models)
    if (model.passport.composite) expectFileOf(model, await deps.library.readWeights(model.id));
    else placed.push({ model, ...(await loadedModels.place(model, request.device)) });
  for (const model of models) keepModel(opened.handle, model);
  let { job } = scan;
  for (;;)
    try {
      await scanOn(placed, { ...scan, job });
      return;
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      const failed = placed.find(({ model }) => model.id === error.failed.model.id)!;
      const { provider } = failed.placement;
      if (provider === 'cpu') throw error.cause;
      const sentence = `${PROVIDER_NAMES[provider]} failed in mid-scan; what was left was computed on the CPU. ${error.message}`;
      await loadedModels.leave(failed.model, provider, sentence);
      job.problem(failed.model.name, sentence);
      appendAudit(opened.handle, {
        who: scan.who,
        action: 'scan.deviceFailed',
        subject: PROVIDER_NAMES[provider],
        details: { modelId: failed.model.id, reason: sentence },
      });
      job = withRemark(job, sentence);
      // Its process has ended, with the sessions of every model that was there.
      const left = placed;
      placed = [];
      for (const one of left)
        placed.push(
          one.placement.provider === provider
            ? { model: one.model, ...(await loadedModels.place(one.model, 'cpu')) }
            : one,
        );
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
  placed: readonly PlacedModel[],
  { deps: { decoder, videoDecoder, faceSearch }, opened, models, request, job }: ScanAtWork,
): Promise<void> {
  const { paths, minimumFacePx, video: sampling } = request;
  const own = new Map(
    placed.map(({ model, compute, parameters }) => [
      model.id,
      { model, compute, parameters: { ...parameters, minimumFacePx } },
    ]),
  );
  const composed = ({ composite }: Model['passport']) =>
    (composite?.parts ?? []).map(({ modelId }) => own.get(modelId)!.parameters);
  const scan: ScanDeps = {
    ...{ decoder, videoDecoder, sampling, minimumFacePx },
    opened: opened.handle,
    blobs: opened.blobs,
    findFaces: faceSearch.findFaces,
    models: byPolicy(
      models.map(
        (model) => own.get(model.id) ?? { model, parameters: compositeParameters(model, composed(model.passport)) },
      ),
      request.secondLook,
    ),
  };
  return scanEvidence(scan, job, paths);
}

/** With a policy the first model judges every file, and the others those that it leaves. */
function byPolicy(models: readonly ScanModel[], policy: ScanRequest['secondLook']): readonly ScanModel[] {
  const [first, ...others] = models;
  return policy && first ? [first, ...others.map((one) => ({ ...one, second: { first, policy } }))] : models;
}

/** The files examined by other machines; the rows written here. Gives each worker's share. */
async function scanByFarm({ deps, opened, models, request, job }: ScanAtWork, farm: FarmJob): Promise<FarmShare> {
  const model = models[0]!;
  const { parametersFor, devices, queueCredentials, videoDecoder } = deps;
  const { handle, blobs } = opened;
  const { paths, minimumFacePx, video: sampling } = request;
  // The queue's client is loaded by those who use it.
  const { scanFarm } = await import('../scan/farm/scan-farm.ts');
  keepModel(handle, model);
  // Of files that no network looks at.
  const parameters = { ...(await parametersFor(model, await devices.unmeasured())), minimumFacePx };
  const { appVersion, pipelineVersion, modelId, finderSha256 } = parameters;
  const passport = { appVersion, pipelineVersion, modelId, finderSha256 };
  const credentials = queueCredentials.get(farm.queue.address);
  if (!credentials)
    throw new RecceError('QUEUE_UNAVAILABLE', farm.queue.address, 'name it again: it is not dialled otherwise.');
  const known = { opened: handle, blobs, model, parameters, sampling, videoDecoder };
  return scanFarm({ ...known, passport, credentials, minimumFacePx, ...farm }, job, paths);
}

/** Makes verdicts again, one after the other; taken up where it stopped after a crash. */
async function runRerun(deps: JobDeps, opened: JobsCase, { id, input }: Job, job: JobControl): Promise<void> {
  const { handle } = opened;
  const { verdictIds, who } = input as { verdictIds: VerdictId[]; who: string };
  const rerun = createRerunner(rerunDeps(deps, opened));
  await expectWholeDatabase(handle, job.signal);
  await rerunAll(handle, { jobId: id, verdictIds, who }, rerun, job);
}

/** The battery on verdicts, one after the other; taken up as a rerun is. */
async function runStability(deps: JobDeps, opened: JobsCase, { id, input }: Job, job: JobControl): Promise<void> {
  const { handle } = opened;
  const { verdictIds, who } = input as { verdictIds: VerdictId[]; who: string };
  const started = jobsStarted(handle, 'stability');
  const faceOf = (faceId: FaceId | undefined) => (faceId === undefined ? undefined : findFace(handle, faceId));
  const tryOut = createStabilityTest({
    ...rerunDeps(deps, opened),
    besideOnTrack: (face) => {
      const { before, behind } = besideOnTrack(handle, face);
      return { before: faceOf(before), behind: faceOf(behind) };
    },
    lastOf: (verdictId) => latestStability(handle, verdictId, id, started),
  });
  await expectWholeDatabase(handle, job.signal);
  await stabilityOfAll(handle, { jobId: id, verdictIds, who }, tryOut, job);
}

/** Embeddings of the faces that have none yet. */
async function runPersons(
  { decoder, videoDecoder, faceEmbedder: embedder, boundHere }: JobDeps,
  { handle, session }: JobsCase,
  { id, input }: Job,
  job: JobControl,
): Promise<void> {
  const pixelsOf = createPixelSource({ folder: handle.folder, decoder, videoDecoder });
  const who = askedBy(input, session.examiner?.name);
  await expectWholeDatabase(handle, job.signal);
  await measureFaces({ opened: handle, embedder, pixelsOf, boundHere }, { jobId: id, who }, job);
}

/** Groups of faces proposed anew. */
async function runGroups(
  { faceEmbedder: embedder, boundHere }: JobDeps,
  { handle, session }: JobsCase,
  { id, input }: Job,
  job: JobControl,
): Promise<void> {
  const who = askedBy(input, session.examiner?.name);
  const request = groupRequestSchema.parse(input);
  await expectWholeDatabase(handle, job.signal);
  await groupFaces({ opened: handle, embedder, boundHere }, { jobId: id, who, request }, job);
}

/** Hashes of the pictures that have none yet. */
async function runCopies(
  { decoder, videoDecoder, boundHere }: JobDeps,
  { handle, session }: JobsCase,
  { id, input }: Job,
  job: JobControl,
): Promise<void> {
  const pixelsOf = createPixelSource({ folder: handle.folder, decoder, videoDecoder });
  const who = askedBy(input, session.examiner?.name);
  await expectWholeDatabase(handle, job.signal);
  await hashPictures({ opened: handle, pixelsOf, boundHere }, { jobId: id, who }, job);
}

function rerunDeps(
  { decoder, videoDecoder, faceSearch, library, loadedModels }: JobDeps,
  { handle, blobs }: JobsCase,
): RerunDeps {
  return {
    ...{ decoder, videoDecoder, blobs },
    folder: handle.folder,
    findFaces: faceSearch.findFaces,
    finderSha256: faceSearch.finderSha256,
    getModel: (modelId) => library.get(modelId),
    // The card a verdict was made under travels with the case; the library's may be another.
    cardOf: (named) => findCard(handle, named),
    placeAsRecorded: (model, recorded) => loadedModels.placeAsRecorded(model, recorded),
  };
}
