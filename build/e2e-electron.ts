// `npm run e2e:electron`: the journeys in the real Electron, where its binary is there.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findElectron } from './find-electron.ts';

const root = path.resolve(import.meta.dirname, '..');

if (findElectron()) {
  const run = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      'e2e/desktop-journeys',
      'e2e/crashes',
      'e2e/journeys',
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, RECCE_E2E: 'electron' } },
  );
  process.exitCode = run.status ?? 1;
} else {
  console.log('The journeys were not run in Electron: its binary is not here (npx install-electron fetches it).');
}
