// The workstation without a window. createEngine gives the contract's router, the pictures, and a
// way to close; Electron, the browser mode and the command line are thin faces on it.
export {
  APP_VERSION,
  type Client,
  createClient,
  createEngine,
  type Engine,
  type EngineOptions,
  type Router,
} from './app/create-engine.ts';
export { type EvidenceFolder, folderFromText, startFarmWorker } from './app/start-farm-worker.ts';
export { appDataFolder } from './files/app-data-folder.ts';
export type { ChildHandle, SpawnChild } from './process/channel.ts';
export { keepFilesPrivate } from './process/private-files.ts';
