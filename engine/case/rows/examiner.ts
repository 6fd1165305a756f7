// Who works on a case, by name. A name is added once and stays; one entered by mistake is marked,
// and offered no more.
import type { ExaminerId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import { isSameName, nameAsKept, personKey } from '../../../contract/examiner-name.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit } from '../log/audit.ts';
import { appendAuditWithRows } from '../log/segment.ts';
import { personOf } from './one-of.ts';

type Row = { id: number; name: string; added_at: string; mistaken_at: string | null };

/** Rows by the person they name, the first spelling first. */
function persons({ db }: ReadableCase): Row[][] {
  const rows = query.selectFrom('examiner').selectAll().select(personOf('examiner.id').as('person'));
  return [...Map.groupBy(db.all(rows.orderBy('id')), ({ person }) => person).values()];
}

/** By the first spelling; a person is a mistake where every spelling is. */
function personFromRows(rows: readonly Row[]): Examiner {
  const [first] = rows as [Row];
  return {
    id: first.id as ExaminerId,
    name: first.name,
    addedAt: first.added_at,
    mistakenAt: rows.every(({ mistaken_at }) => mistaken_at !== null) ? first.mistaken_at : null,
  };
}

/** Everybody once, in the order added. */
export const listExaminers = (opened: ReadableCase): Examiner[] => persons(opened).map(personFromRows);

/** Those who gave an opinion or a note: whom a report names. */
export function examinersWithOpinions(opened: ReadableCase): Examiner[] {
  const gave = query.selectFrom('opinion').select('examiner_id').distinct();
  const ids = new Set<number>(opened.db.all(gave).map(({ examiner_id }) => examiner_id));
  return persons(opened)
    .filter((rows) => rows.some(({ id }) => ids.has(id)))
    .map(personFromRows);
}

/** Who sits at the case, and how, and which names are none: no work under the name. */
const ONLY_SITTING = ['examiner.added', 'examiner.chosen', 'examiner.mistaken', 'blind.on', 'blind.off'];

/** Entries of the log under each name that has some, whatever was done, by what makes two names the same. */
export function entriesByPerson({ db }: ReadableCase): Map<string, number> {
  const byName = query
    .selectFrom('audit')
    .select(['who', ({ fn }) => fn.countAll().as('n')])
    .where('who', '<>', '')
    .where('action', 'not in', ONLY_SITTING)
    .groupBy('who');
  const entries = new Map<string, number>();
  for (const { who, n } of db.all(byName)) {
    const person = personKey(who);
    entries.set(person, (entries.get(person) ?? 0) + Number(n));
  }
  return entries;
}

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
 * anything was done.
 */
export function markMistaken(opened: WritableCase, who: string, id: ExaminerId): void {
  opened.db.transaction(() => {
    const rows = persons(opened).find(([first]) => first!.id === id);
    if (!rows) throw new RecceError('NOT_FOUND', `Examiner ${id}`, 'The case has no such examiner.');
    const { name } = personFromRows(rows);
    const entries = entriesByPerson(opened).get(personKey(name)) ?? 0;
    if (entries > 0) {
      const stand = entries === 1 ? '1 entry of the log stands' : `${entries} entries of the log stand`;
      throw new RecceError('EXAMINER_KEPT', name, `${stand} under it, and entries stay.`);
    }
    for (const row of rows.filter(({ mistaken_at }) => mistaken_at === null)) {
      opened.db.run(query.updateTable('examiner').set({ mistaken_at: opened.clock() }).where('id', '=', row.id));
      appendAudit(opened, { who, action: 'examiner.mistaken', subject: row.name, details: {} });
    }
  });
}
