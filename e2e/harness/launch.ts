// Starts the workstation for a journey: in the browser, in the stand-in for Electron, or in Electron itself.
import { ensureBuilt } from './ensure-built.ts';
import { launchInBrowser } from './launch-browser.ts';
import { launchElectron } from './launch-electron.ts';
import { launchStandIn } from './launch-stand-in.ts';
import { makesScreenshots } from './screenshots.ts';
import type { LaunchedWorkstation, LaunchOptions } from './workstation.ts';

const LAUNCHERS = { browser: launchInBrowser, standIn: launchStandIn, electron: launchElectron };

type Kind = LaunchedWorkstation['kind'];

/** In what the journeys run: what RECCE_E2E names, else the browser and the stand-in; the guide's pictures are the browser's. */
export const journeyKinds: readonly Kind[] = process.env.RECCE_E2E
  ? [process.env.RECCE_E2E as Kind]
  : makesScreenshots
    ? ['browser']
    : ['browser', 'standIn'];

/** `env` adds to the environment of what is started. */
export async function launch(
  options: LaunchOptions,
  kind: Kind,
  env: NodeJS.ProcessEnv = {},
): Promise<LaunchedWorkstation> {
  await ensureBuilt();
  return LAUNCHERS[kind](options, env);
}
