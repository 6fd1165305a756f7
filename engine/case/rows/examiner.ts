// Who works on a case, by name. A name is added once and stays; one entered by mistake is marked,
// and offered no more.
import { sql } from 'kysely';
import type { ExaminerId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import { isSameName, nameAsKept } from '../../../contract/examiner-name.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit } from '../log/audit.ts';
import { appendAuditWithRows } from '../log/segment.ts';
import { personOf } from './one-of.ts';
import { hasTagged } from './tag.ts';

type Row = { id: number; name: string; added_at: string; mistaken_at: string | null; entries: number };

/** Rows by the person they name, the first spelling first. */
function persons({ db }: ReadableCase): Row[][] {
  const rows = query
    .selectFrom('examiner')
    .selectAll()
    .select(sql<number>`(SELECT count(*) FROM opinion o WHERE o.examiner_id = examiner.id)`.as('entries'))
    .select(personOf('examiner.id').as('person'));
  return [...Map.groupBy(db.all(rows.orderBy('id')), ({ person }) => person).values()];
}

/** By the first spelling; a person is a mistake where every spelling is. */
function personFromRows(rows: readonly Row[]): Examiner {
  const [first] = rows as [Row];
  return {
    id: first.id as ExaminerId,
    name: first.name,
    addedAt: first.added_at,
    entries: rows.reduce((sum, { entries }) => sum + entries, 0),
    mistakenAt: rows.every(({ mistaken_at }) => mistaken_at !== null) ? first.mistaken_at : null,
  };
}

/** Everybody once, in the order added. */
export const listExaminers = (opened: ReadableCase): Examiner[] => persons(opened).map(personFromRows);

/** Those who entered something: whom a report names. */
export const examinersWithEntries = (opened: ReadableCase): Examiner[] =>
  listExaminers(opened).filter(({ entries }) => entries > 0);

/** Of whose name the case holds other spellings, as they are in the log, and which. */
export const otherSpellings = (opened: ReadableCase): { examiner: string; spellings: string[] }[] =>
  persons(opened).flatMap(([first, ...others]) =>
    others.length === 0 ? [] : [{ examiner: first!.name, spellings: others.map(({ name }) => name) }],
  );

/** The person of that name, in whichever spelling; undefined where the case knows none. */
export const findExaminer = (opened: ReadableCase, name: string): Examiner | undefined =>
  listExaminers(opened).find((one) => isSameName(one.name, name));

/**
 * The examiner of that name, added when new; a name marked as a mistake is one again. One that
 * differs from a known name in spaces and capitals alone is that one.
 */
export function addExaminer(opened: WritableCase, typed: string): Examiner {
  const { db } = opened;
  return db.transaction(() => {
    const [known] = persons(opened).find(([first]) => isSameName(first!.name, typed)) ?? [];
    const name = known?.name ?? nameAsKept(typed);
    if (known && known.mistaken_at === null) return findExaminer(opened, name)!;
    const entry = { who: name, action: 'examiner.added', subject: name, details: {} };
    if (known) {
      db.run(query.updateTable('examiner').set({ mistaken_at: null }).where('id', '=', known.id));
      appendAudit(opened, entry);
    } else {
      const { id } = db.run(query.insertInto('examiner').values({ name, added_at: opened.clock() }));
      appendAuditWithRows(opened, entry, 'examiner', id);
    }
    return findExaminer(opened, name)!;
  });
}

/**
 * Says that a name was entered by mistake. Throws NOT_FOUND, and EXAMINER_KEPT for one under which
 * something was entered.
 */
export function markMistaken(opened: WritableCase, who: string, id: ExaminerId): void {
  opened.db.transaction(() => {
    const rows = persons(opened).find(([first]) => first!.id === id);
    if (!rows) throw new RecceError('NOT_FOUND', `Examiner ${id}`, 'The case has no such examiner.');
    const { name, entries } = personFromRows(rows);
    if (entries > 0)
      throw new RecceError('EXAMINER_KEPT', name, `${entries} entries stand under it, and entries stay.`);
    if (hasTagged(opened, id))
      throw new RecceError('EXAMINER_KEPT', name, 'Tags were entered under it, and entries stay.');
    for (const row of rows.filter(({ mistaken_at }) => mistaken_at === null)) {
      opened.db.run(query.updateTable('examiner').set({ mistaken_at: opened.clock() }).where('id', '=', row.id));
      appendAudit(opened, { who, action: 'examiner.mistaken', subject: row.name, details: {} });
    }
  });
}
