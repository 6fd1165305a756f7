// Verdicts with what they are about, row by row: what a table of results has in a line. Engine
// process.
import { sql } from 'kysely';
import type { FaceId, Sha256, TrackId, VerdictId } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Face } from '../../../contract/face.ts';
import type { HeldRemark } from '../../../contract/remark.ts';
import type { TrackPlace } from '../../../contract/track.ts';
import type { Verdict } from '../../../contract/verdict.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { leftOutOfHeld } from './evidence.ts';
import { placeOf } from './exhibit.ts';
import { trackPlaces } from './track-place.ts';
import { superseded, verdictFromRow } from './verdict.ts';

/** A verdict, its file and, where it is about one, its face; `track`: of the model's last scan. */
export type VerdictWithFile = {
  verdict: Verdict;
  file: Pick<Evidence, 'relativePath' | 'sha256' | 'exhibit' | 'shownPath'>;
  /** Of a file in which no face was found: what of it was not looked at. */
  leftOut: readonly HeldRemark[];
  face:
    | (Pick<Face, 'id' | 'faceIndex' | 'frameIndex' | 'timeMs' | 'pts' | 'box'> & { track: TrackPlace | null })
    | null;
};

const trackOf = sql<number | null>`(SELECT t.id FROM track_face tf JOIN track t ON t.id = tf.track_id
  JOIN video_scan s ON s.id = t.video_scan_id WHERE tf.face_id = v.face_id AND s.model_id = v.model_id
  ORDER BY s.id DESC LIMIT 1)`;

const stateWithoutFace = sql<string | null>`iif(v.kind = 'noFace', e.state, NULL)`;

/**
 * Every verdict that stands with its subject, in the order made, as they are asked for. Outer joins
 * keep the planner to that order.
 */
export function* eachVerdictWithFile(opened: ReadableCase): Generator<VerdictWithFile, void, undefined> {
  const { db } = opened;
  const trackOfId = trackPlaces(opened);
  const select = query
    .selectFrom('verdict as v')
    .leftJoin('evidence as e', 'e.id', 'v.evidence_id')
    .leftJoin('face as f', 'f.id', 'v.face_id')
    .selectAll('v')
    .select(['e.relative_path as file_path', 'e.root', 'e.sha256', 'f.face_index', 'f.frame_index'])
    .select(['f.time_ms', 'f.pts', 'f.box as face_box', trackOf.as('track'), stateWithoutFace.as('state')])
    .where('v.id', 'not in', superseded)
    .orderBy('v.id');
  for (const row of db.each(select)) {
    const verdict = verdictFromRow(row);
    yield {
      verdict,
      file: {
        relativePath: row.file_path!,
        ...placeOf(db, row.root!, row.file_path!),
        sha256: row.sha256 as Sha256 | null,
      },
      leftOut: leftOutOfHeld(row.state, verdict.outcome),
      face:
        row.face_id === null
          ? null
          : {
              id: row.face_id as FaceId,
              faceIndex: row.face_index!,
              frameIndex: row.frame_index!,
              timeMs: row.time_ms!,
              pts: row.pts,
              track: row.track === null ? null : (trackOfId(row.track as TrackId) ?? null),
              box: storedJson(row.face_box!),
            },
    };
  }
}

/** Ids of every verdict that stands, in the order made. */
export function* eachVerdictId({ db }: ReadableCase): Generator<VerdictId, void, undefined> {
  const standing = query.selectFrom('verdict').select('id').where('id', 'not in', superseded).orderBy('id');
  for (const { id } of db.each(standing)) yield id as VerdictId;
}

/** Verdicts looked at between two answers of `eachLatestMoment`. */
const STRETCH = 4096;

/** When the latest verdict of each stretch of the table was made. */
export function* eachLatestMoment({ db }: ReadableCase): Generator<string, void, undefined> {
  const last = db.first(query.selectFrom('verdict').select(({ fn }) => fn.max('id').as('id')))?.id ?? 0;
  for (let from = 0; from < last; from += STRETCH) {
    const stretch = query
      .selectFrom('verdict')
      .where('id', '>', from)
      .where('id', '<=', from + STRETCH);
    const at = db.first(stretch.select(({ fn }) => fn.max('made_at').as('at')))?.at;
    if (at) yield at;
  }
}
