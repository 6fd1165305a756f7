// What workers say, taken one after the other. A message stays in a second list until it was written into the case: one that was being written
// when this process ended is taken again first.
import type { Redis } from 'ioredis';
import { inboxKey, KEPT_SECONDS, takenKey } from './farm-keys.ts';

/** Time to wait for the next message, seconds. */
const WAIT_SECONDS = 1;

export type Inbox = {
  /** Writes what comes until `signal` aborts; `onEmpty` whenever nothing waits. Rejects with what `write` rejects with. Call it once. */
  take(write: (bytes: Buffer) => Promise<void>, onEmpty: () => void, signal: AbortSignal): Promise<void>;
};

/** `blocking` serves nothing else. */
export function createInbox(blocking: Redis, scan: string): Inbox {
  const [inbox, taken] = [inboxKey(scan), takenKey(scan)];
  const next = (signal: AbortSignal): Promise<Buffer | null> =>
    blocking.blmoveBuffer(inbox, taken, 'LEFT', 'RIGHT', WAIT_SECONDS).catch((error: Error) => {
      if (signal.aborted) return null;
      throw error;
    });
  return {
    async take(write, onEmpty, signal) {
      for (;;) {
        const left = await blocking.lindexBuffer(taken, 0);
        if (left === null) break;
        await write(left);
        await blocking.lpop(taken);
      }
      // A command that waits for a connection would keep a cancelled scan from ending.
      signal.addEventListener('abort', () => blocking.disconnect());
      while (!signal.aborted) {
        const bytes = await next(signal);
        if (bytes === null) onEmpty();
        else {
          await blocking.expire(taken, KEPT_SECONDS);
          await write(bytes);
          if (!signal.aborted) await blocking.lpop(taken);
        }
      }
    },
  };
}
