// Relocations: where evidence lies since it was said to have moved. Append-only rows, one entry in
// the audit log for all that moved together.
import type { Evidence } from '../../../contract/evidence.ts';
import type { Relocation } from '../../../contract/relocation.ts';
import { hashOfValue } from '../../files/canonical-json.ts';
import { query } from '../db/case-database.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { appendAuditWithRows, lastIdOf } from '../log/segment.ts';

/** A file that fits its new place: the path there, and its time of change. */
export type MovedFile = { evidence: Evidence; path: string; modifiedAt: string };

/** Enters all of them or none, and one entry that seals which file went where. */
export function addRelocations(
  opened: WritableCase,
  who: string,
  { from, to, refused }: Pick<Relocation, 'from' | 'to' | 'refused'>,
  moved: readonly MovedFile[],
): void {
  opened.db.transaction(() => {
    const at = opened.clock();
    const before = lastIdOf(opened, 'relocation');
    for (const { evidence, path, modifiedAt } of moved)
      opened.db.run(
        query.insertInto('relocation').values({ evidence_id: evidence.id, path, modified_at: modifiedAt, at }),
      );
    const placesSha256 = hashOfValue(moved.map(({ evidence, path, modifiedAt }) => [evidence.id, path, modifiedAt]));
    const entry = {
      who,
      action: 'evidence.relocated',
      subject: from,
      details: { to, moved: moved.length, refused, placesSha256 },
    };
    appendAuditWithRows(opened, entry, 'relocation', before + 1);
  });
}
