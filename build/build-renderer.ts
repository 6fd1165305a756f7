// Builds the window's page to dist/renderer when it is missing or older than its sources.
import { existsSync, globSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '..');
const built = path.join(root, 'dist/renderer/index.html');

/** True when a source is younger than the built page. */
function isStale(): boolean {
  if (!existsSync(built)) return true;
  const { mtimeMs } = statSync(built);
  const sources = globSync(['renderer/**/*', 'contract/*.ts', 'package-lock.json'], { cwd: root });
  return sources.some((file) => statSync(path.join(root, file)).mtimeMs > mtimeMs);
}

/** Builds where needed. Throws with the bundler's words when it cannot. */
export async function buildRenderer(force = false): Promise<void> {
  if (!force && !isStale()) return;
  // A test runner's NODE_ENV would have React built for development.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build({ configFile: path.join(root, 'renderer/vite.config.ts'), logLevel: 'warn' });
  if (before === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = before;
}

if (import.meta.main) await buildRenderer(process.argv.includes('--force'));
