// A child process's line to its parent, whatever the process is made of: Electron's
// process.parentPort, or a Node child's IPC channel with ports multiplexed over it.
import { exitWithParent } from './exit-with-parent.ts';
import type { Port } from './port.ts';
import { createPortMultiplexer } from './port-multiplexer.ts';

/** A message of the parent that brings a port is wrapped in this on a Node child's channel. */
export type WithPort = { kind: 'withPort'; port: number; message: unknown };

export type ParentLink<Incoming, Outgoing> = {
  post(message: Outgoing): void;
  /** `port` is there when the message brought one. */
  onMessage(listener: (message: Incoming, port: Port | undefined) => void): void;
};

type UtilityParentPort = {
  on(event: 'message', listener: (event: { data: unknown; ports: Port[] }) => void): void;
  postMessage(message: unknown): void;
};

const utilityParentPort = (): UtilityParentPort | undefined =>
  (process as { parentPort?: UtilityParentPort }).parentPort;

/**
 * The line to the parent. A Node child ends when its parent goes away; a utility process is ended
 * by Electron.
 */
export function connectToParent<Incoming, Outgoing>(): ParentLink<Incoming, Outgoing> {
  const parentPort = utilityParentPort();
  if (!parentPort) return connectOverIpc();
  return {
    post: (message) => parentPort.postMessage(message),
    onMessage: (listener) => parentPort.on('message', ({ data, ports }) => listener(data as Incoming, ports[0])),
  };
}

function connectOverIpc<Incoming, Outgoing>(): ParentLink<Incoming, Outgoing> {
  const send = (message: unknown): void => {
    // A parent that is gone is noticed by `disconnect`, which ends this process.
    process.send?.(message, undefined, {}, () => {});
  };
  const ports = createPortMultiplexer(send);
  exitWithParent();
  return {
    post: send,
    onMessage: (listener) =>
      process.on('message', (message: WithPort | Incoming) => {
        if (ports.receive(message)) return;
        const { kind, port, message: inner } = message as WithPort;
        if (kind === 'withPort') listener(inner as Incoming, ports.open(port));
        else listener(message as Incoming, undefined);
      }),
  };
}
