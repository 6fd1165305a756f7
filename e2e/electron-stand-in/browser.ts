// The Chromium behind the stand-in's window. Its debugging port is what a test takes hold of it by.
import { type BrowserContext, chromium } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, chromiumPath } from '../harness/chromium.ts';
import { app } from './app.ts';

/**
 * Starts it once; the context is the browser's own, so that a test that connects finds its page.
 */
export async function launchBrowser(size: { width: number; height: number }): Promise<BrowserContext> {
  const port = process.env.RECCE_STAND_IN_PORT;
  const context = await chromium.launchPersistentContext('', {
    executablePath: chromiumPath(),
    args: [...CHROMIUM_ARGUMENTS, ...(port ? [`--remote-debugging-port=${port}`] : [])],
    viewport: { width: size.width, height: size.height },
    handleSIGTERM: false,
    handleSIGINT: false,
  });
  app.onQuit(() => context.close());
  return context;
}
