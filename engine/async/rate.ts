// How fast work goes and how long it will take, over the last ten seconds: what the scan reports
// beside its counts.

const WINDOW_MS = 10_000;

/** Call `after` whenever something is done; `now` is injected for tests. */
export function createRate(now: () => number = Date.now): {
  after(done: number, total: number): { ratePerSecond: number | null; remainingMs: number | null };
} {
  const samples: { at: number; done: number }[] = [];
  return {
    after(done, total) {
      samples.push({ at: now(), done });
      while (samples.length > 2 && samples[0]!.at < now() - WINDOW_MS) samples.shift();
      const [first, last] = [samples[0]!, samples.at(-1)!];
      const seconds = (last.at - first.at) / 1000;
      if (seconds <= 0 || last.done === first.done) return { ratePerSecond: null, remainingMs: null };
      const ratePerSecond = (last.done - first.done) / seconds;
      return { ratePerSecond, remainingMs: ((total - done) / ratePerSecond) * 1000 };
    },
  };
}
