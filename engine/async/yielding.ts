// Long work in short turns: the engine has one thread, and what others ask of it is answered
// between two turns. Engine process.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The longest that others wait for a turn to end, ms, but for a single step that takes longer. */
const TURN_MS = 10;

/**
 * Gives each item to `take`, one after the other. Throws the signal's reason once it is aborted, and
 * leaves `items` where it was.
 */
export async function forEachYielding<T>(
  items: Iterable<T>,
  take: (item: T) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    const waiting = take(item);
    if (waiting !== undefined) await waiting;
    if (performance.now() - since < TURN_MS) continue;
    await nextTurn();
    signal?.throwIfAborted();
    since = performance.now();
  }
}
