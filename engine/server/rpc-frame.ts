// What may come over a port from the window: one RPC frame as text. Judged before the RPC library sees it, because a frame
// that is none would end the engine there.
import * as z from 'zod';
import type { Port } from '../process/port.ts';

const id = z.string().min(1).max(64);
const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const path = z.string().max(1024).startsWith('/');

/** A request, a piece of a stream (3), or its cancellation (4), as the RPC library spells them. */
const frameSchema = z.union([
  z.object({
    i: id,
    t: z.literal(1).optional(),
    p: z.object({ u: path, m: z.string().optional(), h: headers.optional(), b: z.unknown().optional() }),
  }),
  z.object({
    i: id,
    t: z.literal(3),
    p: z.object({ e: z.enum(['message', 'error', 'done']), d: z.unknown().optional(), m: z.unknown().optional() }),
  }),
  z.object({ i: id, t: z.literal(4), p: z.unknown().optional() }),
]);

export function isRpcFrame(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    return frameSchema.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}

/** The same port, closed at the first thing that is no frame. */
export function guardPort(port: Port): Pick<Port, 'postMessage' | 'on'> {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
      if (event === 'close') return port.on('close', listener as () => void);
      return port.on('message', (message) => {
        if (isRpcFrame(message.data)) return listener(message);
        console.error('A window sent what is no RPC frame; its connection was closed.');
        port.close();
      });
    },
  };
}
