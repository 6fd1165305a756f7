// Masks: which files, verdicts or cells a condition holds for, as one byte an id. Engine process.
//
// [Note: masks] Whether a row's file is one of 200,000 whose path matches is asked of a million
// rows. A list looked up in (IN, a temporary table) costs a search a row, 300 to 500 ms in all; the
// byte at the row's id in a bound blob costs 20 to 50 ms.
import { type Expression, type SqlBool, sql } from 'kysely';
import type { ExaminerId, ModelId, TagId } from '../../../contract/brand.ts';
import { SCORE_BINS } from '../../../contract/finding.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import { cachedUntilWrite } from '../db/cached-until-write.ts';
import { type CaseDatabase, query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { maskLength } from '../db/mask-length.ts';
import { rootsEnding, rootsNamed } from '../rows/exhibit.ts';
import { idsNamed } from '../rows/name-search.ts';
import { superseded } from '../rows/verdict.ts';
import type { Viewer } from './finding-filter.ts';

/** 1 at every id that is in it; ids beyond its end are not. */
export type Mask = Uint8Array;

/**
 * Below this share of all, those that match are found one by one; above it, all are looked at in
 * order.
 */
export const FEW = 1 / 20;

/** SQL for: the number is in the mask. */
export const isIn = (mask: Mask, column: ReturnType<typeof sql>): Expression<SqlBool> =>
  sql<SqlBool>`substr(${mask}, ${column} + 1, 1) = x'01'`;
export const isNotIn = (mask: Mask, column: ReturnType<typeof sql>): Expression<SqlBool> =>
  sql<SqlBool>`substr(${mask}, ${column} + 1, 1) <> x'01'`;

export function maskOf(length: number, ids: Iterable<number>): Mask {
  const mask = Buffer.alloc(length);
  for (const id of ids) mask[id] = 1;
  return mask;
}

/** The mask of these small numbers. */
export const maskOfNumbers = (numbers: readonly number[]): Mask =>
  maskOf(numbers.reduce((a, b) => Math.max(a, b), -1) + 1, numbers);

/**
 * Ids that a query gives in its one column; all at once, which takes a third of the time of one
 * after the other.
 */
function idsOf(
  { raw }: CaseDatabase,
  builder: { compile(): { sql: string; parameters: readonly unknown[] } },
): number[] {
  const { sql, parameters } = builder.compile();
  return raw
    .prepare(sql)
    .pluck()
    .all(...parameters) as number[];
}

/** As a path is shown, the exhibit's name before it: `seizure/films/clip`. */
function namedAcross(db: CaseDatabase, text: string): number[] {
  const [head = '', ...tail] = text.split('/');
  const roots = tail.length === 0 || head === '' ? [] : rootsEnding(db, head);
  if (roots.length === 0) return [];
  const inside = new Set(idsOf(db, query.selectFrom('evidence').select('id').where('root', 'in', roots)));
  const rest = tail.join('/');
  return rest === '' ? [...inside] : idsNamed(db, rest, true).filter((id) => inside.has(id));
}

/**
 * Files whose path within the case, or whose exhibit's name, or both as they are shown, contain the text, without regard to
 * case and composition (rows/name-search.ts); `few`: their ids, where they are few.
 */
export const filesNamed = (db: CaseDatabase, text: string): { mask: Mask; few: readonly number[] | undefined } =>
  cachedUntilWrite(db, ['filesNamed', text], () => {
    const byPath = idsNamed(db, text);
    const roots = rootsNamed(db, text);
    const ofExhibits = query.selectFrom('evidence').select('id').where('root', 'in', roots);
    const across = namedAcross(db, text);
    const ids =
      roots.length + across.length === 0
        ? byPath
        : [...new Set([...byPath, ...(roots.length === 0 ? [] : idsOf(db, ofExhibits)), ...across])];
    const length = maskLength(db, 'evidence');
    return { mask: maskOf(length, ids), few: ids.length < FEW * length ? ids : undefined };
  });

/** Verdicts that no longer stand, and how many; undefined where there is none. */
export const supersededVerdicts = (db: CaseDatabase): { mask: Mask; count: number } | undefined =>
  cachedUntilWrite(db, ['supersededVerdicts'], () => {
    const ids = idsOf(db, superseded);
    return ids.length === 0 ? undefined : { mask: maskOf(maskLength(db, 'verdict'), ids), count: ids.length };
  });

/** Leanings in cells, each with SCORE_BINS of them; scores without a leaning come behind. */
const WITH_LEANING = 3 * SCORE_BINS;

/**
 * Verdicts on faces of which several models say different leanings: every model's, also that of one
 * that gave none. A composite counts as a model.
 */
export const disagreed = (db: CaseDatabase): Mask =>
  cachedUntilWrite(db, ['disagreed'], () => {
    const gone = supersededVerdicts(db);
    const stands = gone ? sql`AND ${isNotIn(gone.mask, sql`d.id`)}` : sql``;
    const ids = idsOf(
      db,
      query
        .selectFrom(sql<VerdictInFile>`verdict`.as<'v'>(sql`v INDEXED BY verdict_by_file`))
        .select('v.id')
        .where(
          sql<SqlBool>`(v.evidence_id, v.face_id) IN (
            SELECT d.evidence_id, d.face_id FROM verdict d INDEXED BY verdict_by_file
            WHERE d.face_id IS NOT NULL AND d.cell < ${sql.lit(WITH_LEANING)} ${stands}
            GROUP BY d.evidence_id, d.face_id HAVING min(d.cell / ${sql.lit(SCORE_BINS)}) < max(d.cell / ${sql.lit(SCORE_BINS)}))`,
        ),
    );
    return maskOf(maskLength(db, 'verdict'), ids);
  });

/** Files taken in from these folders. */
export const filesFrom = (db: CaseDatabase, roots: readonly string[]): Mask =>
  cachedUntilWrite(db, ['filesFrom', roots], () => {
    const taken = query.selectFrom('evidence').select('id').where('root', 'in', roots);
    return maskOf(maskLength(db, 'evidence'), roots.length === 0 ? [] : idsOf(db, taken));
  });

/** Files of which a scan as a film was begun; undefined where there is none. */
export const films = (db: CaseDatabase): Mask | undefined =>
  cachedUntilWrite(db, ['films'], () => {
    const ids = idsOf(db, query.selectFrom('video_scan').select('evidence_id').distinct());
    return ids.length === 0 ? undefined : maskOf(maskLength(db, 'evidence'), ids);
  });

/**
 * `key`: the most telling faces of a track; `first`: the first, which is chosen without a score.
 */
export type TrackFaces = 'key' | 'first';

/** Verdicts on those faces of every track, by the model that the track was made under. */
export const trackVerdicts = (db: CaseDatabase, which: TrackFaces): Mask =>
  cachedUntilWrite(db, ['trackVerdicts', which], () => {
    const models = db.all(query.selectFrom('video_scan').select('model_id').distinct());
    const mask = Buffer.alloc(maskLength(db, 'verdict'));
    for (const { model_id } of models)
      for (const id of idsOf(db, verdictsOnTracks(db, model_id as ModelId, which))) mask[id] = 1;
    return mask;
  });

/**
 * The order of a CROSS JOIN is kept by SQLite: from the scans down to the verdicts, never the other
 * way.
 */
const verdictsOnTracks = (db: CaseDatabase, modelId: ModelId, which: TrackFaces) =>
  query
    .selectFrom('video_scan as s')
    .crossJoin('track as t')
    .crossJoin('track_face as tf')
    .crossJoin(
      sql<{ id: number; evidence_id: number; face_id: number; parameters_id: number }>`verdict`.as<'d'>(
        sql`d INDEXED BY verdict_by_file`,
      ),
    )
    .select('d.id')
    .where('s.model_id', '=', modelId)
    .whereRef('t.video_scan_id', '=', 's.id')
    .whereRef('tf.track_id', '=', 't.id')
    .where(
      which === 'key'
        ? sql<SqlBool>`tf.is_key = 1`
        : sql<SqlBool>`tf.face_id = (SELECT min(face_id) FROM track_face WHERE track_id = t.id)`,
    )
    .whereRef('d.evidence_id', '=', 's.evidence_id')
    .whereRef('d.face_id', '=', 'tf.face_id')
    .where('d.parameters_id', 'in', parametersOf(db, modelId));

/** Ids of the parameters under which that model's verdicts were made. */
export const parametersOf = (db: CaseDatabase, modelId: ModelId): number[] =>
  [...modelsByParameters(db)].filter(([, model]) => model === modelId).map(([id]) => id);

/**
 * The model of each set of parameters, in the order they were first used: it stands in them, and in
 * every verdict made under them.
 */
export const modelsByParameters = (db: CaseDatabase): Map<number, ModelId> =>
  cachedUntilWrite(
    db,
    ['modelsByParameters'],
    () =>
      new Map(
        db
          .all(
            query
              .selectFrom('parameters')
              .select(['id', sql<ModelId>`json ->> 'modelId'`.as('model_id')])
              .orderBy('id'),
          )
          .map(({ id, model_id }) => [id, model_id]),
      ),
  );

/**
 * The viewer's standing opinions, each with the verdicts on its subject; what was withdrawn is
 * none.
 */
export const opinionsWithVerdicts = (examinerId: ExaminerId | null) =>
  query
    .selectFrom('current_opinion as own')
    // The few opinions first, each with its verdicts, not every verdict with its opinion: the order
    // of a CROSS JOIN is kept.
    .crossJoin(sql<VerdictInFile>`verdict`.as<'v'>(sql`v INDEXED BY verdict_by_file`))
    .whereRef('v.evidence_id', '=', 'own.evidence_id')
    .where(sql<SqlBool>`v.face_id IS nullif(own.face_id, 0)`)
    .where('own.examiner_id', '=', examinerId ?? (-1 as ExaminerId))
    .where('own.conclusion', '<>', 'withdrawn');

/** What the index by file holds of a verdict. */
type VerdictInFile = {
  id: number;
  evidence_id: number;
  face_id: number | null;
  cell: number;
  parameters_id: number;
  size_px: number | null;
  sharpness: number | null;
  score: number | null;
};

/**
 * Verdicts on which the viewer's opinion is one of these; all that have one where none are named.
 */
export const decidedVerdicts = (
  db: CaseDatabase,
  examinerId: ExaminerId | null,
  conclusions?: readonly Conclusion[],
): Mask =>
  cachedUntilWrite(db, ['decidedVerdicts', examinerId, conclusions], () => {
    const all = opinionsWithVerdicts(examinerId).select('v.id');
    const wanted = conclusions ? all.where('own.conclusion', 'in', conclusions) : all;
    return maskOf(maskLength(db, 'verdict'), idsOf(db, wanted));
  });

/**
 * SQL for: the mark may be seen. In blind review, until the viewer has decided the subject, only those
 * of their own hand: what somebody picked out can tell of its score.
 */
const markIsSeen = ({ examinerId, blind }: Viewer) =>
  blind
    ? sql<SqlBool>`(c.examiner_id = ${examinerId ?? -1} OR EXISTS (SELECT 1 FROM current_opinion own
        WHERE own.evidence_id = c.evidence_id AND own.face_id = c.face_id AND own.examiner_id = ${examinerId ?? -1}
          AND own.conclusion <> 'withdrawn'))`
    : sql<SqlBool>`1`;

/**
 * Faces, and files as a whole, that have one of these tags, as far as the viewer sees it: read from the
 * index by tag alone.
 */
export const tagged = (db: CaseDatabase, viewer: Viewer, tags: readonly TagId[]): { faces: Mask; files: Mask } =>
  cachedUntilWrite(db, ['tagged', tags, viewer], () => {
    const marks = query.selectFrom('current_tag as c').where('c.tag_id', 'in', tags).where(markIsSeen(viewer));
    const onFiles = marks.select('c.evidence_id').where('c.face_id', '=', 0);
    return {
      faces: maskOf(maskLength(db, 'face'), tags.length === 0 ? [] : idsOf(db, marks.select('c.face_id'))),
      files: maskOf(maskLength(db, 'evidence'), tags.length === 0 ? [] : idsOf(db, onFiles)),
    };
  });

/** SQL for: the finding has a tag of these masks. */
export const hasTag = ({ faces, files }: { faces: Mask; files: Mask }): Expression<SqlBool> =>
  sql<SqlBool>`CASE WHEN v.face_id IS NULL THEN ${isIn(files, sql`v.evidence_id`)} ELSE ${isIn(faces, sql`v.face_id`)} END`;

/** Tags that are on anything. */
export const tagsInUse = (db: CaseDatabase): readonly TagId[] =>
  cachedUntilWrite(
    db,
    ['tagsInUse'],
    () => idsOf(db, query.selectFrom('current_tag').select('tag_id').distinct()) as TagId[],
  );

/** Whose word is heard on what is no face. */
const heardOf = ({ examinerId, blind }: Viewer) => (blind ? examinerId : 'everyone');

/** What an examiner called no face and nobody calls a face, of those who are heard. */
function noFaces({ examinerId, blind }: Viewer) {
  const heard = (table: 'own' | 'other') =>
    blind ? sql<SqlBool>`${sql.ref(`${table}.examiner_id`)} = ${examinerId ?? -1}` : sql<SqlBool>`1`;
  return query
    .selectFrom('current_opinion as own')
    .where('own.conclusion', '=', sql.lit('notAFace'))
    .where('own.face_id', '>', 0)
    .where(heard('own'))
    .where(
      sql<SqlBool>`NOT EXISTS (SELECT 1 FROM current_opinion other WHERE other.evidence_id = own.evidence_id
        AND other.face_id = own.face_id AND other.conclusion NOT IN ('notAFace', 'withdrawn') AND ${heard('other')})`,
    );
}

/** How many faces were called none, as far as the viewer may know it. */
export const countNoFaces = ({ db }: ReadableCase, viewer: Viewer): number =>
  cachedUntilWrite(db, ['noFaces', heardOf(viewer)], () =>
    Number(db.first(noFaces(viewer).select(sql<number>`count(DISTINCT own.face_id)`.as('n')))!.n),
  );

/**
 * Verdicts on what an examiner called no face and nobody calls genuine, forged or inconclusive; in
 * blind mode by the viewer's word alone. Undefined where there is none.
 */
export const setAside = (db: CaseDatabase, viewer: Viewer): Mask | undefined =>
  cachedUntilWrite(db, ['setAside', heardOf(viewer)], () => {
    const ids = idsOf(
      db,
      noFaces(viewer)
        .crossJoin(sql<VerdictInFile>`verdict`.as<'v'>(sql`v INDEXED BY verdict_by_file`))
        .select('v.id')
        .whereRef('v.evidence_id', '=', 'own.evidence_id')
        .whereRef('v.face_id', '=', 'own.face_id'),
    );
    return ids.length === 0 ? undefined : maskOf(maskLength(db, 'verdict'), ids);
  });
