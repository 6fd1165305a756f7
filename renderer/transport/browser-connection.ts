// The line to the engine in the browser: a WebSocket to the server the page came from.
import { RPCLink } from '@orpc/client/websocket';
import type { Connection } from './reconnecting-link.ts';

/** Resolves when the socket is open. Rejects when it cannot be opened. */
export function connectToBrowserEngine(): Promise<Connection> {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/rpc`);
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve({ link: new RPCLink({ websocket: socket }), closed }));
    socket.addEventListener('error', () => reject(new Error('The server does not answer.')));
  });
}
