// An engine: the services below the contract's router, the pictures, and a way to close.
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient, type Router as RouterOf } from '@orpc/server';
import type { PictureRef } from '../../contract/picture.ts';
import type { Contract } from '../../contract/procedures.ts';
import { appHandlers } from './handlers/app-handlers.ts';
import { caseHandlers } from './handlers/case-handlers.ts';
import { copiesHandlers } from './handlers/copies-handlers.ts';
import { copyOutHandler } from './handlers/copy-out-handler.ts';
import { facesHandlers } from './handlers/faces-handler.ts';
import { farmHandlers } from './handlers/farm-handlers.ts';
import { evidenceHandlers, findingHandlers, opinionHandlers } from './handlers/finding-handlers.ts';
import { groupHandlers } from './handlers/group-handlers.ts';
import { procedures } from './handlers/implementer.ts';
import { modelHandlers } from './handlers/model-handlers.ts';
import { outputHandlers } from './handlers/output-handlers.ts';
import { personsHandlers } from './handlers/persons-handlers.ts';
import { reportHandlers } from './handlers/report-handlers.ts';
import { rerunHandlers } from './handlers/rerun-handlers.ts';
import { sessionHandlers } from './handlers/session-handlers.ts';
import { stabilityHandlers } from './handlers/stability-handlers.ts';
import { tagHandlers } from './handlers/tag-handlers.ts';
import { trainHandlers } from './handlers/train-handlers.ts';
import { videoHandlers } from './handlers/video-handlers.ts';
import { jobHandlers, scanHandlers } from './handlers/work-handlers.ts';
import { beforeResults, tellsOfResults } from './looks.ts';
import { type Picture, readPicture } from './read-picture.ts';
import { closeServices, createServices, type EngineOptions, type Services } from './services.ts';

export { APP_VERSION, type EngineOptions } from './services.ts';

export type Router = RouterOf<Contract, Record<never, never>>;
/** The contract as functions, in the same process. */
export type Client = ContractRouterClient<Contract>;

/** The contract carried out by `services`. */
export const createRouter = (services: Services): Router =>
  procedures
    .use(async ({ next, path }, input) => {
      if (tellsOfResults(path, input)) beforeResults(services.currentCase);
      return next();
    })
    .router({
      app: appHandlers(services),
      output: outputHandlers(services),
      case: caseHandlers(services),
      session: sessionHandlers(services.currentCase),
      evidence: evidenceHandlers(services),
      scan: scanHandlers(services),
      farm: farmHandlers(services),
      rerun: rerunHandlers(services.currentCase),
      stability: stabilityHandlers(services),
      persons: personsHandlers(services),
      copies: copiesHandlers(services),
      group: groupHandlers(services.currentCase),
      job: jobHandlers(services.currentCase),
      finding: findingHandlers(services.currentCase),
      video: videoHandlers(services.currentCase),
      opinion: opinionHandlers(services.currentCase),
      tag: tagHandlers(services.currentCase),
      model: modelHandlers(services),
      faces: facesHandlers(services),
      train: trainHandlers(services),
      report: { ...reportHandlers(services), copyOut: copyOutHandler(services) },
    });

export type Engine = {
  /** The oRPC router implementing contract/procedures.ts. */
  router: Router;
  /** Bytes of a picture by id; undefined when there is none or blind mode hides it. */
  readPicture(ref: PictureRef): Promise<Picture | undefined>;
  /** Enters which case was to be open and could not be opened, for whoever looks. */
  noteNotOpened(folder: string, reason: Error): void;
  /** Process ids of the children while they live; for diagnosis and for tests that end them. */
  pids(): Record<'compute' | 'decode' | 'video' | 'training', number | undefined> & {
    finders: readonly number[];
    /** Networks that were not built here. */
    apart: readonly number[];
  };
  /** Stops work at the next file, closes the case and the child processes. */
  close(): Promise<void>;
};

/** Starts an engine. Its child processes start with the first work for them. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const services = createServices(options);
  return {
    router: createRouter(services),
    readPicture: (ref) => readPicture(services, ref),
    noteNotOpened: (folder, { message }) => {
      services.currentCase.notOpened = { folder, message };
    },
    pids: () => ({
      compute: services.compute.pid(),
      decode: services.decoder.pid(),
      video: services.videoDecoder.pid(),
      training: services.training.pid(),
      finders: services.finder.pids(),
      apart: services.loadedModels.pidsApart(),
    }),
    close: () => closeServices(services),
  };
}

/** A client of an engine in the same process. */
export const createClient = (engine: Engine): Client => createRouterClient(engine.router);
