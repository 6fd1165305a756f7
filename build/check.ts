// `npm run check`: format and lint, types, the layer check, and (unless --no-tests) every test.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const steps: readonly [title: string, script: string, args: readonly string[]][] = [
  ['format and lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']],
  ['types', 'node_modules/typescript/bin/tsc', ['-b']],
  ['layers', 'build/layers.ts', []],
  ...(process.argv.includes('--no-tests')
    ? []
    : ([['tests', 'node_modules/vitest/vitest.mjs', ['run']]] as [string, string, string[]][])),
];

for (const [title, script, args] of steps) {
  const run = spawnSync(process.execPath, [path.join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) {
    console.error(`check: ${title} failed`);
    process.exit(run.status ?? 1);
  }
}
