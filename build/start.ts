// `npm start`: the workstation with the demonstration case. In Electron where its binary is there,
// else in the installed browser. Arguments are passed on; `--case DIR` opens another case instead.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildApp } from './build-app.ts';
import { buildRenderer } from './build-renderer.ts';
import { findElectron } from './find-electron.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Runs until the workstation ends, Ctrl+C or not; its exit status. */
function run(command: string, args: readonly string[]): number {
  process.on('SIGINT', () => {});
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}

const given = process.argv.slice(2);
const what = given.includes('--case') ? given : ['--demonstration', path.join(root, 'demo-case'), ...given];

await buildRenderer();
const electron = findElectron();
if (electron) {
  await buildApp();
  process.exitCode = run(electron, [root, ...what]);
} else {
  console.log(
    "Electron's binary is not here (npx install-electron fetches it); opening the workstation in the browser.",
  );
  process.exitCode = run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    path.join(root, 'cli/main.ts'),
    'serve',
    '--open',
    ...what,
  ]);
}
