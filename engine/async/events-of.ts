// Work that reports while it goes on, as the event stream a procedure gives. When the caller goes
// away the work is told to stop.

/** Runs `work`; what it says comes out in order, then the stream ends or fails as the work did. */
export async function* eventsOf<Event>(
  work: (say: (event: Event) => void, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<Event> {
  const waiting: Event[] = [];
  const stop = new AbortController();
  let ended = false;
  let wake: () => void = () => {};
  const say = (event: Event): void => {
    waiting.push(event);
    wake();
  };
  const running = work(say, stop.signal).finally(() => {
    ended = true;
    wake();
  });
  // Whoever reads the stream is told below; until then a rejection must not count as unhandled.
  running.catch(() => {});
  try {
    while (!ended || waiting.length > 0) {
      while (waiting.length > 0) yield waiting.shift()!;
      if (ended) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ended || waiting.length > 0) resolve();
      });
    }
    await running;
  } finally {
    stop.abort();
  }
}
