// MessageChannelMain of the stand-in: two ends in one process, either of which can be carried on
// over a pipe (to a utility process) or into the page.
import { EventEmitter } from 'node:events';

export class MessagePortMain extends EventEmitter {
  peer: MessagePortMain | undefined;
  #held: unknown[] | undefined = [];

  postMessage(message: unknown): void {
    // As over a real port: later, and a copy.
    const copy = structuredClone(message);
    setImmediate(() => this.peer?.deliver(copy));
  }

  deliver(data: unknown): void {
    if (this.#held) this.#held.push(data);
    else this.emit('message', { data, ports: [] });
  }

  start(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const data of held) this.emit('message', { data, ports: [] });
  }

  close(): void {
    const { peer } = this;
    if (!peer) return;
    this.peer = undefined;
    peer.peer = undefined;
    // After what was posted before it.
    setImmediate(() => {
      this.emit('close');
      peer.emit('close');
    });
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();
  constructor() {
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
  }
}

type Line = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
};

/** Ties two lines together: what comes out of one goes into the other, and they end together. */
export function tie(a: Line, b: Line): void {
  a.on('message', ({ data }) => b.postMessage(data));
  b.on('message', ({ data }) => a.postMessage(data));
  a.on('close', () => b.close());
  b.on('close', () => a.close());
  a.start();
  b.start();
}
