// `npm test`: the checks that need no run (format, lint, types, layers), then every test of the product.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** Runs one step with the running Node and stops everything at the first failure. */
function step(title: string, script: string, args: string[]): void {
  console.log(`\n== ${title}`);
  const run = spawnSync(process.execPath, [path.join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 1);
}

step('format, lint, types, layers', 'build/check.ts', ['--no-tests']);
step('tests', 'node_modules/vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);
console.log('npm test: format, lint, types, layers and every test that can run here passed.');
