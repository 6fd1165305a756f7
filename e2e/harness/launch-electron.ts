// The real Electron, where its binary is there.
import path from 'node:path';
import { _electron } from 'playwright-core';
import { findElectron } from '../../build/find-electron.ts';
import type { LaunchedWorkstation, LaunchOptions } from './workstation.ts';

const root = path.resolve(import.meta.dirname, '../..');

export async function launchElectron(
  options: LaunchOptions,
  env: NodeJS.ProcessEnv = {},
): Promise<LaunchedWorkstation> {
  const binary = findElectron();
  if (!binary) throw new Error('Electron is not here: its binary was never fetched.');
  const electron = await _electron.launch({
    executablePath: binary,
    args: [
      root,
      ...(options.case ? ['--case', options.case] : []),
      ...(options.demonstration ? ['--demonstration', options.demonstration] : []),
    ],
    env: { ...process.env, RECCE_HOME: options.home, ...env } as Record<string, string>,
  });
  const page = await electron.firstWindow();
  await page.setViewportSize(options.size ?? { width: 1280, height: 800 });
  return {
    kind: 'electron',
    page,
    answerDialog: (...paths) =>
      electron.evaluate(({ dialog }, filePaths) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths });
        dialog.showSaveDialog = async () => ({ canceled: false, filePath: filePaths[0]! });
      }, paths),
    pidOf: async (name) =>
      name === 'main'
        ? electron.process().pid
        : electron.evaluate(
            ({ app }, service) => app.getAppMetrics().find((one) => one.name === service)?.pid,
            `recce ${name}`,
          ),
    close: () => electron.close(),
  };
}
