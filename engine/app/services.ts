// What the engine is made of, each for itself: a group of handlers names those it takes. Processes
// start with the first work for them.
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Placement } from '../../contract/device.ts';
import { RecceError } from '../../contract/errors.ts';
import type { DecoderTest, Model } from '../../contract/model.ts';
import type { ReportProgress } from '../../contract/report.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { type Broadcast, createBroadcast } from '../async/broadcast.ts';
import type { BoundHere } from '../case/rows/persons.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import { createDevices, type Devices } from '../compute/devices.ts';
import { boundsAtWork } from '../compute/first-look.ts';
import { type FixedPlacement, fixedPlacement } from '../compute/fixed-placement.ts';
import { placeTraining } from '../compute/training-devices.ts';
import { createFaceEmbedder, type FaceEmbedder } from '../examine/face-embedder.ts';
import { createFaceFinder } from '../examine/face-finder.ts';
import { createFinderPool, type FinderPool } from '../examine/finder-pool.ts';
import { verdictParameters } from '../examine/verdict-parameters.ts';
import { boundHere, installationKey } from '../files/installation-key.ts';
import { type CheckpointReader, createCheckpointReader } from '../library/checkpoint-reader.ts';
import { testDecoder } from '../library/decoder-test.ts';
import { createLoadedModels, type LoadedModels } from '../library/loaded-models.ts';
import { measuredBase } from '../library/measured-base.ts';
import { createModelLibrary, type ModelLibrary } from '../library/model-library.ts';
import { tryOnnx } from '../library/onnx-model.ts';
import type { Expected, PictureSource } from '../library/onnx-parity.ts';
import { createDecoder, type Decoder } from '../media/decoder.ts';
import { createVideoDecoder, type VideoDecoder } from '../media/video/video-decoder.ts';
import type { SpawnChild } from '../process/channel.ts';
import type { QueueCredentials } from '../scan/farm/queue-address.ts';
import { TrainingRuns } from '../train/run/training-runs.ts';
import { caseJobs, whyNotResumed } from './case-jobs.ts';
import { CurrentCase } from './current-case.ts';
import { createFaceSearch, type FaceSearch } from './face-search.ts';

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
  /** Bounds of the first run of a network from elsewhere. */
  firstLook?: { limitMs?: number; limitBytes?: number };
};

export const APP_VERSION = '0.1.0';

/** This installation of the workstation. */
export type Installation = {
  /** Where imported models, settings and what is remembered of cases are kept. */
  appDataFolder: string;
  appVersion: string;
  /** How its child processes are started. */
  children: { spawn?: SpawnChild };
};

export type Services = {
  installation: Installation;
  /** The case that is open, and all that hangs on it. */
  currentCase: CurrentCase;
  library: ModelLibrary;
  checkpoints: CheckpointReader;
  decoder: Decoder;
  /** One process for the scan and one for pictures, so that neither waits for the other. */
  videoDecoder: VideoDecoder;
  videoPictures: VideoDecoder;
  /** On the CPU: the face finder, self-tests of models, and every model that is placed there. */
  compute: Compute;
  finder: FinderPool;
  devices: Devices;
  loadedModels: LoadedModels;
  faceSearch: FaceSearch;
  faceEmbedder: FaceEmbedder;
  training: TrainingRuns;
  /** How the queues that were named are entered, by address. Held in memory alone. */
  queueCredentials: Map<string, QueueCredentials>;
  /** What only this installation can say of a text. */
  boundHere: BoundHere;
  /** Steps of a report that is being written, null at its end. */
  reportProgress: Broadcast<ReportProgress | null>;
  /** The decoder's self-test of a model about to be imported; null where it has no decoder. */
  testDecoder(model: Model, weights: Uint8Array): Promise<DecoderTest | null>;
  /** Runs a network of one's own for the first time, apart, on sample faces. Throws MODEL_REFUSED. */
  tryOnnx(model: Model, onnx: Uint8Array, subject: string, expected: Expected | undefined): ReturnType<typeof tryOnnx>;
  /** What a verdict made now by `model` records, in a certain place. */
  parametersFor(model: Model, placement: Placement): Promise<VerdictParameters>;
};

/**
 * Threads of the face finder, of training and of what is not placed by measurement: the cores there
 * are. Decoding and the database need little beside it.
 */
const THREADS = Math.max(1, os.availableParallelism());

/** What one takes in memory: 0.3 GB, and the picture it searches. */
const FINDER_PROCESSES = Math.max(1, Math.min(THREADS, Math.floor(os.totalmem() / 2 ** 31)));

