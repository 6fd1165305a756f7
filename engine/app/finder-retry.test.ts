// A face finder whose process could not be started once: the next scan asks for it again.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SpawnChild } from '../process/channel.ts';
import { spawnNodeChild } from '../process/spawn-node-child.ts';
import { closeServices, createServices } from './services.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-finder-retry-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a face finder that could not be loaded once is loaded when it is next asked for', async () => {
  let broken = true;
  /** Where nothing is, a process ends at once. */
  const nowhere = new URL('../nowhere.ts', import.meta.url);
  const spawn: SpawnChild = (start) =>
    spawnNodeChild(broken && start.name === 'compute' ? { ...start, entry: nowhere } : start);
  const services = createServices({ appDataFolder: root, spawn });
  try {
    await expect(services.faceSearch.finder()).rejects.toThrow('The compute process ended (exit code 1).');
    broken = false;
    expect((await services.faceSearch.finder()).sha256).toMatch(/^[0-9a-f]{64}$/);
  } finally {
    await closeServices(services);
  }
});
