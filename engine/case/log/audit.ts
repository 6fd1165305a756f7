// The audit log: append-only, each entry hashed together with the hash of the one before it.

import { sql } from 'kysely';
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
 * [Note: the budget of a log] A few kilobytes of a packed case become gigabytes of details. No entry
 * is taken into memory that is longer than this, which none written here comes near (bytes, all of
 * its columns). Entries are gone through one after the other; where something of each is kept they
 * are together within the second, and where they are held whole within the third: objects take ten
 * times the bytes they are read from.
 */
const LONGEST_ENTRY_BYTES = 2 ** 25;
const KEPT_TOGETHER_BYTES = 2 ** 29;
const HELD_TOGETHER_BYTES = 2 ** 26;
/** Of a page that is shown; details beyond it are left out, and that is said. */
const SHOWN_TOGETHER_BYTES = 2 ** 23;

const TOO_LONG = 'It is longer than any that is written here, and was not read.';
const NO_ROOM = 'It is too long to be shown beside the others.';

/** An entry as it is read: of one that is too long the beginnings of its texts, and no details. */
type AuditRow = Omit<AuditTable, 'details'> & { details: string | null; bytes: number };

const TEXTS = ['at', 'who', 'action', 'subject', 'previous_hash', 'hash'] as const;
const BYTES = sql<number>`${sql.raw(['details', ...TEXTS].map((one) => `coalesce(octet_length(${one}), 0)`).join(' + '))}`;
const FITS = sql<boolean>`${BYTES} <= ${sql.lit(LONGEST_ENTRY_BYTES)}`;
const textOf = (name: (typeof TEXTS)[number]) =>
  sql<string>`CASE WHEN ${FITS} THEN ${sql.ref(name)} ELSE substr(${sql.ref(name)}, 1, 200) END`.as(name);

/** Every reading of the log begins with this: what is too long does not leave the database. */
const selectEntries = () =>
  query
    .selectFrom('audit')
    .select(['seq', ...TEXTS.map(textOf), BYTES.as('bytes')])
    .select(sql<string | null>`CASE WHEN ${FITS} THEN details END`.as('details'));

/**
 * Of an entry that would use up memory or the stack, or says nothing, a sentence in place of its
 * details; its link does not hold either (hashInChain).
 */
const detailsOf = ({ details }: Pick<AuditRow, 'details'>): AuditEntry['details'] =>
  details === null
    ? { notShown: TOO_LONG }
    : (storedObject(details) ?? { notShown: jsonTooDeep(details) ? TOO_DEEP : NO_OBJECT });

