// The handle of an open case. ReadableCase and WritableCase are two types of one handle, so that a
// report cannot write.
import type { CaseDatabase } from './case-database.ts';

/** A case open for reading. */
export type ReadableCase = {
  readonly folder: string;
  readonly db: CaseDatabase;
  readonly clock: () => string;
  /**
   * Why nothing is written to it, where another program has changed what its database is made of.
   */
  readonly readOnlyBecause?: string;
  /** What was found when it was opened: that the log is not the one seen before. */
  readonly warnings?: readonly string[];
};
/** A case this process alone may write. */
export type WritableCase = ReadableCase & { readonly writable: true };

export const isWritable = (opened: ReadableCase): opened is WritableCase => 'writable' in opened;

/** Injected so that tests and exact reruns can set the time; ISO 8601 in UTC. */
export type Clock = () => string;
export const systemClock: Clock = () => new Date().toISOString();
