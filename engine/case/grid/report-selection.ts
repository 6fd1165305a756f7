// The verdicts that match a filter: ids alone, in the order of the paths. Engine process; called when
// a report is read, and when the stability of what matches is asked for.
import { sql } from 'kysely';
import type { FaceId, VerdictId } from '../../../contract/brand.ts';
import type { FindingFilter } from '../../../contract/finding.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { conditions, type Viewer, verdictsBy } from './finding-filter.ts';

/** A report is written for those who may see everything. */
const EVERYONE = { examinerId: null, blind: false };

export type ShownVerdict = { verdictId: VerdictId; faceId: FaceId | null };

/** The first `limit` verdicts that match, as they are asked for, from the index of their order. */
export function* eachSelected(
  { db }: ReadableCase,
  filter: FindingFilter,
  limit: number,
  viewer: Viewer = EVERYONE,
): Generator<ShownVerdict> {
  const matching = conditions(db, filter, viewer).reduce(
    (select, condition) => select.where(condition),
    query.selectFrom(verdictsBy(filter.evidenceId === undefined ? 'path' : 'file')),
  );
  const ordered = matching
    .select(['v.id', 'v.face_id'])
    .orderBy(sql`v.relative_path, v.evidence_id, v.face_id, v.id`)
    .limit(limit);
  for (const row of db.each(ordered)) yield { verdictId: row.id as VerdictId, faceId: row.face_id as FaceId | null };
}
