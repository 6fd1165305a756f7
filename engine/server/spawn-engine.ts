// The engine as a plain Node child, with ports multiplexed over its IPC channel: `recce serve` and
// the tests.
import { fork } from 'node:child_process';
import type { Port } from '../process/port.ts';
import { createPortMultiplexer } from '../process/port-multiplexer.ts';
import { fileFromEntry } from '../process/spawn-node-child.ts';
import type { FromEngine, ToEngine } from './engine-messages.ts';
import type { EngineChild } from './supervise-engine.ts';

/** Forks the engine process. */
export function spawnEngine(): EngineChild<Port> {
  const child = fork(fileFromEntry(new URL('./engine-process.ts', import.meta.url)), ['--recce-process=engine'], {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  // A send to a process that has just died fails here as well as in onExit, which is the one that
  // answers for it.
  const send = (message: object) => void child.send(message, () => {});
  const ports = createPortMultiplexer(send);
  let nextPort = 1;
  return {
    get pid() {
      return child.pid;
    },
    post: send,
    postWithPort(message: ToEngine) {
      const port = nextPort++;
      const mine = ports.open(port);
      send({ kind: 'withPort', port, message });
      return mine;
    },
    onMessage: (listener) =>
      child.on('message', (message) => {
        if (!ports.receive(message)) listener(message as FromEngine);
      }),
    onExit: (listener) => {
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) => {
        ports.closeAll();
        listener(signal ? `signal ${signal}` : `exit code ${code}`);
      });
    },
    kill: () => child.kill('SIGKILL'),
  };
}
