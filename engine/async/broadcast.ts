// One publisher, many followers, each with a queue of its own. What watchers of jobs are fed by.

export type Broadcast<T> = {
  publish(value: T): void;
  /** Everything published from this moment on. Ends with the signal or with close. */
  follow(signal?: AbortSignal): AsyncGenerator<T>;
  close(): void;
};

/** A follower that does not keep up loses the oldest values, never the newest. */
const BACKLOG_LIMIT = 10_000;

export function createBroadcast<T>(): Broadcast<T> {
  const followers = new Set<{ queue: T[]; wake: () => void; done: boolean }>();
  return {
    publish(value) {
      for (const follower of followers) {
        follower.queue.push(value);
        if (follower.queue.length > BACKLOG_LIMIT) follower.queue.shift();
        follower.wake();
      }
    },
    follow(signal) {
      const follower = { queue: [] as T[], wake: () => {}, done: signal?.aborted ?? false };
      followers.add(follower);
      signal?.addEventListener('abort', () => {
        follower.done = true;
        follower.wake();
      });
      return (async function* () {
        try {
          while (true) {
            while (follower.queue.length > 0) yield follower.queue.shift()!;
            if (follower.done) return;
            await new Promise<void>((resolve) => {
              follower.wake = resolve;
              if (follower.queue.length > 0 || follower.done) resolve();
            });
          }
        } finally {
          followers.delete(follower);
        }
      })();
    },
    close() {
      for (const follower of followers) {
        follower.done = true;
        follower.wake();
      }
    },
  };
}
