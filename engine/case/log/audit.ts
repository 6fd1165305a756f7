// The audit log: append-only, each entry hashed together with the hash of the one before it.
import type { Sha256 } from '../../../contract/brand.ts';
import type { AuditEntry } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { jsonTooDeep, storedObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { AuditTable } from '../db/tables.ts';

/** The hash before the first entry. */
const GENESIS = '0'.repeat(64) as Sha256;

const TOO_DEEP = 'It is nested deeper than any that is written here.';

const NO_OBJECT = 'It is no JSON as the workstation writes it.';

/**
 * Of an entry that would use up the stack, or says nothing, a sentence in place of its details; its
 * link does not hold either (hashInChain).
 */
const detailsOf = ({ details }: AuditTable): AuditEntry['details'] =>
  storedObject(details) ?? { notShown: jsonTooDeep(details) ? TOO_DEEP : NO_OBJECT };

const entryFromRow = (row: AuditTable): AuditEntry => ({
  seq: row.seq,
  at: row.at,
  who: row.who,
  action: row.action,
  subject: row.subject,
  details: detailsOf(row),
  previousHash: row.previous_hash as Sha256,
  hash: row.hash as Sha256,
});

/** Number, time and hash of the last link, whatever it holds; undefined for an empty log. */
export const auditLink = ({ db }: ReadableCase): Pick<AuditEntry, 'seq' | 'at' | 'hash'> | undefined =>
  db.first(query.selectFrom('audit').select(['seq', 'at', 'hash']).orderBy('seq', 'desc').limit(1)) as
    | Pick<AuditEntry, 'seq' | 'at' | 'hash'>
    | undefined;

/** The last link, or undefined for an empty log. */
export function auditHead({ db }: ReadableCase): AuditEntry | undefined {
  const row = db.first(query.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(1));
  return row && entryFromRow(row);
}

/** Hash of the first entry: which case this is, wherever it lies. Null for an empty log. */
export const firstEntryHash = ({ db }: ReadableCase): Sha256 | null =>
  (db.first(query.selectFrom('audit').select('hash').where('seq', '=', 1))?.hash as Sha256 | undefined) ?? null;

/**
 * What changes nothing that a report says: writing one, and sweeping away what a killed process
 * left.
 */
const SAYS_NOTHING_NEW = ['report.exported', 'files.swept', 'examiner.unnamed'];

/**
 * The last entry that says something of the case, not of an export of it: what a report is anchored
 * to.
 */
export function lastChangeEntry({ db }: ReadableCase): AuditEntry | undefined {
  const row = db.first(
    query.selectFrom('audit').selectAll().where('action', 'not in', SAYS_NOTHING_NEW).orderBy('seq', 'desc').limit(1),
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
    const head = auditLink(opened);
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

export type AuditRequest = {
  before?: number | undefined;
  limit: number;
  contains?: string | undefined;
  about?: readonly string[] | undefined;
};

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/**
 * Entries before `before`, newest first: those that `contains` in what was done, by whom or to what
 * (never in the details, of which blind review hides some), and `about` these parts of the work.
 */
export function listAudit(
  { db }: ReadableCase,
  { before, limit, contains, about }: AuditRequest,
  asSeen: (entry: AuditEntry) => AuditEntry = (entry) => entry,
): AuditEntry[] {
  let select = query.selectFrom('audit').selectAll().orderBy('seq', 'desc');
  if (before !== undefined) select = select.where('seq', '<', before);
  if (about?.length) select = select.where((eb) => eb.or(about.map((one) => eb('action', 'like', `${one}.%`))));
  if (!contains) return db.all(select.limit(limit)).map((row) => asSeen(entryFromRow(row)));
  const wanted = folded(contains);
  const found: AuditEntry[] = [];
  for (const row of db.each(select)) {
    // What is not seen is not found either.
    const entry = asSeen(entryFromRow(row));
    const { action, who, subject } = entry;
    // What kind of opinion it was is hidden in blind review as well.
    const done = action.startsWith('opinion.') ? 'opinion' : action;
    if (folded(`${done} ${who} ${subject}`).includes(wanted)) found.push(entry);
    if (found.length >= limit) break;
  }
  return found;
}

/** Every entry of these actions, oldest first. */
export const auditEntriesOf = ({ db }: ReadableCase, ...actions: string[]): AuditEntry[] =>
  db.all(query.selectFrom('audit').selectAll().where('action', 'in', actions).orderBy('seq')).map(entryFromRow);

/** True where the case was made by a version whose every entry seals the rows made with it. */
export const entersEveryRow = (opened: ReadableCase): boolean =>
  auditEntriesOf(opened, 'case.created')[0]?.details.createdAt !== undefined;

/** Every entry that holds hashes of rows made with it, oldest first, as they are asked for. */
export function* eachSealedEntry({ db }: ReadableCase): Generator<AuditEntry, void, undefined> {
  const holding = query.selectFrom('audit').selectAll().where('details', 'like', '%"sealed":{%').orderBy('seq');
  for (const row of db.each(holding)) {
    const entry = entryFromRow(row);
    if (typeof entry.details.sealed === 'object' && entry.details.sealed !== null) yield entry;
  }
}

const NOT_CANONICAL = 'details as the workstation writes them';

/**
 * Walks the chain from the first entry. Returns how many were right and, if one is not, what is
 * wrong with the first such. An entry that cannot be read is one that is not right.
 */
export function walkAudit({ db }: ReadableCase): {
  checked: number;
  broken?: { seq: number; expected: string; found: string };
} {
  let previous = GENESIS;
  let checked = 0;
  for (const row of db.each(query.selectFrom('audit').selectAll().orderBy('seq'))) {
    if (row.seq !== checked + 1)
      return { checked, broken: { seq: row.seq, expected: `entry ${checked + 1}`, found: `entry ${row.seq}` } };
    const expected = hashInChain(row, previous);
    if (expected !== row.hash) return { checked, broken: { seq: row.seq, expected, found: row.hash } };
    previous = row.hash as Sha256;
    checked += 1;
  }
  return { checked };
}

/** What the hash of an entry should be behind `previousHash`, or why none can be made. */
function hashInChain(row: AuditTable, previousHash: Sha256): string {
  if (jsonTooDeep(row.details)) return TOO_DEEP;
  try {
    const { hash: _, ...unsigned } = entryFromRow(row);
    // The hash is of what the details say. Their text must be the one form of it, or a blank
    // between key and value would hide a seal from those who look for its text, with every hash
    // still right.
    if (canonicalJson(unsigned.details) !== row.details) return NOT_CANONICAL;
    return hashOfValue({ ...unsigned, previousHash });
  } catch (error) {
    return error instanceof RecceError ? error.detail : String(error);
  }
}
