// The browser mode as an examiner starts it: `recce serve` in a process of its own, its printed
// address in a real Chromium.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { killAtExit } from '../../engine/process/testing/kill-at-exit.ts';
import { CHROMIUM_ARGUMENTS, chromiumPath } from './chromium.ts';
import { findProcess } from './processes.ts';
import type { LaunchedWorkstation, LaunchOptions } from './workstation.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The address `recce serve` prints. Rejects with what it said when it ends first. */
function printedAddress(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (part: Buffer): void => {
      said += part.toString();
      const address = /http:\/\/\S+/.exec(said)?.[0];
      if (address) resolve(address);
    };
    server.stdout!.on('data', listen);
    server.stderr!.on('data', listen);
    server.once('exit', () => reject(new Error(`recce serve ended: ${said}`)));
  });
}

const argumentsFrom = (options: LaunchOptions): string[] => [
  ...(options.case ? ['--case', options.case] : []),
  ...(options.demonstration ? ['--demonstration', options.demonstration] : []),
];

export async function launchInBrowser(
  options: LaunchOptions,
  env: NodeJS.ProcessEnv = {},
): Promise<LaunchedWorkstation> {
  // First of all: where there is none, no server is started for it.
  const executablePath = chromiumPath();
  const server = killAtExit(
    spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', path.join(root, 'cli/main.ts'), 'serve', ...argumentsFrom(options)],
      { env: { ...process.env, RECCE_HOME: options.home, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    ),
  );
  try {
    return await openPage(server, executablePath, options);
  } catch (error) {
    server.kill('SIGTERM');
    throw error;
  }
}

async function openPage(
  server: ChildProcess,
  executablePath: string,
  options: LaunchOptions,
): Promise<LaunchedWorkstation> {
  const address = await printedAddress(server);
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
  // A context of its own, so that a journey can open a second window in it.
  const context = await browser.newContext({ viewport: options.size ?? { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForURL((url) => url.pathname === '/');
  return {
    kind: 'browser',
    page,
    answerDialog: async () => {},
    pidOf: async (name) => findProcess(server.pid!, name),
    async close() {
      await browser.close();
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
  };
}
