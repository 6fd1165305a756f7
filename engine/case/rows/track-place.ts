// Where a track is: the scan of its file, by number, and from when to when it is seen.
import { type SqlBool, sql } from 'kysely';
import type { EvidenceId, FaceId, ModelId, OpinionId, TrackId, VideoScanId } from '../../../contract/brand.ts';
import type { Face } from '../../../contract/face.ts';
import type { TrackPlace, WhichScan } from '../../../contract/track.ts';
import type { PixelBox } from '../../../contract/units.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { trackOf } from './one-of.ts';

/** Scans by these models are not counted among others. */
export type Unseen = ReadonlySet<ModelId>;
const NONE: Unseen = new Set();

/** Undefined where the case has no such scan. */
export function whichScan({ db }: ReadableCase, id: number, unseen: Unseen = NONE): WhichScan | undefined {
  const others = sql`FROM video_scan o WHERE o.evidence_id = s.evidence_id
    AND (o.model_id = s.model_id OR o.model_id NOT IN (${sql.join([...unseen])}))`;
  const row = db.first(
    query
      .selectFrom('video_scan as s')
      .select(['s.model_id', 's.sampling'])
      .select(sql<number>`(SELECT count(*) ${others} AND o.id <= s.id)`.as('number'))
      .select(sql<number>`(SELECT count(*) ${others})`.as('of'))
      .where('s.id', '=', id),
  );
  return (
    row && {
      id: id as VideoScanId,
      number: Number(row.number),
      of: Number(row.of),
      modelId: row.model_id as ModelId,
      sampling: storedJson(row.sampling),
    }
  );
}

/** Undefined where the case has no such track. */
export function trackPlace(opened: ReadableCase, id: TrackId, unseen: Unseen = NONE): TrackPlace | undefined {
  const row = opened.db.first(
    query
      .selectFrom('track as t')
      .innerJoin('video_scan as s', 's.id', 't.video_scan_id')
      .innerJoin('track_face as tf', 'tf.track_id', 't.id')
      .innerJoin('face as f', 'f.id', 'tf.face_id')
      .select(['t.track_index', 't.video_scan_id', 's.evidence_id'])
      .select(({ fn }) => [
        fn.countAll().as('faces'),
        fn.min('f.time_ms').as('from_ms'),
        fn.max('f.time_ms').as('to_ms'),
        fn.min('f.frame_index').as('first_frame'),
      ])
      .where('t.id', '=', id)
      .groupBy('t.id'),
  );
  const scan = row && whichScan(opened, row.video_scan_id, unseen);
  if (!row || !scan) return undefined;
  return {
    id,
    evidenceId: row.evidence_id as EvidenceId,
    trackIndex: row.track_index,
    faces: Number(row.faces),
    fromMs: Number(row.from_ms),
    toMs: Number(row.to_ms),
    firstFrame: Number(row.first_frame),
    scan,
  };
}

/** `trackPlace` as it is asked for again and again while nothing is written. */
export function trackPlaces(opened: ReadableCase): (id: TrackId) => TrackPlace | undefined {
  const known = new Map<TrackId, TrackPlace | undefined>();
  return (id) => {
    if (!known.has(id)) known.set(id, trackPlace(opened, id));
    return known.get(id);
  };
}

/**
 * What stands on tracks of a file's scans but this one, in the order given. What is said of a track
 * whose faces are those of a track of this scan stands on that one.
 */
export const standingOnOtherScans = ({ db }: ReadableCase, evidenceId: EvidenceId, scanId: VideoScanId) =>
  db
    .all(
      query
        .selectFrom('current_opinion as c')
        .innerJoin('track as t', 't.id', 'c.track_id')
        .select(['c.opinion_id', 'c.track_id'])
        .where('c.evidence_id', '=', evidenceId)
        .where('c.conclusion', '<>', 'withdrawn')
        .where(
          sql<SqlBool>`NOT EXISTS (SELECT 1 FROM track h WHERE h.video_scan_id = ${scanId}
            AND ${trackOf('h.id')} = ${trackOf('c.track_id')})`,
        )
        .groupBy(['c.opinion_id', 'c.track_id'])
        .orderBy('c.opinion_id'),
    )
    .map((row) => ({ opinionId: row.opinion_id as OpinionId, trackId: row.track_id as TrackId }));

/** The same face in the frames that a scan looked at before and behind; none of a photograph. */
export function besideOnTrack({ db }: ReadableCase, { id, frameIndex }: Pick<Face, 'id' | 'frameIndex'>) {
  const onTrack = query
    .selectFrom('track_face as own')
    .innerJoin('track_face as tf', 'tf.track_id', 'own.track_id')
    .innerJoin('face as f', 'f.id', 'tf.face_id')
    .select('f.id')
    .where('own.face_id', '=', id);
  const before = db.first(onTrack.where('f.frame_index', '<', frameIndex).orderBy('f.frame_index', 'desc').limit(1));
  const behind = db.first(onTrack.where('f.frame_index', '>', frameIndex).orderBy('f.frame_index').limit(1));
  return { before: before?.id as FaceId | undefined, behind: behind?.id as FaceId | undefined };
}

/** Where and when a track shows its face, by time. */
export const pointsOfTrack = ({ db }: ReadableCase, id: TrackId): { timeMs: number; box: PixelBox }[] =>
  db
    .all(
      query
        .selectFrom('track_face as tf')
        .innerJoin('face as f', 'f.id', 'tf.face_id')
        .select(['f.time_ms', 'f.box'])
        .where('tf.track_id', '=', id)
        .orderBy('f.time_ms'),
    )
    .map((row) => ({ timeMs: row.time_ms, box: storedJson(row.box) }));
