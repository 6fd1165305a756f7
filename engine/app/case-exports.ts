// Exports under way of one open case: each can be called off, and all end before the case is
// closed. Engine process; held with the open case, run by the handlers of `report`.
import { RecceError } from '../../contract/errors.ts';

export type CaseExports = {
  /**
   * Runs `work`; its signal is aborted when `signal` is or the case is closed. Throws CASE_NOT_OPEN
   * in the latter case.
   */
  run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Calls off what is under way and waits for its end. */
  close(): Promise<void>;
};

/** `folder` of the case, which errors speak of. */
export function createCaseExports(folder: string): CaseExports {
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    async run(signal, work) {
      closing.signal.throwIfAborted();
      const working = work(AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]));
      running.add(working);
      try {
        return await working;
      } finally {
        running.delete(working);
      }
    },
    async close() {
      closing.abort(
        new RecceError('CASE_NOT_OPEN', folder, 'it was closed while a report was written. Nothing was written.'),
      );
      await Promise.allSettled(running);
    },
  };
}
