// What may be entered as an opinion, and what an examiner has seen of the machine's score before.
import { type SqlBool, sql } from 'kysely';
import type { TrackId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Conclusion, Opinion, Subject } from '../../../contract/opinion.ts';
import { placeWords } from '../../../contract/subject-words.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { getEvidence } from './evidence.ts';
import { findFace } from './face.ts';
import { lastOpenLook } from './last-open-look.ts';
import { personOf } from './one-of.ts';
import { spanOf } from './subject-place.ts';
import { trackPlace } from './track-place.ts';

/**
 * Throws NOT_FOUND, and OPINION_REFUSED for what would say nothing or nothing that can be: a withdrawal where nothing stands, an opinion on a file without a face, "not
 * a face" of a whole file, an empty note.
 */
export function checkOpinion(
  opened: ReadableCase,
  { id }: Pick<Examiner, 'id'>,
  given: Subject & { conclusion: Conclusion; note?: string | undefined },
  standing: Opinion | undefined,
): void {
  const evidence = getEvidence(opened, given.evidenceId);
  checkSubject(opened, given, evidence);
  const { conclusion, faceId, trackId } = given;
  const refuse = (why: string): RecceError => new RecceError('OPINION_REFUSED', evidence.shownPath, why);
  if (conclusion === 'note') {
    if (!given.note?.trim()) throw refuse('A note without words says nothing. Write what is to be noted.');
    return;
  }
  if (conclusion === 'withdrawn') {
    if (!standing || standing.conclusion === 'withdrawn') throw refuse(nothingToWithdraw(opened, id, given));
    return;
  }
  if (faceId !== null || trackId != null) return;
  if (!hasFace(opened, given)) throw refuse('No face was found in this file. Write a note instead.');
  if (conclusion === 'notAFace') throw refuse('“Not a face” was said of the whole file. Choose the face that is none.');
}

/** Why a withdrawal finds nothing: what stands at a face may stand on its track. */
function nothingToWithdraw(opened: ReadableCase, examinerId: number, { evidenceId, faceId }: Subject): string {
  const standing = query
    .selectFrom('current_opinion')
    .select('track_id')
    .where('evidence_id', '=', evidenceId)
    .where('face_id', '=', faceId ?? 0)
    .where('examiner_id', '=', personOf(examinerId))
    .where('conclusion', '<>', 'withdrawn');
  const trackId = faceId === null ? null : (opened.db.first(standing)?.track_id ?? null);
  const track = trackId === null ? undefined : trackPlace(opened, trackId as TrackId);
  if (!track) return 'No opinion of yours stands here.';
  const { trackIndex } = track;
  return `Your opinion stands on ${placeWords({ trackIndex, span: spanOf(track) })}, and not on this face alone. Withdraw it there, in Videos.`;
}

function checkSubject(opened: ReadableCase, { faceId, trackId }: Subject, { id, shownPath }: Evidence): void {
  if (faceId !== null && findFace(opened, faceId)?.evidenceId !== id)
    throw new RecceError('NOT_FOUND', `Face ${faceId}`, `It is not a face of ${shownPath}.`);
  if (trackId == null) return;
  const of = query.selectFrom('track as t').innerJoin('video_scan as s', 's.id', 't.video_scan_id');
  if (faceId !== null || opened.db.first(of.select('s.evidence_id').where('t.id', '=', trackId))?.evidence_id !== id)
    throw new RecceError('NOT_FOUND', `Track ${trackId}`, `It is not a track of ${shownPath}.`);
}

const hasFace = ({ db }: ReadableCase, { evidenceId }: Subject): boolean =>
  db.first(query.selectFrom('face').select('id').where('evidence_id', '=', evidenceId).limit(1)) !== undefined;

/**
 * True where this examiner can have seen a score of the subject before. Either an earlier opinion
 * of theirs has uncovered one: on itself, on the track it is in, on something in it, or on a track of
 * another scan that has a face of it (a withdrawal hides the score again; it is not unseen). What was
 * said of a whole file uncovers no face of it. Or a verdict on it was there while they looked at the case without blindness.
 */
export function hasSeen(opened: ReadableCase, examiner: Pick<Examiner, 'id' | 'name'>, subject: Subject): boolean {
  return hasUncovered(opened, examiner, subject) || wasShown(opened, examiner, subject);
}

function hasUncovered(
  { db }: ReadableCase,
  { id }: Pick<Examiner, 'id'>,
  { evidenceId, faceId, trackId }: Subject,
): boolean {
  const said = query
    .selectFrom('opinion as o')
    .select('o.id')
    .where('o.evidence_id', '=', evidenceId)
    .where(sql<SqlBool>`${personOf('o.examiner_id')} = ${personOf(id)}`)
    .where('o.conclusion', 'not in', ['withdrawn', 'note'])
    .limit(1);
  return db.first(said.where(touches(faceId, trackId ?? null))) !== undefined;
}

/** True where results of the case were there while this name looked at it without blindness. */
export function hasLookedOpenly(opened: ReadableCase, name: string): boolean {
  const until = lastOpenLook(opened, name);
  if (until === undefined) return false;
  const [first] = opened.db.all(query.selectFrom('verdict').select('made_at').orderBy('id').limit(1));
  return first !== undefined && first.made_at <= until;
}

/**
 * Of a track or a whole file every verdict of the file counts: what was shown of it cannot be told
 * apart any more.
 */
function wasShown(opened: ReadableCase, { name }: Pick<Examiner, 'name'>, { evidenceId, faceId }: Subject): boolean {
  const until = lastOpenLook(opened, name);
  if (until === undefined) return false;
  const there = query
    .selectFrom('verdict')
    .select('id')
    .where('evidence_id', '=', evidenceId)
    .where('made_at', '<=', until)
    .limit(1);
  return opened.db.first(faceId === null ? there : there.where('face_id', '=', faceId)) !== undefined;
}

/** SQL for: opinion `o` is on the subject, or in part on the same faces; a whole file is itself alone. */
export function sharesFaces(faceId: number | null, trackId: number | null) {
  if (trackId !== null)
    return sql<SqlBool>`(o.track_id = ${trackId}
      OR o.face_id IN (SELECT face_id FROM track_face WHERE track_id = ${trackId})
      OR o.track_id IN (SELECT track_id FROM track_face WHERE face_id IN
        (SELECT face_id FROM track_face WHERE track_id = ${trackId})))`;
  if (faceId !== null)
    return sql<SqlBool>`(o.face_id = ${faceId}
      OR o.track_id IN (SELECT track_id FROM track_face WHERE face_id = ${faceId}))`;
  return WHOLE_FILE;
}

const WHOLE_FILE = sql<SqlBool>`(o.face_id IS NULL AND o.track_id IS NULL)`;

const touches = (faceId: number | null, trackId: number | null) =>
  faceId === null && trackId === null ? sql<SqlBool>`1` : sharesFaces(faceId, trackId);
