// Whether the folder of the open case is still there. Asked when a picture of it does not come: a
// medium that was pulled out is said at once, not only when something is to be written.
import { client } from '../transport.ts';
import { createStore } from './store.ts';

/** True once the folder was found to be gone, until it is found again. */
export const caseFolderGone = createStore(false);

/** Time between two looks while it is gone, or while pictures fail, ms. */
const LOOK_EVERY_MS = 2000;

let looking = false;

/** A picture did not come. Looks now, and again until the folder is there. */
export async function pictureFailed(): Promise<void> {
  if (looking) return;
  looking = true;
  try {
    do {
      caseFolderGone.set(!(await client.case.isThere()));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    } while (caseFolderGone.get());
  } catch {
    // No case, or no engine: the window says so elsewhere.
    caseFolderGone.set(false);
  } finally {
    looking = false;
  }
}
