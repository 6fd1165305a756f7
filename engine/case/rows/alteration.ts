// Alterations: evidence that a later look found changed or missing. Append-only rows, each with its
// entry in the audit log.
import type { EvidenceId } from '../../../contract/brand.ts';
import type { Alteration, Evidence } from '../../../contract/evidence.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAuditWithRows } from '../log/segment.ts';

/** Every alteration of one file, oldest first. */
export const alterationsOf = ({ db }: ReadableCase, evidenceId: EvidenceId): Alteration[] =>
  db.all(query.selectFrom('alteration').selectAll().where('evidence_id', '=', evidenceId).orderBy('id')).map((row) => ({
    noticedAt: row.noticed_at,
    kind: row.kind as Alteration['kind'],
    found: row.found,
    who: row.who,
  }));

/** Enters an alteration and its audit entry; the same finding as last time is not entered again. */
export function addAlteration(
  opened: WritableCase,
  evidence: Pick<Evidence, 'id' | 'shownPath' | 'sha256'>,
  noticed: Omit<Alteration, 'noticedAt'>,
): void {
  opened.db.transaction(() => {
    const last = alterationsOf(opened, evidence.id).at(-1);
    if (last?.kind === noticed.kind && last.found === noticed.found) return;
    const { kind, found, who } = noticed;
    const { id } = opened.db.run(
      query.insertInto('alteration').values({ evidence_id: evidence.id, noticed_at: opened.clock(), kind, found, who }),
    );
    const entry = {
      who,
      action: `evidence.${kind}`,
      subject: evidence.shownPath,
      details: { evidenceId: evidence.id, recorded: evidence.sha256, found },
    };
    appendAuditWithRows(opened, entry, 'alteration', id);
  });
}
