// The engine's calls over one port. The library's own way to hang a handler on a port lets go of
// what its reading rejects, and a rejection that nobody catches ends the engine with everything in
// it; here it costs the port that brought it.

import type { StandardHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import { ServerPeer } from '@orpc/standard-server-peer';
import { noteOnConsole } from '../process/console-note.ts';
import type { Port } from '../process/port.ts';
import { isRpcFrame } from './rpc-frame.ts';

/**
 * Answers what comes over `port`, until it closes. The port is closed at the first thing that is no
 * frame or cannot be read.
 */
export function servePort(handler: StandardHandler<Record<never, never>>, port: Port): void {
  const peer = new ServerPeer(async (message) => port.postMessage(message));
  const answer = createServerPeerHandleRequestFn(handler, { context: {} });
  const refuse = (why: string): void => {
    noteOnConsole(`A window sent ${why}; its connection was closed.`);
    port.close();
  };
  port.on('message', ({ data }) => {
    if (!isRpcFrame(data)) return refuse('what is no RPC frame');
    peer.message(data, answer).catch((error: Error) => refuse(`a frame that could not be answered (${error.message})`));
  });
  port.on('close', () => void peer.close());
  port.start();
}
