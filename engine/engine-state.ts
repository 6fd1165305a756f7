// What the engine holds between two calls: the processes it supervises, the model library, and the open case with its jobs.
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Sha256, VerdictId } from '../contract/brand.ts';
import type { NotOpened, Session } from '../contract/case.ts';
import type { Placement } from '../contract/device.ts';
import { RecceError } from '../contract/errors.ts';
import type { Job } from '../contract/job.ts';
import type { DecoderTest, Model } from '../contract/model.ts';
import { type ScanRequest, scanRequestSchema } from '../contract/scan.ts';
import type { TrainingBase } from '../contract/training.ts';
import type { VerdictParameters } from '../contract/verdict.ts';
import type { RgbImage } from '../models/image/rgb-image.ts';
import { type BlobStore, createBlobStore, sha256Of } from './blobs/blob-store.ts';
import { appendAudit } from './case/audit.ts';
import { hashOfValue } from './case/canonical-json.ts';
import type { Viewer } from './case/finding-filter.ts';
import { findValidation, keepModel } from './case/model.ts';
import { blobFolder, closeCase, isWritable, type ReadableCase, type WritableCase } from './case/open-case.ts';
import { sealLeftovers } from './case/seal.ts';
import { type CaseExports, createCaseExports } from './case-exports.ts';
import { type Compute, createCompute } from './compute/compute.ts';
import { createDevices, type Devices, type MeasuredModel } from './compute/devices.ts';
import { type FixedPlacement, fixedPlacement } from './compute/fixed-placement.ts';
import { PROVIDER_NAMES } from './compute/providers.ts';
import { RUNTIME_VERSION } from './compute/runtime-version.ts';
import { type FarmJob, farmJobOf } from './farm/farm-job.ts';
import type { FarmShare } from './farm/farm-run.ts';
import type { QueueCredentials } from './farm/queue-address.ts';
import { createBroadcast } from './jobs/broadcast.ts';
import { createJobQueue, type JobHands, type JobQueue } from './jobs/job-queue.ts';
import { createStillJobs } from './jobs/still-jobs.ts';
import { type KeptBackups, keepBackups } from './keep-backups.ts';
import { testDecoder } from './library/decoder-test.ts';
import { createModelLibrary, type ModelLibrary } from './library/model-library.ts';
import { onnxFromWeights, untrainedNetwork } from './library/recce-runner.ts';
import { DECODER } from './media/decode-still.ts';
import { createDecoder, type Decoder } from './media/decoder.ts';
import { type FoundFace, findFaces, MINIMUM_FINDER_SCORE, type RunFinder } from './media/find-faces.ts';
import { type FinderModel, readFinderModel } from './media/finder-weights.ts';
import { createVideoDecoder, type VideoDecoder } from './media/video/video-decoder.ts';
import { createPlacedModels, type PlacedModel, type PlacedModels } from './placed-models.ts';
import type { SpawnChild } from './process/channel.ts';
import { rerunAll } from './rerun/rerun-all.ts';
import { createRerunner } from './rerun/rerun-verdicts.ts';
import { PIPELINE_VERSION } from './scan/pipeline-version.ts';
import { scanEvidence } from './scan/scan-evidence.ts';
import { sealedScan } from './scan/sealed-scan.ts';
import { type RunningSweep, sweepCase } from './sweep-case.ts';
import { createTrainingRuns, type TrainingRuns } from './train/run/training-runs.ts';

/** How an engine is made. */
export type EngineOptions = {
  /** Where imported models and settings are kept. */
  appDataFolder: string;
  /** The shipped models; models/weights in a checkout. */
  modelsFolder?: string;
  /** How child processes are started; plain Node children by default. */
  spawn?: SpawnChild;
  appVersion?: string;
  /** How networks run where nothing is to be measured; RECCE_COMPUTE of the environment by default. */
  compute?: FixedPlacement;
};

/**
 * Threads of the face finder, of training and of what is not placed by measurement: the cores there are. Decoding and the database
 * need little beside it.
 */
const THREADS = Math.max(1, os.availableParallelism());

/** An open case, perhaps for viewing only. */
export type OpenedCase = {
  handle: ReadableCase;
  blobs: BlobStore;
  queue: Pick<JobQueue, 'watch' | 'close'>;
  exports: CaseExports;
  session: Session;
};
/** An open case that can be written, and what works on it. */
export type WorkingCase = OpenedCase & { handle: WritableCase; queue: JobQueue };

export const APP_VERSION = '0.1.0';

