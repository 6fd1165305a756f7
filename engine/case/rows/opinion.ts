// Opinions of examiners. Append-only: the database itself refuses to change or delete one.
import { type SqlBool, sql } from 'kysely';
import type { EvidenceId, ExaminerId, FaceId, OpinionId, TrackId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Conclusion, Opinion, OpinionOn, Subject } from '../../../contract/opinion.ts';
import { subjectWords } from '../../../contract/subject-words.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAuditWithRows } from '../log/segment.ts';
import { personOf, trackOf, tracksLike } from './one-of.ts';
import { checkOpinion, hasSeen } from './opinion-rule.ts';
import { checkReason } from './reason-rule.ts';
import { subjectPlace } from './subject-place.ts';

const selectOpinions = () =>
  query
    .selectFrom('opinion')
    .innerJoin('examiner', (join) => join.on('examiner.id', '=', personOf('opinion.examiner_id')))
    .select([
      'opinion.id',
      'opinion.evidence_id',
      'opinion.face_id',
      'opinion.track_id',
      'examiner.name',
      'opinion.conclusion',
      'opinion.note',
      'opinion.blind',
      'opinion.given_at',
    ])
    .select('examiner.id as examiner_id')
    .select(trackOf('opinion.track_id').as('same_track'));

type Row = {
  id: number;
  evidence_id: number;
  face_id: number | null;
  track_id: number | null;
  /** The first track with the same faces. */
  same_track: number | null;
  /** The person's first row. */
  examiner_id: number;
  name: string;
  conclusion: string;
  note: string;
  blind: number;
  given_at: string;
};

/** All but whether it was a second review: that depends on what was said before it. */
type Bare = Omit<Opinion, 'secondReview'>;

const bareFromRow = (row: Row): Bare => ({
  id: row.id as OpinionId,
  evidenceId: row.evidence_id as EvidenceId,
  faceId: row.face_id as FaceId | null,
  trackId: row.track_id as TrackId | null,
  examinerId: row.examiner_id as ExaminerId,
  examinerName: row.name,
  conclusion: row.conclusion as Conclusion,
  note: row.note,
  blind: row.blind === 1,
  givenAt: row.given_at,
});

/**
 * One opinion. It is a second review where somebody else's on exactly its subject stood when it was
 * given: what was said of the subject is gone through once.
 */
function opinionFromRow({ db }: Pick<ReadableCase, 'db'>, row: Row): Opinion {
  const lastsOfOthers = query
    .selectFrom('opinion')
    .select('conclusion')
    .select(({ fn }) => fn.max('id').as('last'))
    .where(isAbout(bareFromRow(row)))
    .where(sql<SqlBool>`${personOf('opinion.examiner_id')} <> ${row.examiner_id}`)
    .where('conclusion', '<>', 'note')
    .where('id', '<', row.id)
    .groupBy(personOf('opinion.examiner_id'));
  return {
    ...bareFromRow(row),
    secondReview: db.all(lastsOfOthers).some(({ conclusion }) => conclusion !== 'withdrawn'),
  };
}

/**
 * Opinions from rows in the order given, in which every subject has all of its rows: who has an
 * opinion on each that stands is kept, so that a million on one face are gone through once. Of files
 * that one examiner alone spoke of nothing is kept.
 */
function* opinionsFromRows(
  rows: Iterable<Row>,
  ofSeveral: (file: number) => boolean,
): Generator<Opinion, void, undefined> {
  const standing = new Map<string, Set<number>>();
  for (const row of rows) {
    const { evidence_id, face_id, same_track, examiner_id, conclusion } = row;
    if (!ofSeveral(evidence_id)) {
      yield { ...bareFromRow(row), secondReview: false };
      continue;
    }
    const subject = `${evidence_id} ${face_id} ${same_track}`;
    const said = standing.get(subject) ?? new Set();
    yield { ...bareFromRow(row), secondReview: said.size > (said.has(examiner_id) ? 1 : 0) };
    if (conclusion === 'withdrawn') said.delete(examiner_id);
    else if (conclusion !== 'note') said.add(examiner_id);
    standing.set(subject, said);
  }
}

