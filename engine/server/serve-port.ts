// The engine's calls over one port. The library's own way to hang a handler on a port lets go of
// what its reading rejects, and a rejection that nobody catches ends the engine with everything in
// it; here it costs the port that brought it.

import type { StandardHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import { ServerPeer } from '@orpc/standard-server-peer';
import * as z from 'zod';
import { noteOnConsole } from '../process/console-note.ts';
import type { Port } from '../process/port.ts';

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

const id = z.string().min(1).max(64);
/**
 * Where a stream that broke off goes on; nothing else is said in a header. Those that would say
 * what a body is made of (content-type, content-disposition) would have the library read it as a
 * form or a file.
 */
const headers = z.strictObject({ 'last-event-id': z.string().max(200).optional() });
const path = z.string().max(1024).startsWith('/');

/** A request, a piece of a stream (3), or its cancellation (4), as the RPC library spells them. */
const frameSchema = z.union([
  z.object({
    i: id,
    t: z.literal(1).optional(),
    p: z.object({
      u: path,
      m: z.literal('GET').or(z.literal('POST')).optional(),
      h: headers.optional(),
      b: z.unknown().optional(),
    }),
  }),
  z.object({
    i: id,
    t: z.literal(3),
    p: z.object({ e: z.enum(['message', 'error', 'done']), d: z.unknown().optional(), m: z.unknown().optional() }),
  }),
  z.object({ i: id, t: z.literal(4), p: z.unknown().optional() }),
]);

/** One RPC frame as text; judged before the RPC library sees it. */
function isRpcFrame(data: unknown): data is string {
  if (typeof data !== 'string') return false;
  try {
    return frameSchema.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}
