// A second chance over a process that died.
import { ChildProcessError } from './supervised-child.ts';

export const hasDied = (error: unknown): boolean => error instanceof ChildProcessError && error.kind === 'died';

/**
 * Asks again, once, when the process died over the request. [Note: the second chance] A process may
 * be ended for no fault of the file it works on: the system ran out of memory, a person ended it. A
 * file is blamed only when a fresh process dies over it as well; a file that takes too long is not
 * asked twice.
 */
export async function retryAfterCrash<Response>(ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch (error) {
    if (!hasDied(error)) throw error;
    return ask();
  }
}