type Who = Pick<Examiner, 'id' | 'name'>;
/**
 * `note` undefined: that of an opinion that says the same already, else none. `blind`: whether the
 * score is hidden at this moment.
 */
export type Given = Subject & { conclusion: Conclusion; note?: string | undefined; blind: boolean };
/** `entered` false: it would have changed nothing. */
export type Entered = { opinion: Opinion; before: Opinion | null; entered: boolean };

/**
 * Enters an opinion and its audit entry; one that would change nothing is not entered, and the
 * standing one is given back. Throws NOT_FOUND for a subject the case does not have,
 * OPINION_REFUSED (opinion-rule.ts), REASON_NEEDED (reason-rule.ts).
 */
export function giveOpinion(
  opened: WritableCase,
  examiner: Who,
  given: Given,
  more: Record<string, unknown> = {},
): Entered {
  return opened.db.transaction(() => {
    const before = ownStanding(opened, examiner.id, given);
    checkOpinion(opened, examiner, given, before);
    const same = before?.conclusion === given.conclusion;
    const note = given.note ?? (same ? before.note : '');
    if (same && note === before.note) return { opinion: before, before, entered: false };
    const blind = given.blind && !hasSeen(opened, examiner, given);
    // Who has seen the score is asked, however it is hidden now.
    checkReason(opened, examiner, { ...given, note, blind }, before);
    const held = heldByTrack(opened, examiner.id, given);
    const opinion = insert(opened, examiner, { ...given, note, blind });
    const fromTrack = held && given.conclusion !== 'note' ? { fromTrack: held } : {};
    enterInLog(opened, opinion, ACTIONS[given.conclusion] ?? 'opinion.given', before, { ...fromTrack, ...more });
    return { opinion, before: before ?? null, entered: true };
  });
}

/**
 * The same of several subjects, each with its own entry, which says with how many it was given at
 * once; all of them or none. Throws as `giveOpinion`, naming the subject that it is about.
 */
export function giveOpinions(opened: WritableCase, examiner: Who, given: readonly Given[]): Entered[] {
  return opened.db.transaction(() =>
    given.map((one) => {
      try {
        return giveOpinion(opened, examiner, one, { together: given.length });
      } catch (error) {
        throw named(opened, one, error);
      }
    }),
  );
}

/** What the rules refuse of one among several says which one. */
function named(opened: ReadableCase, subject: Subject, error: unknown): unknown {
  if (!(error instanceof RecceError) || !['OPINION_REFUSED', 'REASON_NEEDED'].includes(error.code)) return error;
  return new RecceError(error.code, error.subject, `${subjectWords(subjectPlace(opened, subject))}: ${error.detail}`);
}

/** Entries of the log that stand for a row of `opinion`, one each. */
export const OPINION_ACTIONS = ['opinion.given', 'opinion.withdrawn', 'opinion.undone', 'opinion.noted'] as const;
const ACTIONS: Partial<Record<Conclusion, (typeof OPINION_ACTIONS)[number]>> = {
  withdrawn: 'opinion.withdrawn',
  note: 'opinion.noted',
};

/**
 * What an examiner's own opinion on a subject says now, as every screen shows it: of a face also where it
 * was given on its track. Null where none stands.
 */
export function standingConclusion(opened: ReadableCase, examinerId: ExaminerId, subject: Subject): Conclusion | null {
  const { evidenceId, faceId, trackId } = subject;
  const at = query
    .selectFrom('current_opinion')
    .select('conclusion')
    .where('evidence_id', '=', evidenceId)
    .where('face_id', '=', faceId ?? 0)
    .where('examiner_id', '=', personOf(examinerId));
  const own = trackId == null ? opened.db.first(at) : ownStanding(opened, examinerId, subject);
  return own && own.conclusion !== 'withdrawn' ? (own.conclusion as Conclusion) : null;
}

