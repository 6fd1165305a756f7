// When a file was last changed, as a case records it: to the millisecond, which a file system knows
// more finely. Node rounds one kind of its answers and cuts the other, so that it is told here alone.
import type { BigIntStats } from 'node:fs';

const NS_IN_MS = 1_000_000n;

const instantOf = (ms: bigint): string => new Date(Number(ms)).toISOString();

/** Cut to the millisecond. */
export const timeOfChange = ({ mtimeNs }: Pick<BigIntStats, 'mtimeNs'>): string => instantOf(mtimeNs / NS_IN_MS);

/** Cases were written with rounded times as well. */
export const isTimeOfChange = (recorded: string | null, stats: Pick<BigIntStats, 'mtimeNs'>): boolean =>
  recorded === timeOfChange(stats) || recorded === instantOf((stats.mtimeNs + NS_IN_MS / 2n) / NS_IN_MS);
