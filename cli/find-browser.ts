// How this system opens a page that lies in a file in the installed browser, if it can.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

export type BrowserCommand = { command: string; args: string[] };

/** Undefined where no browser can show a window: no display on Linux, or no opener in PATH. */
export function findBrowser(
  page: string,
  { platform, env }: { platform: NodeJS.Platform; env: NodeJS.ProcessEnv } = process,
): BrowserCommand | undefined {
  if (platform === 'darwin') return { command: 'open', args: [page] };
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', page] };
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined;
  const opener = ['xdg-open', 'gio', 'sensible-browser', 'chromium', 'google-chrome', 'firefox'].find((name) =>
    isInPath(name, env.PATH ?? ''),
  );
  if (!opener) return undefined;
  return { command: opener, args: opener === 'gio' ? ['open', page] : [page] };
}

const isInPath = (name: string, searchPath: string): boolean =>
  searchPath.split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
