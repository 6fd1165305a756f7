// Keys pressed before a dialog was there do not reach it: what the hands did for the screen before
// must not be recorded by the one that came in between.

/** A dialog that writes hears no key for so long after it is drawn, ms; */
export const DEAF_MS = 500;
/** and after the last key it did not hear, for a hand that goes on typing; */
const QUIET_MS = 250;
/** but no longer than this in all. */
const DEAF_AT_MOST_MS = 2000;

export type KeyGuard = {
  /** Called with every key; false for one that is not to be heard. */
  hears(): boolean;
  /** Time until it hears if no key comes, ms; 0 once it does. */
  remaining(): number;
};

/** Deaf from now on, by `now` in milliseconds. */
export function createKeyGuard(now: () => number = () => performance.now()): KeyGuard {
  const drawn = now();
  let until = drawn + DEAF_MS;
  const remaining = (): number => Math.max(0, until - now());
  return {
    hears() {
      if (remaining() === 0) return true;
      until = Math.min(drawn + DEAF_AT_MOST_MS, Math.max(until, now() + QUIET_MS));
      return false;
    },
    remaining,
  };
}
