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

/** In the order added. */
export const listExaminers = ({ db }: ReadableCase): Examiner[] =>
  db
    .all(
      query
        .selectFrom('examiner')
        .selectAll()
        .select(sql<number>`(SELECT count(*) FROM opinion o WHERE o.examiner_id = examiner.id)`.as('entries'))
        .orderBy('id'),
    )
    .map((row) => ({
      id: row.id as ExaminerId,
      name: row.name,
      addedAt: row.added_at,
      entries: row.entries,
      mistakenAt: row.mistaken_at ?? null,
    }));

/** Those who entered something: whom a report names. */
export const examinersWithEntries = (opened: ReadableCase): Examiner[] =>
  listExaminers(opened).filter(({ entries }) => entries > 0);

/**
 * The examiner of that name, added when new; a name marked as a mistake is one again. One that
 * differs from a known name in spaces and capitals alone is that one.
 */
export function addExaminer(opened: WritableCase, typed: string): Examiner {
  const { db } = opened;
  return db.transaction(() => {
    const all = listExaminers(opened);
    const known = all.find((one) => one.name === typed) ?? all.find((one) => isSameName(one.name, typed));
    const name = known?.name ?? nameAsKept(typed);
    if (known && known.mistakenAt === null) return known;
    const entry = { who: name, action: 'examiner.added', subject: name, details: {} };
    if (known) {
      db.run(query.updateTable('examiner').set({ mistaken_at: null }).where('id', '=', known.id));
      appendAudit(opened, entry);
    } else {
      const { id } = db.run(query.insertInto('examiner').values({ name, added_at: opened.clock() }));
      appendAuditWithRows(opened, entry, 'examiner', id);
    }
    return listExaminers(opened).find((one) => one.name === name)!;
  });
}

/**
 * Says that a name was entered by mistake. Throws NOT_FOUND, and EXAMINER_KEPT for one under which
 * something was entered.
 */
export function markMistaken(opened: WritableCase, who: string, id: ExaminerId): void {
  opened.db.transaction(() => {
    const known = listExaminers(opened).find((one) => one.id === id);
    if (!known) throw new RecceError('NOT_FOUND', `examiner ${id}`, 'the case has no such examiner.');
    if (known.entries > 0)
      throw new RecceError('EXAMINER_KEPT', known.name, `${known.entries} entries stand under it, and entries stay.`);
    opened.db.run(query.updateTable('examiner').set({ mistaken_at: opened.clock() }).where('id', '=', id));
    appendAudit(opened, { who, action: 'examiner.mistaken', subject: known.name, details: {} });
  });
}
