// A two-way line between processes as the RPC library wants it: Electron's MessagePortMain, or a
// channel of port-multiplexer.ts where there is only one pipe.

/** What the RPC handler, the window's bridge and the browser's socket are all hung on. */
export type Port = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  /** Messages wait until this is called. */
  start(): void;
  close(): void;
};
