// What the files' structure and credentials said, kept so that a report can be made again when the files are gone.
import type { EvidenceId } from '../../../contract/brand.ts';
import type { Provenance } from '../../../contract/provenance.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';

export function keepProvenance(opened: WritableCase, id: EvidenceId, appVersion: string, found: Provenance): void {
  opened.db.run(
    query
      .insertInto('provenance')
      .values({
        evidence_id: id,
        examined_at: opened.clock(),
        app_version: appVersion,
        json: JSON.stringify(found),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
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
