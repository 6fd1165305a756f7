// The audit log: append-only, each entry hashed together with the hash of the one before it.
import type { Sha256 } from '../../../contract/brand.ts';
import type { AuditEntry } from '../../../contract/case.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { AuditTable } from '../db/tables.ts';

/** The hash before the first entry. */
const GENESIS = '0'.repeat(64) as Sha256;

const entryFromRow = (row: AuditTable): AuditEntry => ({
  seq: row.seq,
  at: row.at,
  who: row.who,
  action: row.action,
  subject: row.subject,
  details: storedJson(row.details),
  previousHash: row.previous_hash as Sha256,
  hash: row.hash as Sha256,
});

/** The last link, or undefined for an empty log. */
export function auditHead({ db }: ReadableCase): AuditEntry | undefined {
  const row = db.first(query.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(1));
  return row && entryFromRow(row);
}

/** The last entry that says something of the case, not of an export of it: what a report is anchored to. */
export function lastChangeEntry({ db }: ReadableCase): AuditEntry | undefined {
  const row = db.first(
    query.selectFrom('audit').selectAll().where('action', '<>', 'report.exported').orderBy('seq', 'desc').limit(1),
  );
  return row && entryFromRow(row);
}

/** The last entry of any of these actions. */
export function lastAudit({ db }: ReadableCase, ...actions: string[]): AuditEntry | undefined {
  const row = db.first(
    query.selectFrom('audit').selectAll().where('action', 'in', actions).orderBy('seq', 'desc').limit(1),
  );
  return row && entryFromRow(row);
}

/** Adds an entry. `who` is the examiner's name, empty for the workstation itself. */
export function appendAudit(
  opened: WritableCase,
  entry: { who: string; action: string; subject: string; details: Record<string, unknown> },
): AuditEntry {
  return opened.db.transaction(() => {
    const head = auditHead(opened);
    const at = opened.clock();
    // The order of entries is that of their numbers. A clock that was set back is said, not hidden.
    const details = head && at < head.at ? { ...entry.details, clockBehind: head.at } : entry.details;
    const unsigned = { seq: (head?.seq ?? 0) + 1, at, ...entry, details, previousHash: head?.hash ?? GENESIS };
    const hash = hashOfValue(unsigned);
    opened.db.run(
      query.insertInto('audit').values({
        seq: unsigned.seq,
        at: unsigned.at,
        who: entry.who,
        action: entry.action,
        subject: entry.subject,
        details: canonicalJson(details),
        previous_hash: unsigned.previousHash,
        hash,
      }),
    );
    return { ...unsigned, hash };
  });
}

/** Entries before `before`, newest first. */
export function listAudit(
  { db }: ReadableCase,
  { before, limit }: { before?: number | undefined; limit: number },
): AuditEntry[] {
  let select = query.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit);
  if (before !== undefined) select = select.where('seq', '<', before);
  return db.all(select).map(entryFromRow);
}

/** Every entry of these actions, oldest first. */
export const auditEntriesOf = ({ db }: ReadableCase, ...actions: string[]): AuditEntry[] =>
  db.all(query.selectFrom('audit').selectAll().where('action', 'in', actions).orderBy('seq')).map(entryFromRow);

/** Walks the chain from the first entry. Returns how many were right and, if one is not, what is wrong with the first such. */
export function walkAudit({ db }: ReadableCase): {
  checked: number;
  broken?: { seq: number; expected: string; found: string };
} {
  let previous = GENESIS;
  let checked = 0;
  for (const row of db.all(query.selectFrom('audit').selectAll().orderBy('seq'))) {
    const { hash, ...unsigned } = entryFromRow(row);
    const expected = hashOfValue({ ...unsigned, previousHash: previous });
    if (row.seq !== checked + 1)
      return { checked, broken: { seq: row.seq, expected: `entry ${checked + 1}`, found: `entry ${row.seq}` } };
    if (expected !== hash) return { checked, broken: { seq: row.seq, expected, found: hash } };
    previous = hash;
    checked += 1;
  }
  return { checked };
}