/**
 * Enters what the examiner said before `id`, or a withdrawal where that was nothing. Throws
 * OPINION_REFUSED where it is not this examiner's, something else was said since, or is a note;
 * REASON_NEEDED where it was given blind and the score has been seen since.
 */
export function undoOpinion(
  opened: WritableCase,
  examiner: Who,
  { id, note }: { id: OpinionId; note?: string | undefined },
  more: Record<string, unknown> = {},
): Entered {
  return opened.db.transaction(() => {
    const last = findOpinion(opened, id);
    const standing = last && ownStanding(opened, examiner.id, last);
    if (last?.conclusion === 'note') throw refused('The last entry was a note, and a note stays.');
    if (!last || !standing || !saysSame(standing, last)) throw refused('Something else was said of it since.');
    const earlier = ownBefore(opened, last!);
    const conclusion = earlier?.conclusion ?? 'withdrawn';
    const given = { ...subjectOf(last!), conclusion, note: note ?? earlier?.note ?? '', blind: false };
    checkReason(opened, examiner, { ...given, note: note ?? '' }, standing, 'undo');
    checkOpinion(opened, examiner, given, standing);
    const opinion = insert(opened, examiner, given);
    enterInLog(opened, opinion, 'opinion.undone', standing, { undoes: id, ...more });
    return { opinion, before: standing, entered: true };
  });
}

/** Several at once: all or none; the last given is undone first. */
export function undoOpinions(
  opened: WritableCase,
  examiner: Who,
  { ids, note }: { ids: readonly OpinionId[]; note?: string | undefined },
): Entered[] {
  const more = ids.length > 1 ? { together: ids.length } : {};
  return opened.db.transaction(() => ids.toReversed().map((id) => undoOpinion(opened, examiner, { id, note }, more)));
}

/** What came since and was undone leaves another entry, which says the same. */
const saysSame = (one: Opinion, other: Opinion): boolean =>
  one.conclusion === other.conclusion && one.note === other.note;

const refused = (why: string): RecceError => new RecceError('OPINION_REFUSED', '', why);

const subjectOf = ({ evidenceId, faceId, trackId }: Opinion): Subject => ({ evidenceId, faceId, trackId });

function insert({ db, clock }: WritableCase, { id }: Who, given: Given & { note: string }): Opinion {
  const row = db.run(
    query.insertInto('opinion').values({
      evidence_id: given.evidenceId,
      face_id: given.faceId,
      ...(given.trackId == null ? {} : { track_id: given.trackId }),
      examiner_id: personOf(id),
      conclusion: given.conclusion,
      note: given.note,
      blind: given.blind ? 1 : 0,
      given_at: clock(),
    }),
  );
  return opinionFromRow({ db }, db.first(selectOpinions().where('opinion.id', '=', row.id))! as Row);
}

function enterInLog(
  opened: WritableCase,
  opinion: Opinion,
  action: (typeof OPINION_ACTIONS)[number],
  before: Opinion | undefined,
  more: Record<string, unknown> = {},
): void {
  const { evidenceId, faceId, trackId, conclusion, note, blind, secondReview } = opinion;
  const entry = {
    who: opinion.examinerName,
    action,
    subject: subjectWords(subjectPlace(opened, opinion)),
    details: {
      evidenceId,
      faceId,
      ...(trackId === null ? {} : { trackId }),
      from: before?.conclusion ?? null,
      to: conclusion,
      note,
      blind,
      secondReview,
      ...more,
    },
  };
  appendAuditWithRows(opened, entry, 'opinion', opinion.id);
}

