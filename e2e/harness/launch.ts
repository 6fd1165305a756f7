// Starts the workstation for a journey: in the browser, in the stand-in for Electron, or in
// Electron itself.
import { ensureBuilt } from './ensure-built.ts';
import { launchInBrowser } from './launch-browser.ts';
import { launchElectron } from './launch-electron.ts';
import { launchStandIn } from './launch-stand-in.ts';
import { makesScreenshots } from './screenshots.ts';
import type { LaunchedWorkstation, LaunchOptions } from './workstation.ts';

const LAUNCHERS = { browser: launchInBrowser, standIn: launchStandIn, electron: launchElectron };

type Kind = LaunchedWorkstation['kind'];

/** Where a journey runs that names no place: what RECCE_E2E says, else the browser. */
const usual = (process.env.RECCE_E2E as Kind | undefined) ?? 'browser';

/**
 * Where the journeys run that are for more than one place; screens are looked at in the browser.
 */
export const everywhere: readonly Kind[] = process.env.RECCE_E2E ? [usual] : ['browser', 'standIn'];
export const desktop: readonly Kind[] = process.env.RECCE_E2E ? [usual] : [makesScreenshots ? 'browser' : 'standIn'];

/** `env` adds to the environment of what is started. */
export async function launch(
  options: LaunchOptions,
  kind: Kind = usual,
  env: NodeJS.ProcessEnv = {},
): Promise<LaunchedWorkstation> {
  await ensureBuilt();
  return LAUNCHERS[kind](options, env);
}
