// A large database is not gone through before its case opens: that would take seconds. It is held
// against its indexes in a thread meanwhile, and the case is only looked at from then on where one
// of them lacks rows. What goes out by itself (a report, a rerun) waits for its own look.
import type { ReadableCase } from '../case/db/case-handle.ts';
import { alteredIndexWords, isHeldAtOpening } from '../case/db/case-layout.ts';
import { checkIntegrity } from '../custody/check-integrity.ts';
import { isKnownWhole, rememberWhole, stampOf } from './whole-cases.ts';

export type OpeningCheck = {
  /** Ends the look where it goes on. */
  stop(): Promise<void>;
  /** Once the case is closed: remembers it as it lies, if it was found whole. */
  closed(): Promise<void>;
};

const NONE: OpeningCheck = { stop: async () => {}, closed: async () => {} };

/**
 * Begins the look at a case that was just opened, `stamp` being what it lay as before; `onAltered`
 * is told why it should no longer be written.
 */
export async function checkAtOpening(
  handle: ReadableCase,
  { appDataFolder, stamp, onAltered }: { appDataFolder: string; stamp: string; onAltered: (why: string) => void },
): Promise<OpeningCheck> {
  if (isHeldAtOpening(handle.db)) return NONE;
  const { folder } = handle;
  const stopped = new AbortController();
  let whole = await isKnownWhole(appDataFolder, folder, stamp);
  const look = async (): Promise<void> => {
    const found = await checkIntegrity(handle, 1, stopped.signal);
    whole = found === 'ok';
    const why = alteredIndexWords(found);
    if (why !== undefined) onAltered(why);
  };
  // What cannot be gone through at all is said by whoever comes upon it.
  const looking = whole ? Promise.resolve() : look().catch(() => {});
  return {
    async stop() {
      stopped.abort();
      await looking;
    },
    async closed() {
      if (whole) await rememberWhole(appDataFolder, folder, await stampOf(folder));
    },
  };
}