const entryFromRow = (row: AuditRow): AuditEntry => ({
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
  const row = db.first(selectEntries().orderBy('seq', 'desc').limit(1));
  return row && entryFromRow(row);
}

/** Hash of the first entry: which case this is, wherever it lies. Null for an empty log. */
export const firstEntryHash = ({ db }: ReadableCase): Sha256 | null =>
  (db.first(query.selectFrom('audit').select('hash').where('seq', '=', 1))?.hash as Sha256 | undefined) ?? null;

/**
 * What changes nothing that a report says: writing one, copying originals or faces out, looking for a
 * face or a picture, and sweeping away what a killed process left.
 */
const SAYS_NOTHING_NEW = [
  'report.exported',
  'files.swept',
  'examiner.unnamed',
  'evidence.copiedOut',
  'faces.extracted',
  'persons.searched',
  'copies.searched',
];

/**
 * The last entry that says something of the case, not of an export of it: what a report is anchored
 * to.
 */
export function lastChangeEntry({ db }: ReadableCase): AuditEntry | undefined {
  const row = db.first(selectEntries().where('action', 'not in', SAYS_NOTHING_NEW).orderBy('seq', 'desc').limit(1));
  return row && entryFromRow(row);
}

/** The last entry of any of these actions. */
export function lastAudit({ db }: ReadableCase, ...actions: string[]): AuditEntry | undefined {
  const row = db.first(selectEntries().where('action', 'in', actions).orderBy('seq', 'desc').limit(1));
  return row && entryFromRow(row);
}

/** The last of these before an entry's number. */
export function lastAuditBefore({ db }: ReadableCase, seq: number, ...actions: string[]): AuditEntry | undefined {
  const before = selectEntries().where('action', 'in', actions).where('seq', '<', seq);
  const row = db.first(before.orderBy('seq', 'desc').limit(1));
  return row && entryFromRow(row);
}

/** Entries with an earlier time than the one before them: how many, and the first. Undefined without any. */
export function clockSetBack({
  db,
}: ReadableCase): { times: number; seq: number; at: string; before: string } | undefined {
  const steps = sql<string | null>`lag(at) OVER (ORDER BY seq)`;
  const back = query
    .selectFrom(
      query
        .selectFrom('audit')
        .select(['seq', 'at', steps.as('before')])
        .as('step'),
    )
    .where('step.at', '<', sql<string>`step.before`)
    .orderBy('step.seq');
  const first = db.first(back.select(['step.seq', 'step.at', 'step.before']).limit(1));
  if (!first) return undefined;
  const { n } = db.first(back.clearOrderBy().select(({ fn }) => fn.countAll().as('n')))!;
  return { times: Number(n), seq: first.seq, at: first.at, before: first.before! };
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
  let select = selectEntries().orderBy('seq', 'desc');
  if (before !== undefined) select = select.where('seq', '<', before);
  if (about?.length) select = select.where((eb) => eb.or(about.map((one) => eb('action', 'like', `${one}.%`))));
  const found: AuditEntry[] = [];
  let left = SHOWN_TOGETHER_BYTES;
  const take = (row: AuditRow, entry: AuditEntry): void => {
    left -= row.bytes;
    found.push(left >= 0 ? entry : { ...entry, details: { notShown: NO_ROOM } });
  };
  if (!contains) {
    for (const row of db.each(select.limit(limit))) take(row, asSeen(entryFromRow(row)));
    return found;
  }
  const wanted = folded(contains);
  for (const row of db.each(select)) {
    // What is not seen is not found either.
    const entry = asSeen(entryFromRow(row));
    const { action, who, subject } = entry;
    // What kind of opinion it was is hidden in blind review as well.
    const done = action.startsWith('opinion.') ? 'opinion' : action;
    if (folded(`${done} ${who} ${subject}`).includes(wanted)) take(row, entry);
    if (found.length >= limit) break;
  }
  return found;
}

/**
 * Every entry of these actions behind number `after`, oldest first, as they are asked for: none is
 * held. With `most`, throws CASE_DAMAGED at the entry with which they have more bytes together.
 */
function* eachBehind(
  { db, folder }: ReadableCase,
  { after, most }: { after: number; most: number },
  actions: readonly string[],
): Generator<AuditEntry, void, undefined> {
  let left = most;
  for (const row of db.each(selectEntries().where('seq', '>', after).where('action', 'in', actions).orderBy('seq'))) {
    left -= row.bytes;
    if (left < 0) throw new RecceError('CASE_DAMAGED', folder, beyondWords(row, most));
    yield entryFromRow(row);
  }
}

const beyondWords = ({ seq, action }: AuditRow, most: number): string =>
  `its log was not read on at entry ${seq}: entries such as "${action}" have more than ${most / 2 ** 20} MB together, which those of this workstation never have.`;

/** Every entry of these actions, oldest first, as they are asked for: none is held. */
export const eachEntryOf = (opened: ReadableCase, ...actions: string[]): Generator<AuditEntry, void, undefined> =>
  eachBehind(opened, { after: 0, most: Infinity }, actions);

/** Those behind an entry that was read before. */
export const eachEntryBehind = (
  opened: ReadableCase,
  after: number,
  ...actions: string[]
): Generator<AuditEntry, void, undefined> => eachBehind(opened, { after, most: Infinity }, actions);

/** For who keeps something of every entry. Throws CASE_DAMAGED ([Note: the budget of a log]). */
export const eachKeptEntryOf = (opened: ReadableCase, ...actions: string[]): Generator<AuditEntry, void, undefined> =>
  eachBehind(opened, { after: 0, most: KEPT_TOGETHER_BYTES }, actions);

/** All of these actions, oldest first, at once. Throws CASE_DAMAGED ([Note: the budget of a log]). */
export const auditEntriesOf = (opened: ReadableCase, ...actions: string[]): AuditEntry[] => [
  ...eachBehind(opened, { after: 0, most: HELD_TOGETHER_BYTES }, actions),
];

/** The first of an action. */
export function firstEntryOf(opened: ReadableCase, action: string): AuditEntry | undefined {
  for (const entry of eachEntryOf(opened, action)) return entry;
  return undefined;
}

/** Numbers of the entries of these actions, for who reads one after the other between other work. */
export const entryNumbersOf = ({ db }: ReadableCase, ...actions: string[]): number[] =>
  db.all(query.selectFrom('audit').select('seq').where('action', 'in', actions).orderBy('seq')).map(({ seq }) => seq);

/** Undefined where there is none of this number. */
export function findEntry({ db }: ReadableCase, seq: number): AuditEntry | undefined {
  const row = db.first(selectEntries().where('seq', '=', seq));
  return row && entryFromRow(row);
}

/** True where the case was made by a version whose every entry seals the rows made with it. */
export const entersEveryRow = (opened: ReadableCase): boolean =>
  firstEntryOf(opened, 'case.created')?.details.createdAt !== undefined;

/** Every entry that holds hashes of rows made with it, oldest first, as they are asked for. */
export function* eachSealedEntry({ db }: ReadableCase): Generator<AuditEntry, void, undefined> {
  const holds = sql<boolean>`CASE WHEN ${FITS} THEN details LIKE '%"sealed":{%' END`;
  for (const row of db.each(selectEntries().where(holds).orderBy('seq'))) {
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
  for (const row of db.each(selectEntries().orderBy('seq'))) {
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
function hashInChain(row: AuditRow, previousHash: Sha256): string {
  if (row.details === null) return TOO_LONG;
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
