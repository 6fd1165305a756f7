// Starts a child as a plain Node process: the command line, the browser mode and the tests. The
// entry is TypeScript run unbuilt in a checkout, JavaScript in a packaged app.
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChildHandle, SpawnChild } from './channel.ts';
import { createStderrTail } from './stderr-tail.ts';

/** The module's file: as named, or its bundled `.js` beside it. */
export function fileFromEntry(entry: URL): string {
  const file = fileURLToPath(entry);
  return existsSync(file) ? file : file.replace(/\.ts$/, '.js');
}

/** Node child over an IPC channel with structured clone, so that typed arrays cross as they are. */
export const spawnNodeChild: SpawnChild = ({ entry, name, quiet = false }): ChildHandle => {
  const words = createStderrTail();
  const child = fork(fileFromEntry(entry), [`--recce-process=${name}`], {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', quiet ? 'pipe' : 'inherit', 'ipc'],
  });
  child.stderr?.on('data', words.hear);
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => {
      // A send to a process that has just died fails here as well as in onExit, which is the one
      // that answers for it.
      child.send(message, () => {});
    },
    onMessage: (listener) => child.on('message', listener),
    stderrTail: words.text,
    onExit: (listener) => {
      child.once('error', (error) => listener(error.message));
      // "close" comes when the last of its words are read as well.
      child.once('close', (code, signal) => listener(signal ? `signal ${signal}` : `exit code ${code}`));
    },
    kill: () => child.kill('SIGKILL'),
  };
};
