// A choice that is made by whoever starts the workstation: nothing is measured then. For
// laboratories that want every verdict made the same way, and for tests.
// RECCE_COMPUTE=cpu,THREADS,BATCH, or EngineOptions.compute.

/** How networks run on the CPU when it is fixed. */
export type FixedPlacement = { threads: number; batch: number };

/**
 * Of the environment. Throws RangeError with what was expected; undefined where nothing is fixed.
 */
export function fixedPlacement(text: string | undefined): FixedPlacement | undefined {
  if (!text) return undefined;
  const parts = /^cpu,(\d{1,3}),(\d{1,3})$/.exec(text);
  const [threads, batch] = [Number(parts?.[1]), Number(parts?.[2])];
  if (threads > 0 && batch > 0) return { threads, batch };
  throw new RangeError(`RECCE_COMPUTE is "${text}"; cpu,THREADS,BATCH was expected, e.g. cpu,4,8.`);
}
