// Child processes of an engine that may not fork itself: inside Electron only the main process can.
// The engine asks, the supervisor forks and hands back a port; the tensors then go straight from
// engine to child.
import type { ChildHandle, RequestMessage, ResponseMessage, SpawnChild } from '../process/channel.ts';
import type { Port } from '../process/port.ts';
import { createStderrTail, type StderrTail } from '../process/stderr-tail.ts';
import type { FromEngine, ToEngine } from './engine-messages.ts';

type Child = {
  port: Port | undefined;
  pid: number | undefined;
  unsent: RequestMessage[];
  words: StderrTail;
  onMessage(message: ResponseMessage): void;
  onExit(reason: string): void;
};

/**
 * `spawn` for the engine's options; `receive` takes what the supervisor says of children, false
 * when it is nothing of theirs.
 */
export function createSupervisorSpawn(post: (message: FromEngine) => void): {
  spawn: SpawnChild;
  receive(message: ToEngine, port: Port | undefined): boolean;
} {
  const children = new Map<number, Child>();
  let next = 1;

  const spawn: SpawnChild = ({ entry, name, quiet = false }): ChildHandle => {
    const id = next++;
    const child: Child = {
      ...{ port: undefined, pid: undefined, unsent: [], words: createStderrTail() },
      ...{ onMessage: () => {}, onExit: () => {} },
    };
    children.set(id, child);
    post({ kind: 'startChild', child: id, entry: entry.href, name, quiet });
    return {
      get pid() {
        return child.pid;
      },
      send: (message) => {
        if (child.port) child.port.postMessage(message);
        else child.unsent.push(message);
      },
      onMessage: (listener) => {
        child.onMessage = listener;
      },
      stderrTail: child.words.text,
      onExit: (listener) => {
        child.onExit = listener;
      },
      kill: () => post({ kind: 'killChild', child: id }),
    };
  };

  const started = (child: Child, pid: number | undefined, port: Port): void => {
    child.port = port;
    child.pid = pid;
    port.on('message', ({ data }) => child.onMessage(data as ResponseMessage));
    port.start();
    for (const message of child.unsent) port.postMessage(message);
    child.unsent = [];
  };

  return {
    spawn,
    receive(message, port) {
      if (message.kind !== 'childStarted' && message.kind !== 'childWrote' && message.kind !== 'childEnded')
        return false;
      const child = children.get(message.child);
      if (message.kind === 'childStarted' && child && port) started(child, message.pid, port);
      if (message.kind === 'childWrote') child?.words.hear(message.text);
      if (message.kind === 'childEnded') {
        children.delete(message.child);
        child?.onExit(message.reason);
      }
      return true;
    },
  };
}
