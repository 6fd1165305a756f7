// Electron's main process: one window, its protocols and dialogs, and the engine kept alive. It
// holds nothing of a case. Built to dist/app by build/build-app.ts; runs in a checkout with
// `npm start` where Electron's binary is there.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { app, dialog, session } from 'electron';
import {
  appDataFolder,
  clientOfPort,
  keepFilesPrivate,
  startDemonstration,
  superviseEngine,
} from '../engine/supervise.ts';
import { forkEngine } from './fork-engine.ts';
import { handOutPorts } from './hand-out-ports.ts';
import { lockContents, lockSession, silenceChromium } from './lock-down.ts';
import { setMenu } from './menu.ts';
import { handleProtocols, registerSchemes } from './protocols.ts';
import { createShellRouter } from './shell.ts';
import { openWindow } from './window.ts';

keepFilesPrivate();

/** What the command line asks for; Chromium's own switches are none of ours. */
function readArguments(argv: readonly string[]): { case?: string; demonstration?: string } {
  const options = { case: { type: 'string' }, demonstration: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true });
  const text = (value: unknown) => (typeof value === 'string' ? path.resolve(value) : undefined);
  const [folder, demonstration] = [text(values.case), text(values.demonstration)];
  return { ...(folder ? { case: folder } : {}), ...(demonstration ? { demonstration } : {}) };
}

function startEngine(folder: string | undefined) {
  return superviseEngine({
    spawn: forkEngine,
    start: {
      appDataFolder: appDataFolder(),
      modelsFolder: path.join(app.getAppPath(), 'models/weights'),
      appVersion: app.getVersion(),
    },
    forks: 'supervisor',
    resume: folder ? { folder, examiner: null, blind: false } : null,
  });
}

function start(): void {
  const wanted = readArguments(process.argv.slice(1));
  const engine = startEngine(wanted.case);
  // Without `persist:` the session lives in memory: nothing of a case is left in a browser profile
  // on disk.
  const inMemory = session.fromPartition('recce');
  lockSession(inMemory);
  handleProtocols(inMemory, path.join(app.getAppPath(), 'dist/renderer'), engine);
  setMenu(!app.isPackaged);
  const window = openWindow(inMemory, !app.isPackaged);
  handOutPorts(
    engine,
    createShellRouter(() => window),
  );
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  engine.onRestart((reason) => console.error(`The engine ended (${reason}) and was started again.`));
  engine.failed.catch((error: Error) => {
    dialog.showErrorBox('The workstation cannot go on', `${error.message} The case is as it was; start again.`);
    app.exit(1);
  });
  if (wanted.demonstration) void demonstrate(engine, wanted.demonstration);
  endWith(engine);
}

async function demonstrate(engine: ReturnType<typeof startEngine>, folder: string): Promise<void> {
  const port = await engine.connect();
  port.start();
  await startDemonstration(clientOfPort(port), folder).catch((error: Error) =>
    dialog.showErrorBox('The demonstration was not made', error.message),
  );
  port.close();
}

/** Quitting waits until the engine has closed the case. */
function endWith(engine: ReturnType<typeof startEngine>): void {
  app.on('window-all-closed', () => app.quit());
  app.once('will-quit', (event) => {
    event.preventDefault();
    void engine.close().finally(() => app.exit(0));
  });
}

silenceChromium();
registerSchemes();
lockContents();
app.enableSandbox();
// Two instances would hold one case between them: the second shows the first and ends.
if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
