// Electron's main and preload as they are built, with the stand-in in Electron's place, in a
// process of their own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { freePort } from '../../engine/process/testing/free-port.ts';
import { killAtExit } from '../../engine/process/testing/kill-at-exit.ts';
import { chromiumPath } from './chromium.ts';
import { findProcess } from './processes.ts';
import type { LaunchedWorkstation, LaunchOptions } from './workstation.ts';

const root = path.resolve(import.meta.dirname, '../..');
const register = new URL('../electron-stand-in/register.ts', import.meta.url).href;

/** Asks until the browser of `main` answers. */
async function connect(port: number, main: ChildProcess): Promise<Browser> {
  for (;;) {
    if (main.exitCode !== null) throw new Error(`main ended with ${main.exitCode}.`);
    try {
      return await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function closeBrowser(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.close').catch(() => {});
}

async function windowOf(browser: Browser): Promise<Page> {
  const page = browser.contexts()[0]!.pages()[0]!;
  await page.waitForURL((url) => url.pathname === '/index.html');
  return page;
}

/** `env` adds to main's environment. */
export async function launchStandIn(options: LaunchOptions, env: NodeJS.ProcessEnv = {}): Promise<LaunchedWorkstation> {
  chromiumPath();
  const port = await freePort();
  const main = killAtExit(
    spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        '--import',
        register,
        path.join(root, 'dist/app/electron/main.js'),
        ...(options.case ? ['--case', options.case] : []),
        ...(options.demonstration ? ['--demonstration', options.demonstration] : []),
      ],
      {
        env: { ...process.env, RECCE_HOME: options.home, RECCE_STAND_IN_PORT: String(port), ...env },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    ),
  );
  try {
    return await takeHold(main, port, options);
  } catch (error) {
    main.kill('SIGTERM');
    throw error;
  }
}

async function takeHold(main: ChildProcess, port: number, options: LaunchOptions): Promise<LaunchedWorkstation> {
  const browser = await connect(port, main);
  const page = await windowOf(browser);
  await page.setViewportSize(options.size ?? { width: 1280, height: 800 });
  return {
    kind: 'standIn',
    page,
    answerDialog: async (...paths) => void main.send({ kind: 'dialog', paths }),
    pidOf: async (name) => findProcess(main.pid!, name),
    async close() {
      // A main that was killed could not take its browser with it.
      if (main.signalCode !== null) return closeBrowser(browser);
      await browser.close();
      if (main.exitCode !== null) return;
      main.send({ kind: 'quit' });
      await once(main, 'exit');
    },
  };
}
