// Starts a child as a thread of this process: for work whose results are large and used here, so
// that they need not cross from one process to another. What kills the thread natively kills the
// process.
import { Worker } from 'node:worker_threads';
import type { ChildHandle, ResponseMessage, SpawnChild } from './channel.ts';
import { fileFromEntry } from './spawn-node-child.ts';

/** The same entries run as a process and as a thread; see answer-requests.ts. */
export const spawnThread: SpawnChild = ({ entry, name }): ChildHandle => {
  const worker = new Worker(fileFromEntry(entry), { name });
  let ended: ((reason: string) => void) | undefined;
  const end = (reason: string): void => {
    ended?.(reason);
    ended = undefined;
  };
  worker.once('error', (error: Error) => end(error.message));
  worker.once('exit', (code) => end(`exit code ${code}`));
  return {
    pid: undefined,
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', (message: ResponseMessage) => listener(message)),
    stderrTail: () => '',
    onExit: (listener) => {
      ended = listener;
    },
    kill: () => void worker.terminate(),
  };
};
