// `npm test`: brings the programs that tests use, then the checks that need no run (format, lint,
// types, layers), then every test of the product. RECCE_REQUIRE_ALL=1 asks for all of it: a test
// that cannot run is a failure, and the packages' signatures are checked.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bringPrograms } from './bring-programs.ts';
import { howToMeet, unmetNeeds } from './test-needs.ts';

const root = path.resolve(import.meta.dirname, '..');
const REQUIRES_ALL = process.env.RECCE_REQUIRE_ALL === '1';

/** Runs one step with the running Node and stops everything at the first failure. */
function step(title: string, script: string, args: string[]): void {
  console.log(`\n== ${title}`);
  const run = spawnSync(process.execPath, [path.join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 1);
}

bringPrograms();
const unmet = REQUIRES_ALL ? unmetNeeds() : [];
if (unmet.length > 0) {
  console.error(`Not here: ${unmet.map((need) => need.what).join('; ')}.\n${howToMeet(unmet).join('\n')}`);
  process.exit(1);
}
// It asks the registry, which nothing else does once the packages are installed.
if (REQUIRES_ALL) step('signatures of packages', 'build/audit-signatures.ts', []);
step('format, lint, types, layers', 'build/check.ts', ['--no-tests']);
step('tests', 'node_modules/vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);
