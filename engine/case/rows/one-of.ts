// One person, one track: SQL that tells several rows of a case as what they are. Cases made before
// can hold two spellings of a name; scans by several models give tracks with the same faces.
import { type RawBuilder, sql } from 'kysely';
import type { ExaminerId, TrackId } from '../../../contract/brand.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';

/** SQL for the person that an examiner's row names: the first of their rows. */
export const personOf = (examiner: string | number): RawBuilder<number> => {
  const id = typeof examiner === 'number' ? sql`${examiner}` : sql.ref(examiner);
  return sql<number>`ifnull((SELECT first_id FROM same_person WHERE examiner_id = ${id}), ${id})`;
};

/** SQL for the first of all tracks with the faces of this one. */
export const trackOf = (track: string | number): RawBuilder<number> => {
  const id = typeof track === 'number' ? sql`${track}` : sql.ref(track);
  return sql<number>`ifnull((SELECT first_id FROM same_track WHERE track_id = ${id}), ${id})`;
};

/** SQL for a list of all tracks with the faces of this one, itself among them. */
export const tracksLike = (track: number): RawBuilder<number> =>
  sql<number>`(SELECT ${trackOf(track)} UNION SELECT track_id FROM same_track WHERE first_id = ${trackOf(track)})`;

/** The first row of the person that an examiner's row names. */
export const findPerson = ({ db }: ReadableCase, id: ExaminerId): ExaminerId =>
  (db.first(query.selectFrom('same_person').select('first_id').where('examiner_id', '=', id))?.first_id ??
    id) as ExaminerId;

/** Of tracks of a case the first with the same faces, by track: those that are no such are left out. */
export const sameTracks = ({ db }: ReadableCase): Map<TrackId, TrackId> =>
  new Map(
    db.all(query.selectFrom('same_track').selectAll()).map((row) => [row.track_id as TrackId, row.first_id as TrackId]),
  );