export class EngineState {
  readonly options: EngineOptions;
  readonly appVersion: string;
  readonly library: ModelLibrary;
  readonly decoder: Decoder;
  /** One process for the scan and one for pictures, so that neither waits for the other. */
  readonly videoDecoder: VideoDecoder;
  readonly videoPictures: VideoDecoder;
  /** On the CPU: the face finder, self-tests of models, and every model that is placed there. */
  readonly compute: Compute;
  readonly devices: Devices;
  readonly placed: PlacedModels;
  readonly training: TrainingRuns;
  /** How the queues that were named are entered, by address. Held in memory alone. */
  readonly queueCredentials = new Map<string, QueueCredentials>();
  /** Published whenever a case was opened or closed. */
  readonly caseChanges = createBroadcast<null>();
  /** What was to be taken up at the start and could not be; for the window to show. */
  notOpened: NotOpened | null = null;
  #opened: OpenedCase | undefined;
  #finder: Promise<FinderModel> | undefined;
  #backups: KeptBackups | undefined;
  #sweep: RunningSweep | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.options = options;
    this.appVersion = options.appVersion ?? APP_VERSION;
    const shipped = options.modelsFolder ?? path.resolve(import.meta.dirname, '../models/weights');
    this.library = createModelLibrary(path.join(options.appDataFolder, 'models'), shipped, () =>
      new Date().toISOString(),
    );
    const spawn = options.spawn ? { spawn: options.spawn } : {};
    this.decoder = createDecoder(spawn);
    this.videoDecoder = createVideoDecoder(spawn);
    this.videoPictures = createVideoDecoder(spawn);
    this.compute = createCompute({ provider: 'cpu', threads: THREADS, ...spawn });
    this.devices = createDevices({
      folder: path.join(options.appDataFolder, 'devices'),
      clock: () => new Date().toISOString(),
      fixed: options.compute ?? fixedPlacement(process.env.RECCE_COMPUTE),
      ...spawn,
    });
    this.placed = createPlacedModels({
      devices: this.devices,
      library: this.library,
      cpu: this.compute,
      parametersFor: (model, placement) => this.parametersFor(model, placement),
      ...spawn,
    });
    this.training = createTrainingRuns({
      folder: path.join(options.appDataFolder, 'training'),
      library: this.library,
      facesOf: (bytes) => this.facesOf(bytes),
      facesFile: () => this.facePlacesFile(),
      testDecoder: (model, weights) => this.testDecoder(model, weights),
      provider: 'cpu',
      threads: THREADS,
      threadsFor: async (base) => (await this.devices.place(await this.#networkOf(base), 'cpu')).threads,
      clock: () => new Date().toISOString(),
      ...spawn,
    });
    // The engine's own thread pool encodes small pictures; one thread each keeps them out of inference's way.
    sharp.concurrency(1);
  }

  /** Throws CASE_NOT_OPEN. */
  get opened(): OpenedCase {
    if (!this.#opened) throw new RecceError('CASE_NOT_OPEN', 'this engine', 'create or open a case first.');
    return this.#opened;
  }

  /** The open case for whoever changes it. Throws CASE_NOT_OPEN, CASE_READ_ONLY. */
  get working(): WorkingCase {
    const { handle } = this.opened;
    if (!isWritable(handle))
      throw new RecceError('CASE_READ_ONLY', handle.folder, 'it cannot be written. Copy it to a disk that can.');
    return this.opened as WorkingCase;
  }

  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  /**
   * Changes of the open case come one after the other. Two windows that open cases at once would else leave one of them open and
   * locked with nobody to close it, or enter in one case's log what happened to the other.
   */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(change);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /** Takes over an open handle; the case before it is closed. Unfinished jobs start again. Call it in turn. */
  async use(handle: ReadableCase): Promise<void> {
    try {
      await this.closeCase();
      this.#open(handle);
    } catch (error) {
      closeCase(handle);
      throw error;
    }
    this.notOpened = null;
    this.caseChanges.publish(null);
  }

  #open(handle: ReadableCase): void {
    const blobs = createBlobStore(blobFolder(handle.folder));
    const session: Session = { examiner: null, blind: false };
    const exports = createCaseExports(handle.folder);
    if (isWritable(handle)) this.#work(handle, { blobs, session, exports });
    else this.#opened = { handle, blobs, session, exports, queue: createStillJobs(handle) };
  }

  #work(handle: WritableCase, parts: Pick<OpenedCase, 'blobs' | 'session' | 'exports'>): void {
    const opened: WorkingCase = { handle, ...parts, queue: undefined as unknown as JobQueue };
    sealWhatWasLeft(handle);
    opened.queue = createJobQueue(handle, {
      scan: (job, hands) => this.#runScan(opened, job.input, hands),
      rerun: (job, hands) => this.#runRerun(opened, job, hands),
    });
    this.#opened = opened;
    this.#sweep = sweepCase(handle);
    this.#backups = keepBackups(handle, opened.queue);
  }

  /** Where copies of cases lie that are only looked at. */
  get viewingFolder(): string {
    return path.join(this.options.appDataFolder, 'viewing');
  }

