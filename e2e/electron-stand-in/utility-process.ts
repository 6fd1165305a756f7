// utilityProcess of the stand-in: a Node child whose bootstrap gives it a process.parentPort. Ports
// cross over its IPC channel.
import { type ChildProcess, fork as forkNode } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { createPortMultiplexer, type PortMultiplexer } from '../../engine/process/port-multiplexer.ts';
import { type MessagePortMain, tie } from './ports.ts';

const BOOTSTRAP = new URL('./utility-bootstrap.ts', import.meta.url).href;
let nextPort = 1;

/** Of Electron's options, those that the stand-in heeds. */
type ForkOptions = { stdio?: ('ignore' | 'inherit' | 'pipe')[] };

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly #ports: PortMultiplexer;

  /** Where the process was forked with a pipe for it. */
  readonly stderr: Readable | null;

  constructor(file: string, args: readonly string[], { stdio = ['ignore', 'inherit', 'inherit'] }: ForkOptions) {
    super();
    this.#child = forkNode(file, [...args], {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', BOOTSTRAP],
      stdio: [...stdio, 'ipc'],
    });
    this.stderr = this.#child.stderr;
    this.#ports = createPortMultiplexer((message) => this.#child.send(message, () => {}));
    this.#child.once('spawn', () => this.emit('spawn'));
    this.#child.on('message', (message) => {
      if (!this.#ports.receive(message)) this.emit('message', message);
    });
    this.#child.once('exit', (code, signal) => {
      this.#ports.closeAll();
      // As V8 ends a process that has no memory left. Electron tells of it so, and without a
      // listener that throws in the main process.
      if (signal === 'SIGABRT') this.emit('error', 'FatalError', 'somewhere in V8', '{}');
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 9 : 15));
    });
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const [port] = transfer;
    if (!port) {
      this.#child.send({ kind: 'plain', message }, () => {});
      return;
    }
    const id = nextPort++;
    tie(port, this.#ports.open(id));
    this.#child.send({ kind: 'withPort', port: id, message }, () => {});
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

export const utilityProcess = {
  fork: (file: string, args: readonly string[] = [], options: ForkOptions = {}) =>
    new UtilityProcess(file, args, options),
};