const clock = (): string => new Date().toISOString();

export function createServices(options: EngineOptions): Services {
  const { appDataFolder, appVersion = APP_VERSION } = options;
  const children = options.spawn ? { spawn: options.spawn } : {};
  const shipped = options.modelsFolder ?? path.resolve(import.meta.dirname, '../../models/weights');
  const checkpoints = createCheckpointReader(children);
  const library = createModelLibrary(path.join(appDataFolder, 'models'), shipped, clock, checkpoints);
  const decoder = createDecoder(children);
  const videoDecoder = createVideoDecoder(children);
  const compute = createCompute({ provider: 'cpu', threads: THREADS, ...children });
  const finder = createFinderPool(createFaceFinder(compute), { processes: FINDER_PROCESSES, ...children });
  const faceSearch = createFaceSearch(finder, decoder, appDataFolder);
  const faceEmbedder = createFaceEmbedder(compute);
  const devices = createDevices({
    folder: path.join(appDataFolder, 'devices'),
    clock,
    fixed: options.compute ?? fixedPlacement(process.env.RECCE_COMPUTE),
    ...children,
  });
  const parametersFor: Services['parametersFor'] = async (model, placement) => {
    const { sha256: finderSha256 } = await faceSearch.finder();
    return verdictParameters(model, placement, { appVersion, finderSha256 });
  };
  const loadedModels = createLoadedModels({
    ...{ devices, library, checkpoints, cpu: compute, parametersFor },
    bounds: boundsAtWork(options.firstLook),
    ...children,
  });
  const test: Services['testDecoder'] = async (model, weights) => {
    await compute.load(model.id, await checkpoints.network(weights, model.passport, model.name));
    return testDecoder(compute, model, faceSearch.facesOf);
  };
  const pictureFrom: PictureSource = async (bytes, subject) => {
    const decoded = await decoder.decode(bytes);
    if (decoded.kind === 'unreadable') throw new RecceError('MODEL_REFUSED', subject, unreadableWords(decoded));
    return decoded;
  };
  const training = new TrainingRuns({
    folder: path.join(appDataFolder, 'training'),
    library,
    facesOf: faceSearch.facesOf,
    faceOfCrop: faceSearch.faceOfCrop,
    facesFile: faceSearch.faceDetectionsFile,
    testDecoder: test,
    provider: 'cpu',
    threads: THREADS,
    place: async ({ base, device }, setup, start) => {
      const measured = await measuredBase(base, library, loadedModels);
      return placeTraining({ setup, start, measured, device }, { devices, ...children });
    },
    clock,
    ...children,
  });
  const queueCredentials = new Map<string, QueueCredentials>();
  let key: Buffer | undefined;
  const bound: BoundHere = (text) => {
    // Where its folder cannot be written it lasts as long as the engine, and no shorter.
    key ??= installationKey(appDataFolder);
    return boundHere(key, text);
  };
  const scanning = { library, decoder, videoDecoder, devices, loadedModels, faceSearch, faceEmbedder, parametersFor };
  const currentCase = new CurrentCase({
    appDataFolder,
    jobsOf: (opened) => caseJobs({ ...scanning, queueCredentials, boundHere: bound }, opened),
    whyNotResumed: (job) => whyNotResumed(queueCredentials, job),
  });
  // The engine's own thread pool encodes small pictures; one thread each keeps them out of
  // inference's way.
  sharp.concurrency(1);
  return {
    installation: { appDataFolder, appVersion, children },
    ...{ ...scanning, queueCredentials, checkpoints, compute, finder, training, currentCase },
    boundHere: bound,
    videoPictures: createVideoDecoder(children),
    reportProgress: createBroadcast<ReportProgress | null>(),
    testDecoder: test,
    tryOnnx: (model, onnx, subject, expected) =>
      tryOnnx(onnx, model, subject, {
        ...{ facesOf: faceSearch.facesOf, pictureFrom, expected },
        ...children,
        ...options.firstLook,
      }),
  };
}

/** Stops work at the next file, closes the case and ends the child processes. */
export async function closeServices(services: Services): Promise<void> {
  const { training, currentCase, reportProgress } = services;
  await training.close();
  await currentCase.close();
  reportProgress.close();
  const { decoder, checkpoints, videoDecoder, videoPictures, compute, finder, loadedModels } = services;
  const processes = [decoder, checkpoints, videoDecoder, videoPictures, finder, compute, loadedModels];
  await Promise.all(processes.map((one) => one.close()));
}
