// The database of a case that has come from elsewhere, before it is opened as one: its rows are
// somebody else's words. What is longer than anything this workstation writes is refused, and no
// job of it goes on. The layout was held against the migrations before.
import { RecceError } from '../../../contract/errors.ts';
import { jsonTooDeep } from '../../files/stored-json.ts';
import type { CaseDatabase } from '../db/case-database.ts';
import { whyTracksAreOdd } from '../db/case-layout.ts';
import { connect } from '../db/connect.ts';
import { columnsOf } from '../log/segment.ts';
import { endAllJobs } from '../rows/job.ts';

/**
 * Characters that a column may hold: the contract's own limits, and for paths more than any system
 * has.
 */
const LONGEST: readonly [table: string, column: string, characters: number][] = [
  ['case_info', 'title', 300],
  ['case_info', 'reference', 300],
  ['examiner', 'name', 200],
  ['opinion', 'note', 10_000],
  ['tag', 'name', 60],
  ['evidence', 'path', 32_768],
  ['evidence', 'relative_path', 32_768],
  ['saved_view', 'name', 300],
  ['job', 'input', 2 ** 24],
  ['audit', 'who', 200],
  ['audit', 'subject', 2 ** 20],
  ['audit', 'details', 2 ** 24],
];

const ENDED =
  'It was queued where this case came from, and is not continued here. Start it again: what is done is passed over.';

/**
 * Throws ARCHIVE_REFUSED, naming `subject`, for rows that no case has; then ends what was to be
 * done.
 */
export function settleForeign(file: string, subject: string, at: string): void {
  const db = connect(file, false, subject);
  try {
    const odd = whatIsTooLong(db) ?? whatIsTooDeep(db) ?? whatTracksHold(db) ?? whyTracksAreOdd(db);
    if (odd) throw new RecceError('ARCHIVE_REFUSED', subject, odd);
    endAllJobs({ db }, ENDED, at);
  } finally {
    db.close();
  }
}

function whatIsTooLong(db: CaseDatabase): string | undefined {
  const { raw } = db;
  for (const [table, column, most] of LONGEST) {
    // An older version had no tags.
    if (columnsOf(db, table).length === 0) continue;
    const longest = raw.prepare(`SELECT max(length(${column})) FROM ${table}`).pluck().get() as number | null;
    if ((longest ?? 0) > most) return `its ${table} has a ${column} of ${longest} characters; ${most} are the most.`;
  }
  return undefined;
}

/** Faces of a track: two days of every frame. */
const MOST_FACES_OF_TRACK = 2 ** 22;

/** A track follows one face: it has one in a frame, and each is a face of the case. */
function whatTracksHold(db: CaseDatabase): string | undefined {
  if (columnsOf(db, 'track_face').length === 0) return undefined;
  const held = `SELECT tf.track_id, count(*) AS faces, count(DISTINCT f.frame_index) AS frames
    FROM track_face tf LEFT JOIN face f ON f.id = tf.face_id GROUP BY tf.track_id
    HAVING faces > frames OR faces > ${MOST_FACES_OF_TRACK} LIMIT 1`;
  const odd = db.raw.prepare(held).raw().get() as [number, number, number] | undefined;
  return odd && `its track ${odd[0]} holds ${odd[1]} faces in ${odd[2]} frames.`;
}

function whatIsTooDeep({ raw }: CaseDatabase): string | undefined {
  for (const [seq, details] of raw.prepare('SELECT seq, details FROM audit').raw().iterate() as Iterable<
    [number, string]
  >)
    if (jsonTooDeep(details)) return `entry ${seq} of its log is nested deeper than any that is written here.`;
  return undefined;
}
