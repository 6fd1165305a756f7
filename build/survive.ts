// `npm run survive`: the tests that a release is put through once on the machine type in use: a
// hundred kills of each kind, and ten thousand mutated pictures, films, checkpoints, databases and
// packed cases. RECCE_KILLS, RECCE_FUZZ and RECCE_SEED change the numbers.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const env = { RECCE_KILLS: '100', RECCE_FUZZ: '10000', ...process.env };
const files = process.argv.slice(2);
const wanted = files.length > 0 ? files : ['engine/survival', 'engine/survival/fuzz.test.ts', 'e2e/crashes.test.ts'];
console.log(`survive: ${env.RECCE_KILLS} kills of each kind, ${env.RECCE_FUZZ} mutated inputs`);
const run = spawnSync(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...wanted], {
  cwd: root,
  stdio: 'inherit',
  env,
});
process.exit(run.status ?? 1);
