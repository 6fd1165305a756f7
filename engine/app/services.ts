// What the engine holds between two calls: the processes it supervises, the model library, and the
// open case with its jobs.
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { OpinionId, Sha256 } from '../../contract/brand.ts';
import type { NotOpened, Session } from '../../contract/case.ts';
import type { Placement } from '../../contract/device.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Job } from '../../contract/job.ts';
import type { DecoderTest, Model } from '../../contract/model.ts';
import type { ReportProgress } from '../../contract/report.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { createBroadcast } from '../async/broadcast.ts';
import { createSerialQueue, type SerialQueue } from '../async/serial-queue.ts';
import { type BlobStore, createBlobStore } from '../blobs/blob-store.ts';
import { keepPlacesHere, type PlaceHere, trustPlaces } from '../blobs/evidence-place.ts';
import { type Anchor, backupAnchors, enterMissing, missingAnchors, wordsFromAnchor } from '../case/custody/anchors.ts';
import { sealUnsealedRows } from '../case/custody/seal.ts';
import { isWritable, type ReadableCase, type WritableCase } from '../case/db/case-handle.ts';
import type { Viewer } from '../case/grid/finding-filter.ts';
import { firstEntryHash } from '../case/log/audit.ts';
import { blobFolder, closeCase } from '../case/open-case.ts';
import type { MovedFile } from '../case/rows/relocation.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import { createDevices, type Devices } from '../compute/devices.ts';
import { type FixedPlacement, fixedPlacement } from '../compute/fixed-placement.ts';
import { type KeptBackups, keepBackups } from '../custody/keep-backups.ts';
import { type RunningSweep, sweepCase } from '../custody/sweep-case.ts';
import { createFaceFinder, type FaceFinder } from '../examine/face-finder.ts';
import { verdictParameters } from '../examine/verdict-parameters.ts';
import { installationKey } from '../files/installation-key.ts';
import { bindJobs } from '../jobs/job-binding.ts';
import { createJobQueue, type JobQueue } from '../jobs/job-queue.ts';
import { createReadOnlyJobs } from '../jobs/read-only-jobs.ts';
import { type CheckpointReader, createCheckpointReader } from '../library/checkpoint-reader.ts';
import { testDecoder } from '../library/decoder-test.ts';
import { createLoadedModels, type LoadedModels } from '../library/loaded-models.ts';
import { measuredBase } from '../library/measured-base.ts';
import { createModelLibrary, type ModelLibrary } from '../library/model-library.ts';
import { createDecoder, type Decoder } from '../media/decoder.ts';
import type { FoundFace, Look } from '../media/find-faces.ts';
import type { FinderModel } from '../media/finder-weights.ts';
import type { Photograph } from '../media/photograph.ts';
import { createVideoDecoder, type VideoDecoder } from '../media/video/video-decoder.ts';
import type { SpawnChild } from '../process/channel.ts';
import { farmJobOf } from '../scan/farm/farm-job.ts';
import type { QueueCredentials } from '../scan/farm/queue-address.ts';
import { TrainingRuns } from '../train/run/training-runs.ts';
import { type CaseExports, createCaseExports } from './case-exports.ts';
import { caseJobs } from './case-jobs.ts';
import { type Origin, recall, remember } from './known-cases.ts';
import { readPlaces, writePlaces } from './viewing-places.ts';

/** How an engine is made. */
export type EngineOptions = {
  /** Where imported models and settings are kept. */
  appDataFolder: string;
  /** The shipped models; models/weights in a checkout. */
  modelsFolder?: string;
  /** How child processes are started; plain Node children by default. */
  spawn?: SpawnChild;
  appVersion?: string;
  /**
   * How networks run where nothing is to be measured; RECCE_COMPUTE of the environment by default.
   */
  compute?: FixedPlacement;
};

/**
 * Threads of the face finder, of training and of what is not placed by measurement: the cores there
 * are. Decoding and the database need little beside it.
 */
const THREADS = Math.max(1, os.availableParallelism());

