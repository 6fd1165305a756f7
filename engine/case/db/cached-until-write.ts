// What was found out of a case and holds until something is written to it: paging through a million
// rows counts them once, not once a page. Engine process.
import type { CaseDatabase } from './case-database.ts';

/** Values kept for one state of a case; the largest, a mask, has a byte a finding. */
const KEPT = 50;

const known = new WeakMap<CaseDatabase, { stamp: string; values: Map<string, unknown> }>();

/**
 * The value of that name, made unless it was made since the last change of the case. `key` names it
 * and all it depends on.
 */
export function cachedUntilWrite<T>(db: CaseDatabase, key: readonly unknown[], make: () => T): T {
  const stamp = db.stamp();
  let now = known.get(db);
  if (now?.stamp !== stamp || now.values.size >= KEPT) now = { stamp, values: new Map() };
  known.set(db, now);
  const name = JSON.stringify(key);
  if (!now.values.has(name)) now.values.set(name, make());
  return now.values.get(name) as T;
}
