// What may come over a port from the window: one RPC frame as text. Judged before the RPC library
// sees it.
import * as z from 'zod';

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

export function isRpcFrame(data: unknown): data is string {
  if (typeof data !== 'string') return false;
  try {
    return frameSchema.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}