  /** Call it in turn. */
  async closeCase(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return;
    await opened.exports.close();
    await opened.queue.close();
    await this.#sweep?.close();
    this.#sweep = undefined;
    await this.#backups?.close();
    this.#backups = undefined;
    closeCase(opened.handle);
    this.caseChanges.publish(null);
  }

  async close(): Promise<void> {
    await this.training.close();
    await this.inTurn(() => this.closeCase());
    this.caseChanges.close();
    await Promise.all([
      this.decoder.close(),
      this.videoDecoder.close(),
      this.videoPictures.close(),
      this.compute.close(),
      this.placed.close(),
    ]);
  }

  get viewer(): Viewer {
    const { examiner, blind } = this.opened.session;
    return { examinerId: examiner?.id ?? null, blind };
  }

  /** The face finder's networks, loaded once. */
  async finder(): Promise<FinderModel> {
    this.#finder ??= (async () => {
      const finder = readFinderModel();
      await this.compute.load('boxes', finder.boxes);
      await this.compute.load('landmarks', finder.landmarks);
      return finder;
    })();
    return this.#finder;
  }

  /** Every face of a picture, with the networks in compute. */
  async findFaces(image: RgbImage, options: { turned: boolean } = { turned: true }): Promise<FoundFace[]> {
    const { priors } = await this.finder();
    const run: RunFinder = async (network, input) => {
      const outputs = await this.compute.run(network, {
        x: { dtype: 'float32', shape: input.shape, data: input.data },
      });
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
    };
    return findFaces(image, run, { priors, minimumScore: MINIMUM_FINDER_SCORE, ...options });
  }

  /** Where the faces of training and validation pictures are kept, found once by this finder. */
  async facePlacesFile(): Promise<string> {
    const { sha256 } = await this.finder();
    return path.join(this.options.appDataFolder, 'faces', `${sha256.slice(0, 16)}.ndjson`);
  }

  /** Decodes a still that must be readable (samples, pictures of the case) and finds its faces. */
  readonly facesOf = async (bytes: Uint8Array): Promise<{ image: RgbImage; faces: FoundFace[] }> => {
    const decoded = await this.decoder.decode(bytes);
    if (decoded.kind === 'unreadable') throw new Error(decoded.message);
    const image: RgbImage = { widthPx: decoded.widthPx, heightPx: decoded.heightPx, data: decoded.data };
    return { image, faces: await this.findFaces(image) };
  };

  /** What a training starts from, as it is measured. A network that knows nothing is as fast as one that does. */
  async #networkOf(base: TrainingBase): Promise<MeasuredModel> {
    if (base.kind === 'model') {
      const model = await this.library.get(base.modelId);
      if (base.inputPx === undefined || base.inputPx === model.passport.inputPx) return this.placed.measured(model);
      return this.#networkOf({ ...model.passport, kind: 'fresh', inputPx: base.inputPx });
    }
    const { width, inputPx } = base;
    const name = `a network of width ${width} at ${inputPx} px`;
    const onnx = async () => untrainedNetwork({ width, numClasses: 1, inputPx });
    return { id: sha256Of(Buffer.from(name)), name, inputPx, onnx };
  }

  /** The decoder's self-test of a model about to be imported. */
  readonly testDecoder = async (model: Model, weights: Uint8Array): Promise<DecoderTest> => {
    await this.compute.load(model.id, onnxFromWeights(weights, model.passport.inputPx));
    return testDecoder(this.compute, model, this.facesOf);
  };

  /** What a verdict made now by `model` records, in a certain place. */
  async parametersFor(model: Model, placement: Placement): Promise<VerdictParameters> {
    const { provider, mixed, device, threads, batch, logitDifference } = placement;
    const { cropRecipe, inputPx, interpolation, mean, std, channelOrder } = model.passport;
    return {
      appVersion: this.appVersion,
      pipelineVersion: PIPELINE_VERSION,
      modelId: model.id as Sha256,
      finderSha256: (await this.finder()).sha256,
      cropRecipe,
      inputPx,
      interpolation,
      mean,
      std,
      channelOrder,
      runtime: RUNTIME_VERSION,
      provider: mixed ? `${provider}+cpu` : provider,
      device,
      threads,
      precision: 'float32',
      decoder: DECODER,
      operatingPoints: model.operatingPoints,
      validationSha256: model.validation && hashOfValue(model.validation),
      batch,
      logitDifference,
    };
  }

  async #runScan(opened: WorkingCase, input: Record<string, unknown>, job: JobHands): Promise<void> {
    const { handle } = opened;
    sealLeftovers(handle);
    const request = scanRequestSchema.parse(input);
    if (!request.modelId) throw new Error('A scan job without a model was queued.');
    const farm = farmJobOf(input);
    const model = await this.library.get(request.modelId);
    job.report({ message: 'Loading the model' });
    const who = opened.session.examiner?.name ?? '';
    const details = { modelId: model.id, ...(farm ? { queue: farm.queue.address } : {}) };
    await sealedScan(handle, { who, paths: request.paths, details }, async () => {
      if (farm) return { workers: await this.#scanByFarm(opened, farm, model, request, job) };
      await this.#scanHere(opened, model, request, job);
      return {};
    });
  }

  /**
   * [Note: falling back] A device that fails in mid-scan is left: the scan goes on behind the last rows written, on the CPU, and what it
   * writes from there on says so. The batch that failed was not written, so no verdict is half of one device and half of another.
   */
  async #scanHere(opened: WorkingCase, model: Model, request: ScanRequest, job: JobHands): Promise<void> {
    const placed = await this.placed.place(model, request.device);
    keepModel(opened.handle, model);
    try {
      await this.#scanOn(opened, model, request, placed, job);
    } catch (error) {
      const { provider } = placed.placement;
      const atWork = error instanceof RecceError && error.code === 'COMPUTE_FAILED';
      if (provider === 'cpu' || !atWork) throw error;
      const sentence = `${PROVIDER_NAMES[provider]} failed in mid-scan; what was left was computed on the CPU. ${error.message}`;
      await this.placed.leave(model, provider, sentence);
      job.problem(model.name, sentence);
      appendAudit(opened.handle, {
        who: opened.session.examiner?.name ?? '',
        action: 'scan.deviceFailed',
        subject: PROVIDER_NAMES[provider],
        details: { modelId: model.id, reason: sentence },
      });
      await this.#scanOn(opened, model, request, await this.placed.place(model, 'cpu'), withRemark(job, sentence));
    }
  }

  #scanOn(
    { handle, blobs }: WorkingCase,
    model: Model,
    { paths, minimumFacePx, video }: ScanRequest,
    { compute, parameters }: PlacedModel,
    job: JobHands,
  ): Promise<void> {
    const hands = {
      opened: handle,
      blobs,
      decoder: this.decoder,
      compute,
      videoDecoder: this.videoDecoder,
      sampling: video,
      findFaces: (image: RgbImage, options: { turned: boolean }) => this.findFaces(image, options),
      model,
      parameters,
      minimumFacePx,
    };
    return scanEvidence(hands, job, paths);
  }

  /** The files examined by other machines; the rows written here. Gives each worker's share. */
  async #scanByFarm(
    { handle, blobs }: WorkingCase,
    farm: FarmJob,
    model: Model,
    { paths, minimumFacePx, video: sampling }: ScanRequest,
    job: JobHands,
  ): Promise<FarmShare> {
    // The queue's client is loaded by those who use it.
    const { scanFarm } = await import('./farm/scan-farm.ts');
    keepModel(handle, model);
    // Of files that no network looks at.
    const parameters = await this.parametersFor(model, await this.devices.unmeasured());
    const { appVersion, pipelineVersion, modelId, finderSha256 } = parameters;
    const passport = { appVersion, pipelineVersion, modelId, finderSha256 };
    const credentials = this.queueCredentials.get(farm.queue.address) ?? {};
    const hands = { opened: handle, blobs, model, parameters, minimumFacePx, sampling, passport, credentials, ...farm };
    return scanFarm(hands, job, paths);
  }

  /** Makes verdicts again, one after the other; taken up where it stopped after a crash. */
  async #runRerun(opened: WorkingCase, { id, input }: Job, job: JobHands): Promise<void> {
    const { verdictIds, who } = input as { verdictIds: VerdictId[]; who: string };
    const { handle, blobs } = opened;
    const rerun = createRerunner({
      folder: handle.folder,
      blobs,
      decoder: this.decoder,
      findFaces: (image, options) => this.findFaces(image, options),
      videoDecoder: this.videoDecoder,
      getModel: async (modelId) => {
        const model = await this.library.get(modelId);
        return model;
      },
      // The record a verdict was made under travels with the case; the library's may be another.
      recordOf: (modelId, sha256) => findValidation(handle, modelId, sha256),
      placeAsRecorded: (model, recorded) => this.placed.placeAsRecorded(model, recorded),
    });
    await rerunAll(handle, { jobId: id, verdictIds, who }, rerun, job);
  }
}

/** Every message of the job ends with the remark, so that it is still there when the job is done. */
const withRemark = (job: JobHands, remark: string): JobHands => ({
  ...job,
  report: (progress) =>
    job.report(progress.message === undefined ? progress : { ...progress, message: `${progress.message}. ${remark}` }),
});

/** Rows that a killed process left are sealed before anything else is done: perhaps no scan ever takes up what it had begun. */
function sealWhatWasLeft(handle: WritableCase): void {
  try {
    sealLeftovers(handle);
  } catch {
    // A disk that takes no seal now: the case opens all the same, and is sealed at the next scan or the next time.
  }
}