/** An open case, perhaps for viewing only. */
export type OpenedCase = {
  handle: ReadableCase;
  blobs: BlobStore;
  queue: Pick<JobQueue, 'watch' | 'close'>;
  exports: CaseExports;
  session: Session;
  /**
   * What was entered since the examiner or blind mode last changed, oldest first: what can be
   * undone.
   */
  sitting: OpinionId[];
};
/** An open case that can be written, and what works on it. */
export type WorkingCase = OpenedCase & { handle: WritableCase; queue: JobQueue };

const CANNOT_BE_WRITTEN = 'it cannot be written. Copy it to a disk that can.';

export const APP_VERSION = '0.1.0';

export class Services {
  readonly options: EngineOptions;
  readonly appVersion: string;
  readonly library: ModelLibrary;
  readonly checkpoints: CheckpointReader;
  readonly decoder: Decoder;
  /** One process for the scan and one for pictures, so that neither waits for the other. */
  readonly videoDecoder: VideoDecoder;
  readonly videoPictures: VideoDecoder;
  /** On the CPU: the face finder, self-tests of models, and every model that is placed there. */
  readonly compute: Compute;
  readonly devices: Devices;
  readonly placed: LoadedModels;
  readonly training: TrainingRuns;
  /** How the queues that were named are entered, by address. Held in memory alone. */
  readonly queueCredentials = new Map<string, QueueCredentials>();
  /** Published whenever a case was opened or closed. */
  readonly caseChanges = createBroadcast<null>();
  /** Steps of a report that is being written, null at its end. */
  readonly reportProgress = createBroadcast<ReportProgress | null>();
  /** What was to be taken up at the start and could not be; for the window to show. */
  notOpened: NotOpened | null = null;
  #opened: OpenedCase | undefined;
  readonly #finder: FaceFinder;
  #backups: KeptBackups | undefined;
  #sweep: RunningSweep | undefined;
  /** The newest entry of the open case when it was last seen here, before it was opened now. */
  lastSeen: readonly Anchor[] = [];
  #remembered: { home: boolean; roots: string[] } = { home: true, roots: [] };
  /** Where evidence of an open case that cannot be written was found. */
  #places: ReadonlyMap<Sha256, PlaceHere> = new Map();

  constructor(options: EngineOptions) {
    this.options = options;
    this.appVersion = options.appVersion ?? APP_VERSION;
    const shipped = options.modelsFolder ?? path.resolve(import.meta.dirname, '../../models/weights');
    const spawn = options.spawn ? { spawn: options.spawn } : {};
    this.checkpoints = createCheckpointReader(spawn);
    const clock = () => new Date().toISOString();
    this.library = createModelLibrary(path.join(options.appDataFolder, 'models'), shipped, clock, this.checkpoints);
    this.decoder = createDecoder(spawn);
    this.videoDecoder = createVideoDecoder(spawn);
    this.videoPictures = createVideoDecoder(spawn);
    this.compute = createCompute({ provider: 'cpu', threads: THREADS, ...spawn });
    this.#finder = createFaceFinder(this.compute);
    this.devices = createDevices({
      folder: path.join(options.appDataFolder, 'devices'),
      clock: () => new Date().toISOString(),
      fixed: options.compute ?? fixedPlacement(process.env.RECCE_COMPUTE),
      ...spawn,
    });
    this.placed = createLoadedModels({
      devices: this.devices,
      library: this.library,
      checkpoints: this.checkpoints,
      cpu: this.compute,
      parametersFor: (model, placement) => this.parametersFor(model, placement),
      ...spawn,
    });
    this.training = new TrainingRuns({
      folder: path.join(options.appDataFolder, 'training'),
      library: this.library,
      facesOf: (bytes) => this.facesOf(bytes),
      faceOfCrop: (bytes) => this.faceOfCrop(bytes),
      facesFile: () => this.facePlacesFile(),
      testDecoder: (model, weights) => this.testDecoder(model, weights),
      provider: 'cpu',
      threads: THREADS,
      threadsFor: async (base) =>
        (await this.devices.place(await measuredBase(base, this.library, this.placed), 'cpu')).threads,
      clock: () => new Date().toISOString(),
      ...spawn,
    });
    // The engine's own thread pool encodes small pictures; one thread each keeps them out of
    // inference's way.
    sharp.concurrency(1);
  }