/** SQL for: the opinion is about exactly this subject; a track is its faces, whoever scanned it. */
const isAbout = ({ evidenceId, faceId, trackId }: Subject) =>
  trackId == null
    ? sql<SqlBool>`opinion.evidence_id = ${evidenceId} AND opinion.face_id IS ${faceId} AND opinion.track_id IS NULL`
    : sql<SqlBool>`opinion.evidence_id = ${evidenceId} AND opinion.track_id IN ${tracksLike(trackId)}`;

/** SQL for: it is one of this person's, in whichever spelling of their name. */
const isBy = (examinerId: ExaminerId) => sql<SqlBool>`${personOf('opinion.examiner_id')} = ${personOf(examinerId)}`;

/** The last that is no note; no other is read. */
function lastOf(db: ReadableCase['db'], own: ReturnType<typeof selectOpinions>): Opinion | undefined {
  const row = db.first(own.where('opinion.conclusion', '<>', 'note').orderBy('opinion.id', 'desc').limit(1));
  return row && opinionFromRow({ db }, row as Row);
}

/**
 * What this person said last of exactly this subject, a withdrawal included and notes not;
 * undefined where they said nothing.
 */
function ownStanding({ db }: ReadableCase, examinerId: ExaminerId, subject: Subject): Opinion | undefined {
  const own = selectOpinions().where(isAbout(subject)).where(isBy(examinerId));
  return lastOf(db, own);
}

/** What this person says of a face by an opinion on its track, where that is what holds for it. */
function heldByTrack({ db }: ReadableCase, examinerId: ExaminerId, { evidenceId, faceId }: Subject) {
  if (faceId === null) return undefined;
  const held = query
    .selectFrom('current_opinion')
    .select('conclusion')
    .where('evidence_id', '=', evidenceId)
    .where('face_id', '=', faceId)
    .where('examiner_id', '=', personOf(examinerId))
    .where('track_id', 'is not', null)
    .where('conclusion', '<>', 'withdrawn');
  return db.first(held)?.conclusion;
}

/** What the giver of an opinion had said of its subject before. */
function ownBefore({ db }: ReadableCase, opinion: Opinion): Opinion | undefined {
  const own = selectOpinions().where(isAbout(opinion)).where(isBy(opinion.examinerId));
  return lastOf(db, own.where('opinion.id', '<', opinion.id));
}

/** Undefined where there is none such. */
export function findOpinion({ db }: ReadableCase, id: OpinionId): Opinion | undefined {
  const row = db.first(selectOpinions().where('opinion.id', '=', id));
  return row && opinionFromRow({ db }, row as Row);
}

/**
 * Every opinion on a subject, oldest first; of a face those on its tracks too, of a track those on
 * tracks with the same faces.
 */
export function opinionsOf({ db }: ReadableCase, subject: Subject): OpinionOn[] {
  const { evidenceId, faceId, trackId } = subject;
  const ofFile = selectOpinions().where('opinion.evidence_id', '=', evidenceId);
  const about =
    faceId === null
      ? ofFile.where(isAbout(subject))
      : ofFile.where(
          sql<SqlBool>`(opinion.face_id = ${faceId} OR opinion.track_id IN
            (SELECT track_id FROM track_face WHERE face_id = ${faceId}))`,
        );
  const opinions = [...opinionsFromRows(db.each(about.orderBy('opinion.id')) as Iterable<Row>, () => true)];
  const holding = trackId == null ? holdingAt(db, subject) : lastWords(opinions);
  return opinions.map((one) => ({ ...one, holds: holding.has(one.id) }));
}

/** What everybody says of a face or of a whole file now. */
const holdingAt = (db: ReadableCase['db'], { evidenceId, faceId }: Subject): ReadonlySet<OpinionId> => {
  const at = query.selectFrom('current_opinion').select('opinion_id').where('evidence_id', '=', evidenceId);
  const holding = at.where('face_id', '=', faceId ?? 0).where('conclusion', '<>', 'withdrawn');
  return new Set(db.all(holding).map(({ opinion_id }) => opinion_id as OpinionId));
};

