// What workers say, taken one after the other. A message stays in a second list until it was
// written into the case: one that was being written when this process ended, or that the server had
// handed over when the connection broke, is taken again first.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { inboxKey, KEPT_SECONDS, takenKey } from './farm-keys.ts';

/** Time to wait for the next message, seconds. */
const WAIT_SECONDS = 1;
const AFTER_A_BREAK_MS = 100;

export type InboxDeps = {
  /** Its rejection ends the taking. */
  write: (bytes: Buffer) => Promise<void>;
  /** Called whenever nothing waits. */
  onEmpty: () => void;
};

/**
 * Writes what comes until `signal` aborts. `blocking` serves nothing else, and must not send a
 * command again by itself when its connection broke: whether it was carried out is seen in the
 * second list.
 */
export async function takeInbox(
  blocking: Redis,
  scan: string,
  { write, onEmpty }: InboxDeps,
  signal: AbortSignal,
): Promise<void> {
  // A command that waits for a connection would keep a cancelled scan from ending.
  signal.addEventListener('abort', () => blocking.disconnect());
  while (!signal.aborted) {
    const bytes = await unlessBroken(blocking, () => nextMessage(blocking, scan));
    if (bytes === null) onEmpty();
    if (!bytes) continue;
    await write(bytes);
    // Trimmed, not popped: a pop would send the message with its pictures a second time.
    if (!signal.aborted) await unlessBroken(blocking, () => blocking.ltrim(takenKey(scan), 1, -1));
  }
}

/** The oldest message that is not written, or null when none came for a while. */
async function nextMessage(blocking: Redis, scan: string): Promise<Buffer | null> {
  const taken = takenKey(scan);
  const left = await blocking.lindexBuffer(taken, 0);
  if (left !== null) return left;
  const bytes = await blocking.blmoveBuffer(inboxKey(scan), taken, 'LEFT', 'RIGHT', WAIT_SECONDS);
  if (bytes !== null) await blocking.expire(taken, KEPT_SECONDS);
  return bytes;
}

/**
 * Undefined where the connection broke; what the server itself refuses is an error. The
 * connection's end is listened for, because a command that is not sent again is not rejected
 * either: it would be waited for without end.
 */
async function unlessBroken<T>(connection: Redis, command: () => Promise<T>): Promise<T | undefined> {
  const broken = Promise.withResolvers<undefined>();
  const onClose = () => broken.resolve(undefined);
  connection.once('close', onClose);
  try {
    return await Promise.race([command(), broken.promise.then(() => sleep(AFTER_A_BREAK_MS, undefined))]);
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') throw error;
    await sleep(AFTER_A_BREAK_MS);
    return undefined;
  } finally {
    connection.off('close', onClose);
  }
}
