// The verdicts that match a filter: ids alone, in the order of the paths. Engine process; called when
// a report is read, and when the stability of what matches is asked for.
import { sql } from 'kysely';
import type { EvidenceId, FaceId, ModelId, VerdictId } from '../../../contract/brand.ts';
import type { FindingFilter } from '../../../contract/finding.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { conditions, type Viewer, verdictsBy } from './finding-filter.ts';
import { modelShown } from './model-shown.ts';
import { modelsByParameters } from './row-bitmap.ts';

/** A report is written for those who may see everything. */
const EVERYONE = { examinerId: null, blind: false };

export type ShownVerdict = { verdictId: VerdictId; evidenceId: EvidenceId; faceId: FaceId | null; modelId: ModelId };

/** The first `limit` verdicts that match, as they are asked for, from the index of their order. */
export function* eachSelected(
  opened: ReadableCase,
  filter: FindingFilter,
  limit: number,
  viewer: Viewer = EVERYONE,
): Generator<ShownVerdict> {
  const { db } = opened;
  const matching = conditions(opened, filter, viewer).reduce(
    (select, condition) => select.where(condition),
    query.selectFrom(verdictsBy(filter.evidenceId === undefined ? 'path' : 'file')),
  );
  const ordered = matching
    .select(['v.id', 'v.evidence_id', 'v.face_id', 'v.parameters_id'])
    .orderBy(sql`v.relative_path, v.evidence_id, v.face_id, v.id`)
    .limit(limit);
  const models = modelsByParameters(db);
  for (const row of db.each(ordered))
    yield {
      verdictId: row.id as VerdictId,
      evidenceId: row.evidence_id as EvidenceId,
      faceId: row.face_id as FaceId | null,
      modelId: models.get(row.parameters_id)!,
    };
}

/**
 * The faces that a report shows with pictures, each by one result: of the model that the filter names,
 * else of the one that may be relied on most. Where that has not looked at a file, and at a face that
 * was tagged, another speaks for it: what is shown does not hang on which list was last looked at.
 */
export function* eachInBlocks(opened: ReadableCase, asked: FindingFilter, limit: number): Generator<FaceShown> {
  const filter: FindingFilter = { videoFrames: 'key', ...asked };
  const preferred = filter.modelId ?? modelShown(opened);
  const looked = filesOf(opened, preferred);
  const perFace = filter.tags !== undefined || filter.groups !== undefined;
  let left = limit;
  let best: FaceShown | undefined;
  for (const one of eachSelected(opened, filter, Number.MAX_SAFE_INTEGER)) {
    if (left === 0) return;
    if (one.faceId === null) continue;
    if (best && best.faceId !== one.faceId) {
      yield best;
      left -= 1;
      best = undefined;
    }
    const isPreferred = one.modelId === preferred;
    if (!isPreferred && !perFace && looked.has(one.evidenceId)) continue;
    if (!best || (isPreferred && best.modelId !== preferred)) best = { ...one, faceId: one.faceId };
  }
  if (best && left > 0) yield best;
}
export type FaceShown = ShownVerdict & { faceId: FaceId };

const filesOf = ({ db }: ReadableCase, modelId: ModelId | undefined): ReadonlySet<number> =>
  new Set(
    db
      .all(
        query
          .selectFrom('verdict')
          .select('evidence_id')
          .distinct()
          .where('model_id', '=', modelId ?? ''),
      )
      .map(({ evidence_id }) => evidence_id),
  );
