// The workstation in a browser: an engine process under supervision behind a loopback server.
import path from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../contract/procedures.ts';
import type { EngineStart } from './server/engine-messages.ts';
import { startHttpServer } from './server/http-server.ts';
import { ownLoopbackHost } from './server/loopback-host.ts';
import { spawnEngine } from './server/spawn-engine.ts';
import { superviseEngine } from './server/supervise-engine.ts';
import { clientOfPort } from './supervise.ts';

export { startDemonstration } from './server/start-demonstration.ts';

export type ServeOptions = {
  engine: EngineStart;
  /** The built renderer; dist/renderer in a checkout. */
  rendererFolder?: string;
  host?: string;
  port?: number;
  publicOrigin?: string;
  /** Folder of a case to open at once. */
  case?: string;
};

export type Workstation = {
  readonly origin: string;
  /** A fresh address that admits one browser, once. */
  openingAddress(): string;
  /** A client of the engine as it is now, beside the window's. */
  connect(): Promise<ContractRouterClient<Contract>>;
  onRestart(listener: (reason: string) => void): void;
  readonly failed: Promise<never>;
  /** Process id of the engine, for diagnosis and for tests that end it. */
  enginePid(): number | undefined;
  close(): Promise<void>;
};

/**
 * Starts the engine and the server. Rejects when the port cannot be had or the case cannot be
 * opened.
 */
export async function serveWorkstation(options: ServeOptions): Promise<Workstation> {
  const engine = superviseEngine({ spawn: spawnEngine, start: options.engine, forks: 'self' });
  const server = await startHttpServer({
    engine,
    rendererFolder: options.rendererFolder ?? path.resolve(import.meta.dirname, '../dist/renderer'),
    host: options.host ?? ownLoopbackHost(),
    port: options.port ?? 0,
    ...(options.publicOrigin ? { publicOrigin: options.publicOrigin } : {}),
  }).catch(async (error: Error) => {
    await engine.close();
    throw error;
  });
  const workstation: Workstation = {
    origin: server.origin,
    openingAddress: () => server.admission.openingAddress(),
    async connect() {
      const port = await engine.connect();
      port.start();
      return clientOfPort(port);
    },
    onRestart: (listener) => engine.onRestart(listener),
    failed: engine.failed,
    enginePid: () => engine.pid,
    async close() {
      await server.close();
      await engine.close();
    },
  };
  if (options.case !== undefined) await openCase(workstation, options.case);
  return workstation;
}

/** Where it cannot be opened the workstation ends: whoever named a case meant that one. */
async function openCase(workstation: Workstation, folder: string): Promise<void> {
  try {
    const client = await workstation.connect();
    await client.case.open({ folder: path.resolve(folder) });
  } catch (error) {
    await workstation.close();
    throw error;
  }
}
