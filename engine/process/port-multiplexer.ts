// Many ports over one pipe (a Node child's IPC channel): each message carries the number of its
// port. Runs on both ends: the parent opens ports, the child accepts them.
import type { Port } from './port.ts';

/** On the pipe: data of a port, or its end. */
export type PortMessage = { kind: 'port'; port: number; data: unknown } | { kind: 'portClosed'; port: number };

export type PortMultiplexer = {
  /** The port with this number, made when it is new. */
  open(port: number): Port;
  /** Handles what came over the pipe; false when it was no port message. */
  receive(message: unknown): boolean;
  /** The pipe has broken: every port closes. */
  closeAll(): void;
};

const isPortMessage = (message: unknown): message is PortMessage =>
  typeof message === 'object' &&
  message !== null &&
  'kind' in message &&
  (message.kind === 'port' || message.kind === 'portClosed');

type Ends = { deliver(data: unknown): void; ended(): void };

/** A port whose messages wait until it is started, as a MessagePort's do. */
function createPort(post: (data: unknown) => void, end: () => void): { port: Port; ends: Ends } {
  const messageListeners: ((event: { data: unknown }) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let waiting: unknown[] | undefined = [];
  let open = true;
  const deliver = (data: unknown): void => {
    if (waiting) waiting.push(data);
    else for (const listener of messageListeners) listener({ data });
  };
  const ended = (): void => {
    if (!open) return;
    open = false;
    for (const listener of closeListeners) listener();
  };
  const port: Port = {
    postMessage: (data) => {
      if (open) post(data);
    },
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      event === 'message' ? messageListeners.push(listener) : closeListeners.push(listener as () => void),
    start: () => {
      const held = waiting ?? [];
      waiting = undefined;
      for (const data of held) deliver(data);
    },
    close: () => {
      if (open) end();
      ended();
    },
  };
  return { port, ends: { deliver, ended } };
}

/** `send` puts one message on the pipe. */
export function createPortMultiplexer(send: (message: PortMessage) => void): PortMultiplexer {
  const ports = new Map<number, { port: Port; ends: Ends }>();
  const open = (id: number): Port => {
    const known = ports.get(id);
    if (known) return known.port;
    const made = createPort(
      (data) => send({ kind: 'port', port: id, data }),
      () => {
        ports.delete(id);
        send({ kind: 'portClosed', port: id });
      },
    );
    ports.set(id, made);
    return made.port;
  };
  return {
    open,
    receive(message) {
      if (!isPortMessage(message)) return false;
      const ends = ports.get(message.port)?.ends;
      if (message.kind === 'port') ends?.deliver(message.data);
      else {
        ports.delete(message.port);
        ends?.ended();
      }
      return true;
    },
    closeAll() {
      const all = [...ports.values()];
      ports.clear();
      for (const { ends } of all) ends.ended();
    },
  };
}
