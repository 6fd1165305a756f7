// The window's page and main must be built before a journey; test files run at the same time, so
// one builds and others wait.
import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from '../../build/build-app.ts';
import { buildRenderer } from '../../build/build-renderer.ts';

const lock = path.resolve(import.meta.dirname, '../../.cache/build.lock');
/** A lock older than this was left by a run that was ended. */
const ABANDONED_MS = 120_000;

function takeLock(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

function isAbandoned(): boolean {
  const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  return Date.now() - mtimeMs > ABANDONED_MS;
}

/** Builds what is missing or stale. */
export async function ensureBuilt(): Promise<void> {
  mkdirSync(path.dirname(lock), { recursive: true });
  while (!takeLock()) {
    if (isAbandoned()) rmdirSync(lock);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    await buildRenderer();
    await buildApp();
  } finally {
    rmdirSync(lock);
  }
}