  /** Throws CASE_NOT_OPEN. */
  get opened(): OpenedCase {
    if (!this.#opened) throw new RecceError('CASE_NOT_OPEN', 'this engine', 'create or open a case first.');
    return this.#opened;
  }

  /** The open case for whoever changes it. Throws CASE_NOT_OPEN, CASE_READ_ONLY, CASE_MOVED. */
  get working(): WorkingCase {
    const { handle } = this.opened;
    if (!isWritable(handle))
      throw new RecceError('CASE_READ_ONLY', handle.folder, handle.readOnlyBecause ?? CANNOT_BE_WRITTEN);
    handle.db.expectInPlace();
    return this.opened as WorkingCase;
  }

  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  /**
   * Changes of the open case come one after the other. Two windows that open cases at once would
   * else leave one of them open and locked with nobody to close it, or enter in one case's log what
   * happened to the other.
   */
  readonly inTurn: SerialQueue = createSerialQueue();

  /**
   * Takes over an open handle; the case before it is closed. What was seen of this case before is
   * held against it. Unfinished jobs that were queued here start again. Call it in turn.
   */
  async use(handle: ReadableCase, origin: Origin = 'opened'): Promise<void> {
    try {
      await this.closeCase();
      this.#open(await this.#recall(handle, origin));
    } catch (error) {
      closeCase(handle);
      throw error;
    }
    this.notOpened = null;
    this.caseChanges.publish(null);
  }

  /** The handle with what is to be said of its log, where another was seen before. */
  async #recall(handle: ReadableCase, origin: Origin): Promise<ReadableCase> {
    const { appDataFolder } = this.options;
    const { last, isHome, roots } = await recall(appDataFolder, handle);
    const home = origin === 'made' || (origin !== 'unpacked' && isHome);
    const kept = home || origin === 'unpacked' ? [] : [...roots];
    trustPlaces(handle.folder, home ? 'all' : kept);
    const source = 'what this workstation saw last';
    this.lastSeen = last && origin === 'opened' ? [{ seq: last.seq, hash: last.hash, source }] : [];
    const anchors = [...this.lastSeen, ...backupAnchors(handle.folder)];
    const missing = missingAnchors(handle, anchors);
    const warnings = missing.map((anchor) => wordsFromAnchor(handle, anchor));
    if (isWritable(handle)) enterMissing(handle, missing);
    // One that can only be looked at takes no entry: what was seen before stays remembered.
    if (isWritable(handle) || missing.length === 0) await remember(appDataFolder, handle, { home, roots: kept });
    this.#remembered = { home, roots: kept };
    this.#places = isWritable(handle) ? new Map() : await readPlaces(appDataFolder, firstEntryHash(handle));
    keepPlacesHere(handle.folder, this.#places);
    return warnings.length > 0 ? { ...handle, warnings } : handle;
  }

  /**
   * Somebody working here has named these folders: evidence of the open case may be looked for
   * below them.
   */
  async trustFolders(folders: readonly string[]): Promise<void> {
    const { handle } = this.opened;
    const { home, roots } = this.#remembered;
    if (home) return;
    this.#remembered = { home, roots: [...new Set([...roots, ...folders.map((one) => path.resolve(one))])] };
    trustPlaces(handle.folder, this.#remembered.roots);
    await remember(this.options.appDataFolder, handle, this.#remembered);
  }

  /**
   * Files of the open case, which cannot be written, were found at these places, each with its
   * recorded hash.
   */
  async keepPlaces(found: readonly MovedFile[]): Promise<void> {
    const { handle } = this.opened;
    const more = found.map(({ evidence: { sha256 }, path: place, modifiedAt }): [Sha256, PlaceHere] => [
      sha256!,
      { path: place, modifiedAt },
    ]);
    const places = new Map([...this.#places, ...more]);
    await writePlaces(this.options.appDataFolder, firstEntryHash(handle), places);
    this.#places = places;
    keepPlacesHere(handle.folder, places);
  }

  #open(handle: ReadableCase): void {
    const blobs = createBlobStore(blobFolder(handle.folder));
    const session: Session = { examiner: null, blind: false };
    const exports = createCaseExports(handle.folder);
    if (isWritable(handle)) this.#work(handle, { blobs, session, exports, sitting: [] });
    else this.#opened = { handle, blobs, session, exports, sitting: [], queue: createReadOnlyJobs(handle) };
  }

  #work(handle: WritableCase, parts: Pick<OpenedCase, 'blobs' | 'session' | 'exports' | 'sitting'>): void {
    sealWhatWasLeft(handle);
    const binding = bindJobs(handle, installationKey(this.options.appDataFolder), (job) => this.#whyNotFarm(job));
    const queue = createJobQueue(handle, caseJobs(this, { handle, ...parts }), binding);
    this.#opened = { handle, ...parts, queue };
    this.#sweep = sweepCase(handle);
    this.#backups = keepBackups(handle, queue);
  }

  /**
   * An address out of a database is not dialled: the queue must have been named since this engine
   * started.
   */
  #whyNotFarm({ input }: Job): string | undefined {
    const address = farmJobOf(input)?.queue.address;
    if (address === undefined || this.queueCredentials.has(address)) return undefined;
    return `Its queue (${address}) has not been named since the workstation was started. Start the farm scan again: what is done is passed over.`;
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
    if (isWritable(opened.handle)) await remember(this.options.appDataFolder, opened.handle, this.#remembered);
    closeCase(opened.handle);
    this.caseChanges.publish(null);
  }

  async close(): Promise<void> {
    await this.training.close();
    await this.inTurn(() => this.closeCase());
    this.caseChanges.close();
    this.reportProgress.close();
    await Promise.all([
      this.decoder.close(),
      this.checkpoints.close(),
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
  finder(): Promise<FinderModel> {
    return this.#finder.model();
  }

  /** Its weights, as far as a pipeline uses them, by hash. */
  async finderSha256(pipeline: number): Promise<Sha256> {
    const { sha256, sha256OfTwo } = await this.finder();
    return pipeline < 3 ? sha256OfTwo : sha256;
  }

  /** Every face of a picture, with the networks in compute; `look` as FaceFinder has it. */
  findFaces(picture: RgbImage | Photograph, look?: Look): Promise<FoundFace[]> {
    return this.#finder.find(picture, look);
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

  /** Decodes a picture that was cut to a face; the face's box is the whole of it. */
  readonly faceOfCrop = async (bytes: Uint8Array): Promise<{ image: RgbImage; faces: FoundFace[] }> => {
    const decoded = await this.decoder.decode(bytes);
    if (decoded.kind === 'unreadable') throw new Error(decoded.message);
    const image: RgbImage = { widthPx: decoded.widthPx, heightPx: decoded.heightPx, data: decoded.data };
    return { image, faces: [await this.landmarksOfCrop(image)] };
  };

  /** The face of a picture that was cut to it. */
  readonly landmarksOfCrop = (image: RgbImage): Promise<FoundFace> => this.#finder.faceOfCrop(image);

  /** The decoder's self-test of a model about to be imported. */
  readonly testDecoder = async (model: Model, weights: Uint8Array): Promise<DecoderTest> => {
    await this.compute.load(model.id, await this.checkpoints.network(weights, model.passport, model.name));
    return testDecoder(this.compute, model, this.facesOf);
  };

  /** What a verdict made now by `model` records, in a certain place. */
  async parametersFor(model: Model, placement: Placement): Promise<VerdictParameters> {
    const { sha256: finderSha256 } = await this.finder();
    return verdictParameters(model, placement, { appVersion: this.appVersion, finderSha256 });
  }
}

/**
 * Rows that a killed process left are sealed before anything else is done: perhaps no scan ever
 * takes up what it had begun.
 */
function sealWhatWasLeft(handle: WritableCase): void {
  try {
    sealUnsealedRows(handle);
  } catch {
    // A disk that takes no seal now: the case opens all the same, and is sealed at the next scan or
    // the next time.
  }
}
