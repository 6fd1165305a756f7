// Starts the workstation for a journey in what RECCE_E2E names: the browser (default), the stand-in, or the real Electron.
import { ensureBuilt } from './ensure-built.ts';
import { launchInBrowser } from './launch-browser.ts';
import { launchElectron } from './launch-electron.ts';
import { launchStandIn } from './launch-stand-in.ts';
import type { LaunchedWorkstation, LaunchOptions } from './workstation.ts';

const LAUNCHERS = { browser: launchInBrowser, standIn: launchStandIn, electron: launchElectron };

/** `env` adds to the environment of what is started. */
export async function launch(
  options: LaunchOptions,
  kind: LaunchedWorkstation['kind'] = (process.env.RECCE_E2E as LaunchedWorkstation['kind']) ?? 'browser',
  env: NodeJS.ProcessEnv = {},
): Promise<LaunchedWorkstation> {
  await ensureBuilt();
  return LAUNCHERS[kind](options, env);
}
