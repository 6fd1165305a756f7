// app of the stand-in: its life, its switches, and the single instance lock (a lock file beside
// RECCE_HOME).
import { EventEmitter } from 'node:events';
import path from 'node:path';

/**
 * The folder of the package whose main is being run: a checkout, or an app taken out of its
 * archive.
 */
const root = path.resolve(path.dirname(process.argv[1]!), '../../..');

class App extends EventEmitter {
  readonly name = 'Recce Workstation';
  readonly isPackaged = false;
  readonly switches: [name: string, value: string | undefined][] = [];
  readonly commandLine = {
    appendSwitch: (name: string, value?: string) => void this.switches.push([name, value]),
  };
  sandboxed = false;
  readonly #onQuit: (() => Promise<void>)[] = [];

  enableSandbox(): void {
    this.sandboxed = true;
  }
  getAppPath(): string {
    return root;
  }
  getVersion(): string {
    return '0.1.0';
  }
  requestSingleInstanceLock(): boolean {
    return process.env.RECCE_STAND_IN_SECOND_INSTANCE === undefined;
  }
  async whenReady(): Promise<void> {
    // Electron is ready only after main's module has run to its end.
    await new Promise((resolve) => setImmediate(resolve));
  }
  onQuit(cleanUp: () => Promise<void>): void {
    this.#onQuit.push(cleanUp);
  }
  windowClosed(): void {
    this.emit('window-all-closed');
  }
  quit(): void {
    let prevented = false;
    this.emit('will-quit', {
      preventDefault: () => {
        prevented = true;
      },
    });
    if (!prevented) this.exit(0);
  }
  exit(code: number): void {
    void Promise.all(this.#onQuit.map((cleanUp) => cleanUp())).finally(() => process.exit(code));
  }
}

export const app = new App();
process.once('SIGTERM', () => app.quit());
