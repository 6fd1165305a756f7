// Engines for the tests of a file, each an installation of its own below one temporary folder. When
// the tests are over, the engines are closed and the folder goes. Tests only.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { type Client, createClient, createEngine, type Engine, type EngineOptions } from '../index.ts';

export type Installations = {
  /** The temporary folder, for the test's own files as well. */
  root: string;
  /** Starts an engine whose application data are in `name` below the folder. */
  start(name?: string, options?: Omit<EngineOptions, 'appDataFolder'>): Promise<{ engine: Engine; client: Client }>;
};

/** Call it once at the head of a test file; `name` is for those who find the folder. */
export function installations(name: string): Installations {
  const root = mkdtempSync(path.join(os.tmpdir(), `recce-${name}-`));
  const engines: Engine[] = [];
  afterAll(async () => {
    for (const engine of engines) await engine.close();
    rmSync(root, { recursive: true, force: true });
  });
  return {
    root,
    async start(appData = 'app', options = {}) {
      const engine = await createEngine({ ...options, appDataFolder: path.join(root, appData) });
      engines.push(engine);
      return { engine, client: createClient(engine) };
    },
  };
}
