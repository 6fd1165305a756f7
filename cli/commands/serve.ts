// recce serve: the workstation in a browser on this machine, or on a laboratory's server.
import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { appDataFolder } from '../../engine/index.ts';
import { serveWorkstation, startDemonstration, type Workstation } from '../../engine/serve.ts';
import { wholeNumber } from '../arguments.ts';
import { findBrowser } from '../find-browser.ts';
import { type OpeningPage, writeOpeningPage } from '../opening-page.ts';
import { type Output, processOutput } from '../output.ts';

type Options = {
  port: number;
  host?: string;
  publicOrigin?: string;
  case?: string;
  demonstration?: string;
  open?: boolean;
};

/** Adds `recce serve` to the program. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve the workstation to a browser on this machine until interrupted; prints the address to open')
    .option('--port <n>', 'port; 0 takes any free one', wholeNumber(0, 65535), 0)
    .option(
      '--host <address>',
      'address to listen on (default: a loopback address of its own); anything but loopback needs a TLS proxy in front',
    )
    .option('--public-origin <url>', 'where browsers reach it behind a proxy, e.g. https://recce.lab.example')
    .option('--case <dir>', 'case to open')
    .option('--demonstration <dir>', 'make the demonstration case there, open it and scan it')
    .option('--open', 'open the installed browser')
    .action((options: Options) => serve(options));
}

async function serve(options: Options): Promise<void> {
  const output = processOutput(false);
  const workstation = await serveWorkstation({
    engine: { appDataFolder: appDataFolder() },
    ...(options.host ? { host: options.host } : {}),
    port: options.port,
    ...(options.publicOrigin ? { publicOrigin: options.publicOrigin } : {}),
    ...(options.case ? { case: options.case } : {}),
  });
  let page: OpeningPage | undefined;
  try {
    workstation.onRestart((reason) => output.note(`The engine ended (${reason}) and was started again.`));
    output.line(`Recce Workstation: ${workstation.openingAddress()}`);
    output.note('The address admits one browser, once. Ctrl+C ends the workstation.');
    if (options.open) page = writeOpeningPage(appDataFolder(), workstation.openingAddress());
    if (page) openBrowser(page.file, output.note);
    if (options.demonstration) void demonstrate(workstation, options.demonstration, output);
    await Promise.race([interrupted(), workstation.failed]);
  } finally {
    page?.remove();
    await workstation.close();
  }
}

/** Beside the serving. Never rejects: where it cannot be made, that is said. */
async function demonstrate(workstation: Workstation, folder: string, { note }: Output): Promise<void> {
  try {
    await startDemonstration(await workstation.connect(), folder);
  } catch (error) {
    note(`The demonstration was not made: ${(error as Error).message}`);
  }
}

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });

function openBrowser(address: string, note: (text: string) => void): void {
  const browser = findBrowser(address);
  if (!browser) {
    note('No browser can be opened from here: open the address above yourself.');
    return;
  }
  const child = spawn(browser.command, browser.args, { detached: true, stdio: 'ignore' });
  child.on('error', (error) =>
    note(`The browser could not be opened (${error.message}): open the address above yourself.`),
  );
  child.unref();
}
