// What the files' structure and credentials said, kept so that a report can be made again when the
// files are gone.
import type { EvidenceId } from '../../../contract/brand.ts';
import type { Provenance } from '../../../contract/provenance.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAuditWithRows, lastIdOf } from '../log/segment.ts';

/** What an examination said of a file. */
export type Examined = { evidenceId: EvidenceId; found: Provenance };

/**
 * Keeps examinations together, with one entry of the log that seals them; of a file that has one
 * already, that one stays.
 */
export function keepProvenance(
  opened: WritableCase,
  appVersion: string,
  subject: string,
  all: readonly Examined[],
): void {
  opened.db.transaction(() => {
    const before = lastIdOf(opened, 'provenance');
    for (const { evidenceId, found } of all)
      opened.db.run(
        query
          .insertInto('provenance')
          .values({
            evidence_id: evidenceId,
            examined_at: opened.clock(),
            app_version: appVersion,
            json: JSON.stringify(found),
          })
          .onConflict((conflict) => conflict.doNothing()),
      );
    const files = lastIdOf(opened, 'provenance') - before;
    if (files === 0) return;
    const entry = { who: '', action: 'provenance.examined', subject, details: { files } };
    appendAuditWithRows(opened, entry, 'provenance', before + 1);
  });
}

export function findProvenance({ db }: ReadableCase, id: EvidenceId): Provenance | undefined {
  const row = db.first(query.selectFrom('provenance').select('json').where('evidence_id', '=', id));
  return row && storedJson(row.json);
}

/** Every kept examination, by evidence id, as they are asked for. */
export function* eachProvenance({ db }: ReadableCase): Generator<{ evidenceId: EvidenceId; provenance: Provenance }> {
  for (const row of db.each(query.selectFrom('provenance').select(['evidence_id', 'json']).orderBy('evidence_id')))
    yield { evidenceId: row.evidence_id as EvidenceId, provenance: storedJson(row.json) };
}
