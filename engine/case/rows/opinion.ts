// Opinions of examiners, and who they are. Append-only: the database itself refuses to change or delete one.
import { sql } from 'kysely';
import type { EvidenceId, ExaminerId, FaceId, OpinionId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Conclusion, Opinion, Subject } from '../../../contract/opinion.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAuditWithRows } from '../log/segment.ts';
import { getEvidence } from './evidence.ts';
import { findFace } from './face.ts';
import { checkReason } from './reason-rule.ts';

export const listExaminers = ({ db }: ReadableCase): Examiner[] =>
  db
    .all(query.selectFrom('examiner').selectAll().orderBy('id'))
    .map((row) => ({ id: row.id as ExaminerId, name: row.name, addedAt: row.added_at }));

/** The examiner of that name, added when new. */
export function addExaminer(opened: WritableCase, name: string): Examiner {
  const { db } = opened;
  return db.transaction(() => {
    const known = listExaminers(opened).find((one) => one.name === name);
    if (known) return known;
    const { id } = db.run(query.insertInto('examiner').values({ name, added_at: opened.clock() }));
    const entry = { who: name, action: 'examiner.added', subject: name, details: {} };
    appendAuditWithRows(opened, entry, 'examiner', id);
    return listExaminers(opened).find((one) => one.name === name)!;
  });
}

const selectOpinions = () =>
  query
    .selectFrom('opinion')
    .innerJoin('examiner', 'examiner.id', 'opinion.examiner_id')
    .select([
      'opinion.id',
      'opinion.evidence_id',
      'opinion.face_id',
      'opinion.examiner_id',
      'examiner.name',
      'opinion.conclusion',
      'opinion.note',
      'opinion.blind',
      'opinion.given_at',
    ])
    .select(
      sql<number>`EXISTS (SELECT 1 FROM opinion o WHERE o.evidence_id = opinion.evidence_id AND o.face_id IS opinion.face_id
        AND o.id < opinion.id AND o.examiner_id <> opinion.examiner_id)`.as('second_review'),
    )
    .orderBy('opinion.id');

type Row = {
  id: number;
  evidence_id: number;
  face_id: number | null;
  examiner_id: number;
  name: string;
  conclusion: string;
  note: string;
  blind: number;
  second_review: number;
  given_at: string;
};

const opinionFromRow = (row: Row): Opinion => ({
  id: row.id as OpinionId,
  evidenceId: row.evidence_id as EvidenceId,
  faceId: row.face_id as FaceId | null,
  examinerId: row.examiner_id as ExaminerId,
  examinerName: row.name,
  conclusion: row.conclusion as Conclusion,
  note: row.note,
  blind: row.blind === 1,
  secondReview: row.second_review === 1,
  givenAt: row.given_at,
});

/** Enters an opinion and its audit entry. Throws NOT_FOUND for a subject the case does not have, REASON_NEEDED (reason-rule.ts). */
export function giveOpinion(
  opened: WritableCase,
  examiner: Examiner,
  given: Subject & { conclusion: Conclusion; note: string; blind: boolean },
): Opinion {
  const { db } = opened;
  const evidence = getEvidence(opened, given.evidenceId);
  if (given.faceId !== null && findFace(opened, given.faceId)?.evidenceId !== evidence.id)
    throw new RecceError('NOT_FOUND', `face ${given.faceId}`, `it is not a face of ${evidence.shownPath}.`);
  checkReason(opened, given);
  return db.transaction(() => {
    const before = lastConclusion(opened, examiner.id, given);
    const { id } = db.run(
      query.insertInto('opinion').values({
        evidence_id: given.evidenceId,
        face_id: given.faceId,
        examiner_id: examiner.id,
        conclusion: given.conclusion,
        note: given.note,
        blind: given.blind ? 1 : 0,
        given_at: opened.clock(),
      }),
    );
    const opinion = opinionFromRow(db.first(selectOpinions().where('opinion.id', '=', id))! as Row);
    const entry = {
      who: examiner.name,
      action: 'opinion.given',
      subject: evidence.shownPath,
      details: {
        evidenceId: given.evidenceId,
        faceId: given.faceId,
        from: before,
        to: given.conclusion,
        note: given.note,
        blind: given.blind,
        secondReview: opinion.secondReview,
      },
    };
    appendAuditWithRows(opened, entry, 'opinion', id);
    return opinion;
  });
}

/** What an examiner said last of a subject, null before they have said anything. */
function lastConclusion({ db }: ReadableCase, examinerId: ExaminerId, { evidenceId, faceId }: Subject): string | null {
  const own = query
    .selectFrom('opinion')
    .select('conclusion')
    .where('evidence_id', '=', evidenceId)
    .where('face_id', 'is', faceId)
    .where('examiner_id', '=', examinerId);
  return db.first(own.orderBy('id', 'desc').limit(1))?.conclusion ?? null;
}

/** Every opinion on a subject, oldest first. */
export function opinionsOf({ db }: ReadableCase, { evidenceId, faceId }: Subject): Opinion[] {
  const select = selectOpinions().where('opinion.evidence_id', '=', evidenceId);
  return db
    .all(faceId === null ? select.where('opinion.face_id', 'is', null) : select.where('opinion.face_id', '=', faceId))
    .map((row) => opinionFromRow(row as Row));
}

/** Every opinion, in the order given, as they are asked for. */
export function* eachOpinion({ db }: ReadableCase): Generator<Opinion, void, undefined> {
  for (const row of db.each(selectOpinions())) yield opinionFromRow(row as Row);
}

export const allOpinions = (opened: ReadableCase): Opinion[] => [...eachOpinion(opened)];
