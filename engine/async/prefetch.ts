// Work ahead: keeps a few units of an async computation going while earlier ones are used, and
// hands them out in order.

/**
 * `make` of each item, in order, with up to `ahead` running at once. A rejection surfaces when its
 * turn comes. Whoever stops early waits for what was begun: nothing of it goes on behind the back
 * of what comes next.
 */
export async function* prefetch<T, R>(
  items: Iterable<T>,
  ahead: number,
  make: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for (const item of items) {
      const started = make(item);
      // Someone waits for it below; until then a rejection must not count as unhandled.
      started.catch(() => {});
      running.push(started);
      if (running.length >= ahead) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}

/** The values of `source` in order, with the next one asked for while the present one is used. */
export async function* readAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    let next = source.next();
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = source.next();
      // Someone waits for it in the next round; until then a rejection must not count as unhandled.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await source.return(undefined);
  }
}
