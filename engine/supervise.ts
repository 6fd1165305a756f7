// What Electron's main process needs of the engine: to keep its process alive, and what the browser
// mode's server also sends to the window. The main process never holds a case itself.

import { createORPCClient } from '@orpc/client';
import { RPCLink, type SupportedMessagePort } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../contract/procedures.ts';

export { appDataFolder } from './files/app-data-folder.ts';
export { keepFilesPrivate } from './process/private-files.ts';
export { fileFromEntry } from './process/spawn-node-child.ts';
export type { FromEngine, ToEngine } from './server/engine-messages.ts';
export { securityHeaders } from './server/security-headers.ts';
export { startDemonstration } from './server/start-demonstration.ts';
export { readStaticFile } from './server/static-files.ts';
export {
  type EngineChild,
  EngineGoneError,
  type SupervisedEngine,
  superviseEngine,
} from './server/supervise-engine.ts';

/** The entry of the engine process; its `.js` beside it where the app is built. */
export const ENGINE_ENTRY = new URL('./server/engine-process.ts', import.meta.url);

/** The contract as functions over a started port of the engine. */
export const clientOfPort = (port: SupportedMessagePort): ContractRouterClient<Contract> =>
  createORPCClient(new RPCLink({ port }));
