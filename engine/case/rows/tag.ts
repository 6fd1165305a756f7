// Tags of a case: how each is defined, and what it is on. Append-only: a tag taken off is a row of its
// own, and what stands is kept by a trigger (current_tag). Whatever is done at once is one entry.
import type { EvidenceId, ExaminerId, FaceId, TagId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import { isSameName, nameAsKept } from '../../../contract/examiner-name.ts';
import type { FindingFilter } from '../../../contract/finding.ts';
import { subjectWords } from '../../../contract/subject-words.ts';
import {
  MOST_TAGS,
  NO_OPINION_BY_TAG,
  nextTagColour,
  SHORTLIST,
  saysOpinion,
  type Tag,
  type Taggable,
  type TagOn,
  tagColourSchema,
} from '../../../contract/tag.ts';
import { CONCLUSION_WORDS } from '../../../contract/wording.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAuditWithRows } from '../log/segment.ts';
import { getEvidence } from './evidence.ts';
import { findFace } from './face.ts';
import { personOf } from './one-of.ts';
import { subjectPlace } from './subject-place.ts';

type Who = Pick<Examiner, 'id' | 'name'>;
/** One that has a row. */
export type DefinedTag = Tag & { id: TagId };

/** Entries of the log that stand for rows of `tagging`, one for all that was done at once. */
export const TAGGING_ACTIONS = ['tag.added', 'tag.removed', 'tag.undone'] as const;

const UNUSED_SHORTLIST: Tag = { id: null, name: SHORTLIST, colour: 'blue', key: null };

/** Those that were defined, in the order of that. */
export function definedTags({ db }: ReadableCase): DefinedTag[] {
  const tags: DefinedTag[] = [];
  for (const { id, name, colour, key } of db.all(query.selectFrom('tag').selectAll().orderBy('id'))) {
    const at = tags.findIndex((one) => isSameName(one.name, name));
    // A colour that is none here was written by somebody else: verify names it.
    const said = { name, colour: tagColourSchema.catch('grey').parse(colour), key };
    if (at < 0) tags.push({ id: id as TagId, ...said });
    else tags[at] = { ...said, id: tags[at]!.id, name: tags[at]!.name };
  }
  return tags;
}

/** The shortlist first, be it used or not. */
export function listTags(opened: ReadableCase): Tag[] {
  const tags = definedTags(opened);
  const shortlist = tags.find(({ name }) => isSameName(name, SHORTLIST)) ?? UNUSED_SHORTLIST;
  return [shortlist, ...tags.filter((one) => one !== shortlist)];
}

/** Throws TAG_REFUSED where the case has no such tag. */
export function getTag(opened: ReadableCase, name: string): DefinedTag {
  const tag = definedTags(opened).find((one) => isSameName(one.name, name));
  if (!tag) throw refused(name, 'The case has no tag of this name.');
  return tag;
}

const refused = (name: string, why: string): RecceError => new RecceError('TAG_REFUSED', name, why);

/** What an opinion says, and no tag. */
const RESERVED = Object.values(CONCLUSION_WORDS);

type Wanted = { name: string } & Partial<Pick<Tag, 'colour' | 'key'>>;

/**
 * The tag of that name with this colour and key, defined or changed where it is otherwise; what is
 * undefined stays as it is. Throws TAG_REFUSED for a name that says what an opinion says, a key of
 * another tag, and one tag more than MOST_TAGS.
 */
export function defineTag(opened: WritableCase, examiner: Who, { name: typed, colour, key }: Wanted): DefinedTag {
  const tags = definedTags(opened);
  const known = tags.find((one) => isSameName(one.name, typed));
  const name = known?.name ?? (isSameName(typed, SHORTLIST) ? SHORTLIST : nameAsKept(typed));
  const next = {
    name,
    colour: colour ?? known?.colour ?? (name === SHORTLIST ? UNUSED_SHORTLIST.colour : nextTagColour(listTags(opened))),
    key: key === undefined ? (known?.key ?? null) : key,
  };
  if (known && known.colour === next.colour && known.key === next.key) return known;
  // One of an earlier version may bear such a name: it stays, and can be taken off.
  if (!known && (saysOpinion(name) || RESERVED.some((one) => isSameName(one, name))))
    throw refused(name, NO_OPINION_BY_TAG);
  const holder = tags.find((one) => one !== known && next.key !== null && one.key === next.key);
  if (holder) throw refused(name, `The tag ${holder.name} has the key ${next.key}. Choose another one.`);
  if (!known && tags.length >= MOST_TAGS) throw refused(name, `A case has at most ${MOST_TAGS} tags.`);
  return opened.db.transaction(() => {
    const values = { ...next, examiner_id: personOf(examiner.id), defined_at: opened.clock() };
    const { id } = opened.db.run(query.insertInto('tag').values(values));
    const from = known ? { colour: known.colour, key: known.key } : null;
    const entry = { who: examiner.name, action: 'tag.defined', subject: name, details: { ...next, from } };
    appendAuditWithRows(opened, entry, 'tag', id);
    return { ...next, id: known?.id ?? (id as TagId) };
  });
}

/** Marks that stand, of whom: a mark of another may not be seen in blind review. */
type Seen = (subject: Taggable, examinerId: ExaminerId) => boolean;

export type Tagging = {
  tag: DefinedTag;
  on: boolean;
  /** Rows with ids above `from` up to `to`; none where nothing was changed. */
  from: number;
  to: number;
  /** Subjects on which something was changed. */
  changed: number;
};

/**
 * Puts a tag on subjects or takes it off, as one entry. A mark that is seen on a subject is not put
 * there again; taken off are all that are seen. `asked`: the filter that chose the subjects. Throws
 * NOT_FOUND for a subject that the case does not have.
 */
export function tagSubjects(
  opened: WritableCase,
  examiner: Who,
  tag: DefinedTag,
  {
    subjects,
    on,
    seen,
    asked,
  }: { subjects: readonly Taggable[]; on: boolean; seen: Seen; asked?: FindingFilter | undefined },
): Tagging {
  const { db } = opened;
  return db.transaction(() => {
    if (!asked) for (const subject of subjects) checkSubject(opened, subject);
    const me = personNumber(opened, examiner);
    const marks = db.raw
      .prepare('SELECT examiner_id FROM current_tag WHERE evidence_id = ? AND face_id = ? AND tag_id = ?')
      .pluck();
    const changes: Change[] = [];
    for (const { evidenceId, faceId } of subjects) {
      const there = (marks.all(evidenceId, faceId ?? 0, tag.id) as ExaminerId[]).filter((one) =>
        seen({ evidenceId, faceId }, one),
      );
      if (on && there.length === 0) changes.push({ evidenceId, faceId, whose: me });
      if (!on) changes.push(...there.map((whose) => ({ evidenceId, faceId, whose })));
    }
    return enter(opened, examiner, tag, {
      changes,
      on,
      action: on ? 'tag.added' : 'tag.removed',
      more: asked ? { filter: asked } : {},
    });
  });
}

/**
 * Takes back what was done at once, as one entry: of every mark that still is as that left it the
 * other way round. Nothing where all was changed since.
 */
export function undoTagging(opened: WritableCase, examiner: Who, { tag, on, from, to }: Tagging): Tagging {
  const { db } = opened;
  return db.transaction(() => {
    const rows = db.raw
      .prepare(
        `SELECT t.evidence_id, t.face_id, t.examiner_id FROM tagging t LEFT JOIN current_tag c ON c.evidence_id = t.evidence_id
          AND c.face_id = ifnull(t.face_id, 0) AND c.tag_id = t.tag_id AND c.examiner_id = t.examiner_id
        WHERE t.id > ? AND t.id <= ? AND ${on ? 'c.tagging_id = t.id' : 'c.tagging_id IS NULL'} ORDER BY t.id`,
      )
      .raw()
      .all(from, to) as [EvidenceId, FaceId | null, ExaminerId][];
    const changes = rows.map(([evidenceId, faceId, whose]) => ({ evidenceId, faceId, whose }));
    return enter(opened, examiner, tag, { changes, on: !on, action: 'tag.undone', more: { undoes: [from, to] } });
  });
}

type Change = Taggable & { whose: ExaminerId };

function enter(
  opened: WritableCase,
  { id, name }: Who,
  tag: DefinedTag,
  {
    changes,
    on,
    action,
    more,
  }: {
    changes: readonly Change[];
    on: boolean;
    action: (typeof TAGGING_ACTIONS)[number];
    more: Record<string, unknown>;
  },
): Tagging {
  const { db } = opened;
  const [first] = changes;
  if (!first) return { tag, on, from: 0, to: 0, changed: 0 };
  const by = personNumber(opened, { id });
  const at = opened.clock();
  const insert = db.raw.prepare(
    'INSERT INTO tagging (tag_id, evidence_id, face_id, examiner_id, standing, by_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  let to = 0;
  for (const { evidenceId, faceId, whose } of changes)
    to = Number(insert.run(tag.id, evidenceId, faceId, whose, on ? 1 : 0, by, at).lastInsertRowid);
  const from = to - changes.length;
  const changed = new Set(changes.map(({ evidenceId, faceId }) => `${evidenceId} ${faceId}`)).size;
  const { evidenceId, faceId } = first;
  const about =
    changed === 1
      ? { subject: `${tag.name}: ${subjectWords(subjectPlace(opened, first))}`, one: { evidenceId, faceId } }
      : { subject: `${tag.name}: ${changed} results`, one: {} };
  const details = { tagId: tag.id, tag: tag.name, on, subjects: changed, ...about.one, ...more };
  appendAuditWithRows(opened, { who: name, action, subject: about.subject, details }, 'tagging', from + 1);
  return { tag, on, from, to, changed };
}

const personNumber = ({ db }: ReadableCase, { id }: Pick<Examiner, 'id'>): ExaminerId =>
  db.first(query.selectNoFrom(personOf(id).as('id')))!.id as ExaminerId;

function checkSubject(opened: ReadableCase, { evidenceId, faceId }: Taggable): void {
  const { id, shownPath } = getEvidence(opened, evidenceId);
  if (faceId !== null && findFace(opened, faceId)?.evidenceId !== id)
    throw new RecceError('NOT_FOUND', `Face ${faceId}`, `It is not a face of ${shownPath}.`);
}

/** What was tagged at once, each subject once. */
export const subjectsOfTagging = ({ db }: ReadableCase, { from, to }: Tagging): Taggable[] =>
  (
    db.raw
      .prepare('SELECT DISTINCT evidence_id, face_id FROM tagging WHERE id > ? AND id <= ?')
      .raw()
      .all(from, to) as [EvidenceId, FaceId | null][]
  ).map(([evidenceId, faceId]) => ({ evidenceId, faceId }));

/** The tags on one subject, by whom, the first put there first. */
export const tagsOn = ({ db }: ReadableCase, { evidenceId, faceId }: Taggable): TagOn[] =>
  db
    .all(
      query
        .selectFrom('current_tag as c')
        .innerJoin('tagging as t', 't.id', 'c.tagging_id')
        .innerJoin('examiner as e', 'e.id', 'c.examiner_id')
        .select(['c.tag_id', 'c.examiner_id', 'e.name', 't.at'])
        .where('c.evidence_id', '=', evidenceId)
        .where('c.face_id', '=', faceId ?? 0)
        .orderBy('c.tagging_id'),
    )
    .map(({ tag_id, examiner_id, name, at }) => ({
      tagId: tag_id as TagId,
      examinerId: examiner_id as ExaminerId,
      examinerName: name,
      at,
    }));

/** Tags that are on anything, each with what it is on, in the order in which they were made. */
export const tagsWithSubjects = (opened: ReadableCase): (DefinedTag & { faces: FaceId[]; files: EvidenceId[] })[] => {
  const marks = opened.db.raw.prepare(
    'SELECT DISTINCT evidence_id, face_id FROM current_tag WHERE tag_id = ? ORDER BY face_id, evidence_id',
  );
  return definedTags(opened).flatMap((tag) => {
    const on = marks.raw().all(tag.id) as [EvidenceId, FaceId | 0][];
    const faces = on.flatMap(([, face]) => (face === 0 ? [] : [face]));
    const files = on.flatMap(([file, face]) => (face === 0 ? [file] : []));
    return on.length === 0 ? [] : [{ ...tag, faces, files }];
  });
};