/** Of opinions on one track what everybody said last, unless that was a withdrawal. */
function lastWords(opinions: readonly Opinion[]): ReadonlySet<OpinionId> {
  const last = new Map(opinions.filter(isNoNote).map((one) => [one.examinerId, one]));
  return new Set([...last.values()].flatMap(({ id, conclusion }) => (conclusion === 'withdrawn' ? [] : [id])));
}
const isNoNote = ({ conclusion }: Opinion): boolean => conclusion !== 'note';

/** Every opinion, in the order given, as they are asked for. */
export function* eachOpinion({ db }: ReadableCase): Generator<Opinion, void, undefined> {
  const several = query
    .selectFrom('opinion')
    .select('evidence_id')
    .groupBy('evidence_id')
    .having(({ fn, eb }) => eb(fn.min('examiner_id'), '<>', fn.max('examiner_id')));
  const files = new Set(db.all(several).map(({ evidence_id }) => evidence_id));
  yield* opinionsFromRows(db.each(selectOpinions().orderBy('opinion.id')) as Iterable<Row>, (file) => files.has(file));
}

/**
 * An opinion that stands, once for each face it holds for; `faceId` is null for one on a whole
 * file.
 */
export type StandingRow = { opinion: OpinionId; faceId: FaceId | null; conclusion: Conclusion };

/**
 * What counts as an opinion: no note, no withdrawal, nothing superseded. By opinion, then by face.
 */
export function* eachStanding({ db }: ReadableCase): Generator<StandingRow, void, undefined> {
  const rows = query
    .selectFrom('current_opinion')
    .select(['opinion_id', 'face_id', 'conclusion'])
    .where('conclusion', '<>', 'withdrawn')
    .orderBy('opinion_id')
    .orderBy('face_id');
  for (const { opinion_id, face_id, conclusion } of db.each(rows))
    yield {
      opinion: opinion_id as OpinionId,
      faceId: (face_id || null) as FaceId | null,
      conclusion: conclusion as Conclusion,
    };
}

export const allOpinions = (opened: ReadableCase): Opinion[] => [...eachOpinion(opened)];

/**
 * What every examiner says of each face now, withdrawals left out; one on a track at each of its
 * faces, as if given there.
 */
export const standingOnFaces = ({ db }: ReadableCase): Bare[] =>
  db
    .all(
      selectOpinions()
        .innerJoin('current_opinion as c', 'c.opinion_id', 'opinion.id')
        .select('c.face_id as stands_at')
        .where('c.face_id', '>', 0)
        .where('c.conclusion', '<>', 'withdrawn')
        .orderBy('opinion.id'),
    )
    .map((row) => ({ ...bareFromRow(row as Row), faceId: row.stands_at as FaceId }));

/** The last `limit` different notes of an examiner, newest first. */
export const lastReasons = ({ db }: ReadableCase, examinerId: ExaminerId, limit: number): string[] =>
  db
    .all(
      query
        .selectFrom('opinion')
        .select('note')
        .where(isBy(examinerId))
        .where('note', '<>', '')
        .groupBy('note')
        .orderBy(({ fn }) => fn.max('id'), 'desc')
        .limit(limit),
    )
    .map(({ note }) => note);

/**
 * How many opinions stand: superseded and withdrawn ones and notes do not count, one on a track
 * counts once.
 */
export const countStanding = ({ db }: Pick<ReadableCase, 'db'>): number =>
  Number(
    db.first(
      query.selectNoFrom(
        sql<number>`(SELECT count(*) FROM current_opinion WHERE track_id IS NULL AND conclusion <> 'withdrawn')
            + (SELECT count(DISTINCT opinion_id) FROM current_opinion WHERE track_id IS NOT NULL AND conclusion <> 'withdrawn')`.as(
          'n',
        ),
      ),
    )!.n,
  );
