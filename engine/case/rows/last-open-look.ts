// When an examiner last looked at the case with its scores shown, as the log tells it.
import type { AuditEntry } from '../../../contract/case.ts';
import { personKey } from '../../../contract/examiner-name.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { auditLink, eachEntryBehind } from '../log/audit.ts';

/**
 * `upTo`, `hash`: last entry there was when it was read. `open`: who looks openly after it, null for
 * nobody, undefined before any entry. `added`: names that were added before any was chosen.
 * `ended`: by name. A name is what makes two the same (personKey). `unnamed`: see hasLookedUnnamed.
 */
type Looks = {
  upTo: number;
  hash: string | undefined;
  open: string | null | undefined;
  added: { name: string; seq: number }[];
  ended: Map<string, string>;
  unnamed: boolean;
};

const read = new WeakMap<ReadableCase, Looks>();

/**
 * A report that somebody wrote holds every score, a folder of faces what others concluded: whether it
 * was opened nobody knows.
 */
const WRITTEN_OUT = ['report.exported', 'faces.extracted'];
const CHANGES = [
  ...['examiner.added', 'examiner.chosen', 'examiner.mistaken', 'examiner.unnamed'],
  ...['blind.on', 'blind.off', ...WRITTEN_OUT],
];

/**
 * Instant at which the last open sitting of this name, in whichever spelling, ended; undefined where
 * they never had one. The closing of a case is no entry: a sitting lasts until the next change of
 * examiner or of blind mode.
 */
export function lastOpenLook(opened: ReadableCase, name: string): string | undefined {
  const looks = looksOf(opened);
  const person = personKey(name);
  return looks.open === person ? opened.clock() : looks.ended.get(person);
}

/**
 * True where results were looked at without a name since one was last taken. What was written out
 * under no name is such a look: who read it is whoever comes next.
 */
export const hasLookedUnnamed = (opened: ReadableCase): boolean => looksOf(opened).unnamed;

/** Entries are read once each, those added since the last call. */
function looksOf(opened: ReadableCase): Looks {
  const looks = looksBefore(opened);
  const end = auditLink(opened);
  if (end?.seq === looks.upTo) return looks;
  for (const entry of eachEntryBehind(opened, looks.upTo, ...CHANGES)) take(looks, entry);
  return Object.assign(looks, { upTo: end?.seq ?? 0, hash: end?.hash });
}

/** What was read before, if the entry that ended it is still there: a transaction may have been undone. */
function looksBefore(opened: ReadableCase): Looks {
  const before = read.get(opened);
  const entry = before && opened.db.first(query.selectFrom('audit').select('hash').where('seq', '=', before.upTo));
  if (before && entry?.hash === before.hash) return before;
  const looks: Looks = { upTo: 0, hash: undefined, open: undefined, added: [], ended: new Map(), unnamed: false };
  read.set(opened, looks);
  return looks;
}

function take(looks: Looks, entry: AuditEntry): void {
  const { seq, at, action } = entry;
  const who = personKey(entry.who);
  if (action === 'examiner.added') {
    if (looks.open === undefined) looks.added.push({ name: who, seq });
    return;
  }
  if (action === 'examiner.unnamed' || WRITTEN_OUT.includes(action)) {
    if (who) looks.ended.set(who, at);
    else looks.unnamed = true;
    return;
  }
  if (action === 'examiner.mistaken') {
    // Who sat there by that name looks on without one, and has yet to say their own.
    if (looks.open === personKey(entry.subject)) Object.assign(looks, { open: null, unnamed: true });
    return;
  }
  if (action === 'examiner.chosen') looks.unnamed = false;
  if (action === 'blind.off' && !who) looks.unnamed = true;
  const looked = looks.open === undefined ? makerOf(looks.added, { seq, who, action }) : looks.open;
  if (looked) looks.ended.set(looked, at);
  const details = entry.details as { blind?: boolean; looked?: boolean };
  if (details.looked) looks.ended.set(who, at);
  const isBlind = action === 'blind.on' || details.blind === true;
  looks.open = isBlind ? null : who || null;
}

/**
 * Who makes a case is added and not entered as chosen, and looks openly until the first change. A
 * name that is taken later is added by the entry right before that which chooses it.
 */
function makerOf(added: Looks['added'], { seq, who, action }: { seq: number; who: string; action: string }) {
  if (action === 'blind.on') return who;
  return added.findLast((one) => one.name !== who || one.seq !== seq - 1)?.name;
}
