// Findings: the grid's rows, filtered, sorted and paged by SQLite, and what blind mode hides from
// whom.

import { type SqlBool, sql } from 'kysely';
import type { EvidenceId, ExaminerId, FaceId, Sha256, TagId, TrackId, VerdictId } from '../../../contract/brand.ts';
import type { Alteration } from '../../../contract/evidence.ts';
import type { Finding, FindingFilter, FindingPage, FindingSort } from '../../../contract/finding.ts';
import type { Conclusion, Subject } from '../../../contract/opinion.ts';
import type { Taggable } from '../../../contract/tag.ts';
import {
  type Leaning,
  type UnscoredOutcome,
  unscoredOutcomeSchema,
  type VerdictKind,
} from '../../../contract/verdict.ts';
import { storedJson, storedObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { leftOutOfHeld } from '../rows/evidence.ts';
import { placeOf, rootOf } from '../rows/exhibit.ts';
import { totalOf } from './finding-counts.ts';
import { conditions, isOfFewFiles, type Viewer, verdictsBy } from './finding-filter.ts';
import { SCORED_CELLS } from './grid-bucket.ts';
import { decidedVerdicts, FEW, isNotIn } from './row-bitmap.ts';

/** Verdicts with the viewer's own current opinion. */
const findings = (viewer: Viewer) =>
  query.selectFrom('verdict as v').leftJoin('current_opinion as own', (join) =>
    join
      .onRef('own.evidence_id', '=', 'v.evidence_id')
      .on(sql<boolean>`own.face_id = ifnull(v.face_id, 0)`)
      .on('own.examiner_id', '=', viewer.examinerId ?? -1),
  );

const COLUMNS = {
  score: 'v.score',
  path: 'v.relative_path',
  sizePx: 'v.size_px',
  sharpness: 'v.sharpness',
  kind: 'v.kind',
  added: 'v.id',
} as const;

/** The order this viewer gets. See [Note: blind filters]. */
const sortFor = (sort: FindingSort, viewer: Viewer): FindingSort =>
  viewer.blind && sort.by === 'score' ? { by: 'path', direction: 'ascending' } : sort;

/**
 * SQLite sorts NULL first; scoreless rows belong at the end either way. Two models may have judged
 * one face: the row's number comes last. `fromEnd`: the same order, the last first.
 */
function orderOf({ by, direction }: FindingSort, fromEnd = false) {
  const ties = ['v.evidence_id', 'v.face_id', 'v.id'].map((tie) => (fromEnd ? `${tie} DESC` : tie));
  const forward = direction === 'ascending' ? 'ASC NULLS LAST' : 'DESC NULLS LAST';
  const backward = direction === 'ascending' ? 'DESC NULLS FIRST' : 'ASC NULLS FIRST';
  return sql.raw([`${COLUMNS[by]} ${fromEnd ? backward : forward}`, ...ties].join(', '));
}

type PageRequest = {
  filter: FindingFilter;
  sort: FindingSort;
  offset: number;
  limit: number;
  upTo?: VerdictId | undefined;
};

/**
 * The index a page is read from: that of few files or of the cells where few rows match, else the
 * one in the page's order.
 */
function indexFor({ db }: ReadableCase, { filter, sort }: PageRequest, { total, all }: Totals) {
  if (filter.evidenceId !== undefined) return 'file';
  // Only the indexes of these orders hold what they are ordered by.
  if (sort.by === 'path' || sort.by === 'kind') return sort.by;
  if (isOfFewFiles(db, filter)) return 'file';
  return total < FEW * all ? 'cell' : sort.by;
}

/** Which rows, from one of the grid's indexes alone, walked from its nearer end. */
function pageOf(opened: ReadableCase, viewer: Viewer, request: PageRequest, totals: Totals) {
  const { filter, sort, offset, limit, upTo } = request;
  const where = conditions(opened, filter, viewer);
  if (upTo !== undefined) where.push(sql<SqlBool>`v.id <= ${upTo}`);
  const { total } = totals;
  const behind = total - offset - limit;
  const fromEnd = behind < offset;
  return where
    .reduce(
      (select, condition) => select.where(condition),
      query.selectFrom(verdictsBy(indexFor(opened, request, totals))),
    )
    .select('v.id')
    .orderBy(orderOf(sort, fromEnd))
    .limit(fromEnd ? Math.max(0, Math.min(limit, total - offset)) : limit)
    .offset(fromEnd ? Math.max(0, behind) : offset);
}

/** How many findings match, and how many there are. */
type Totals = { total: number; all: number };

/** State of the file in which no face was found: what of it was not looked at is in there. */
const stateWithoutFace = sql<string | null>`iif(v.kind = 'noFace', (SELECT e.state FROM evidence e
  WHERE e.id = v.evidence_id), NULL)`;

/** What the latest look at the file found otherwise; a missing one that was found since is none. */
const alteredOf = sql<string | null>`(SELECT a.kind FROM alteration a WHERE a.evidence_id = v.evidence_id
  AND (a.kind <> 'missing' OR a.noticed_at >
    ifnull((SELECT m.at FROM relocation m WHERE m.evidence_id = v.evidence_id ORDER BY m.id DESC LIMIT 1), ''))
  ORDER BY a.id DESC LIMIT 1)`;

/** All that a row of the grid shows. */
const shownColumns = (viewer: Viewer) =>
  findings(viewer)
    .select(['v.id', 'v.evidence_id', 'v.face_id', 'v.relative_path', 'v.kind', 'v.score', 'v.leaning'])
    .select(sql<string | null>`iif(v.kind = 'scored', NULL, v.outcome)`.as('unscored'))
    .select(stateWithoutFace.as('state'))
    .select(alteredOf.as('altered'))
    .select(['v.box', 'v.crop_sha256', 'v.size_px', 'v.sharpness', 'own.conclusion as own_conclusion'])
    .select(rootOf(sql`v.evidence_id`).as('root'))
    .select(
      // Text that is damaged takes its own row's figure alone.
      sql<number | null>`iif(json_valid(v.outcome), v.outcome ->> '$.log10LikelihoodRatio', NULL)`.as(
        'log10_likelihood_ratio',
      ),
    )
    .select(
      sql<number | null>`(SELECT f.time_ms FROM face f WHERE f.id = v.face_id AND f.pts IS NOT NULL)`.as('time_ms'),
    )
    .select(sql<number | null>`(SELECT f.face_index FROM face f WHERE f.id = v.face_id)`.as('face_index'))
    .select(
      sql<string | null>`(SELECT group_concat(c.conclusion) FROM current_opinion c
          WHERE c.evidence_id = v.evidence_id AND c.face_id = ifnull(v.face_id, 0) AND c.conclusion <> 'withdrawn')`.as(
        'conclusions',
      ),
    )
    .select(
      sql<string | null>`(SELECT group_concat(c.tag_id || ' ' || c.examiner_id) FROM current_tag c
          WHERE c.evidence_id = v.evidence_id AND c.face_id = ifnull(v.face_id, 0))`.as('tags'),
    );

/** The rows of one face, or those of a whole file, as this viewer sees them; none for a track. */
export function findingsOf(opened: ReadableCase, viewer: Viewer, { evidenceId, faceId, trackId }: Subject): Finding[] {
  if (trackId != null) return [];
  const rows = shownColumns(viewer).where('v.evidence_id', '=', evidenceId);
  const about = faceId === null ? rows.where('v.face_id', 'is', null) : rows.where('v.face_id', '=', faceId);
  return opened.db.all(about.orderBy('v.id')).map((row) => findingFromRow(opened, row, viewer));
}

/** One page of findings with the number of all that match. */
export function queryFindings(
  opened: ReadableCase,
  viewer: Viewer,
  request: PageRequest,
): Omit<FindingPage, 'modelId'> {
  const newest = newestVerdict(opened);
  const sort = sortFor(request.sort, viewer);
  // Up to the newest is all there are, and asks nothing of a row.
  const upTo = request.upTo === newest ? undefined : request.upTo;
  const { filter, offset } = request;
  const total = totalOf(opened, viewer, filter, upTo);
  const page = pageOf(opened, viewer, { ...request, sort, upTo }, { total, all: newest ?? 0 });
  const rows = opened.db.all(shownColumns(viewer).where('v.id', 'in', page).orderBy(orderOf(sort)));
  return {
    total,
    offset,
    rows: rows.map((row) => findingFromRow(opened, row, viewer)),
    newest,
  };
}

/**
 * How many findings come before this one in the list of a filter and an order; of a list by another
 * model, before that model's on the same face. Null where the list has neither.
 */
export function placeOfFinding(
  opened: ReadableCase,
  viewer: Viewer,
  request: Pick<PageRequest, 'filter' | 'sort' | 'upTo'> & { verdictId: VerdictId },
): number | null {
  const { db } = opened;
  const { filter, upTo, verdictId } = request;
  const sort = sortFor(request.sort, viewer);
  const where = conditions(opened, filter, viewer);
  if (upTo !== undefined) where.push(sql<SqlBool>`v.id <= ${upTo}`);
  const listed = (index: FindingSort['by'] | 'file') =>
    where.reduce((select, one) => select.where(one), query.selectFrom(verdictsBy(index)));
  const column = sql.ref(COLUMNS[sort.by]);
  const subject = db.first(query.selectFrom('verdict').select(['evidence_id', 'face_id']).where('id', '=', verdictId));
  const one = db.first(
    listed('file')
      .select(['v.id', 'v.evidence_id', 'v.face_id', column.as('value')])
      .where('v.evidence_id', '=', subject?.evidence_id ?? -1)
      .where('v.face_id', 'is', subject?.face_id ?? null)
      .orderBy(sql`v.id = ${verdictId}`, 'desc')
      .limit(1),
  );
  if (!one) return null;
  const ties = sql`(v.evidence_id, ifnull(v.face_id, 0), v.id) < (${one.evidence_id}, ${one.face_id ?? 0}, ${one.id})`;
  const sooner = sql.raw(sort.direction === 'ascending' ? '<' : '>');
  const before =
    one.value === null
      ? sql<SqlBool>`(${column} IS NOT NULL OR ${ties})`
      : sql<SqlBool>`(${column} ${sooner} ${one.value} OR (${column} = ${one.value} AND ${ties}))`;
  return Number(
    db.first(
      listed(sort.by)
        .where(before)
        .select(({ fn }) => fn.countAll().as('n')),
    )!.n,
  );
}

function newestVerdict({ db }: ReadableCase): VerdictId | null {
  const row = db.first(query.selectFrom('verdict').select(({ fn }) => fn.max('id').as('id')));
  return (row?.id ?? null) as VerdictId | null;
}

type Row = {
  id: number;
  evidence_id: number;
  face_id: number | null;
  relative_path: string;
  root: string;
  kind: string;
  score: number | null;
  leaning: string | null;
  log10_likelihood_ratio: number | null;
  unscored: string | null;
  state: string | null;
  altered: string | null;
  box: string | null;
  crop_sha256: string | null;
  size_px: number | null;
  sharpness: number | null;
  time_ms: number | null;
  face_index: number | null;
  own_conclusion: string | null;
  conclusions: string | null;
  /** `tag examiner`, of each mark. */
  tags: string | null;
};

/**
 * What a row says in place of a score. One that says another kind than its column, or nothing that
 * can be read, was written by somebody else: verify names it, and here its kind alone is shown.
 */
function unscoredFrom({ kind, unscored }: Pick<Row, 'kind' | 'unscored'>): UnscoredOutcome | null {
  const read = unscored === null ? undefined : unscoredOutcomeSchema.safeParse(storedObject(unscored)).data;
  return read?.kind === kind ? read : null;
}

function findingFromRow({ db }: ReadableCase, row: Row, viewer: Viewer): Finding {
  const undecided = row.own_conclusion === null || row.own_conclusion === 'withdrawn';
  const hides = viewer.blind && undecided;
  const hidden = hides && row.score !== null;
  const unscored = unscoredFrom(row);
  const leftOut = leftOutOfHeld(row.state, unscored);
  return {
    verdictId: row.id as VerdictId,
    evidenceId: row.evidence_id as EvidenceId,
    faceId: row.face_id as FaceId | null,
    relativePath: row.relative_path,
    ...placeOf(db, row.root, row.relative_path),
    kind: row.kind as VerdictKind,
    score: hidden ? null : row.score,
    leaning: hidden ? null : (row.leaning as Leaning | null),
    log10LikelihoodRatio: hidden ? null : row.log10_likelihood_ratio,
    hidden,
    unscored,
    ...(leftOut.length > 0 ? { leftOut: [...leftOut] } : {}),
    ...(row.altered === null ? {} : { altered: row.altered as Alteration['kind'] }),
    box: row.box === null ? null : storedJson(row.box),
    cropSha256: row.crop_sha256 as Sha256 | null,
    sizePx: row.size_px,
    sharpness: row.sharpness,
    faceIndex: row.face_index,
    timeMs: row.time_ms,
    ownConclusion: undecided ? null : (row.own_conclusion as Conclusion),
    conclusions: hides ? [] : ((row.conclusions?.split(',') ?? []) as Conclusion[]),
    tags: tagsFromRow(row, (examinerId) => !hides || examinerId === viewer.examinerId),
  };
}

/** Each once, in the order in which they were made. */
function tagsFromRow({ tags }: Pick<Row, 'tags'>, seen: (examinerId: ExaminerId) => boolean): TagId[] {
  const marks = (tags?.split(',') ?? []).map((mark) => mark.split(' ').map(Number) as [TagId, ExaminerId]);
  return [...new Set(marks.flatMap(([tagId, examinerId]) => (seen(examinerId) ? [tagId] : [])))].toSorted(
    (a, b) => a - b,
  );
}

/** A face or file that the filter shows, and the number of its result. */
export type ShownSubject = Taggable & { verdictId: VerdictId };

/** Faces and files that the filter shows, each once, up to a verdict where one is named. */
export function subjectsShown(
  opened: ReadableCase,
  viewer: Viewer,
  filter: FindingFilter,
  upTo: VerdictId | undefined,
): ShownSubject[] {
  const { db } = opened;
  const where = conditions(opened, filter, viewer);
  if (upTo !== undefined) where.push(sql<SqlBool>`v.id <= ${upTo}`);
  const { sql: text, parameters } = where
    .reduce((select, condition) => select.where(condition), query.selectFrom(verdictsBy('file')))
    .select(['v.evidence_id', 'v.face_id', ({ fn }) => fn.min('v.id').as('id')])
    .groupBy(['v.evidence_id', 'v.face_id'])
    .orderBy(sql`v.evidence_id, v.face_id`)
    .compile();
  const rows = db.raw.prepare(text).raw();
  return (rows.all(...parameters) as [EvidenceId, FaceId | null, VerdictId][]).map(
    ([evidenceId, faceId, verdictId]) => ({
      evidenceId,
      faceId,
      verdictId,
    }),
  );
}

/** True where blind mode hides the scores of some face of a track from the viewer. */
export const hidesTrack = (opened: ReadableCase, viewer: Viewer, evidenceId: EvidenceId, trackId: TrackId): boolean =>
  viewer.blind &&
  opened.db
    .all(query.selectFrom('track_face').select('face_id').where('track_id', '=', trackId))
    .some(({ face_id }) => hidesFrom(opened, viewer, evidenceId, face_id as FaceId));

const undecidedScores = ({ db }: ReadableCase, { examinerId }: Viewer) =>
  query
    .selectFrom(verdictsBy('file'))
    .where(sql<SqlBool>`v.cell < ${SCORED_CELLS}`)
    .where(isNotIn(decidedVerdicts(db, examinerId), sql`v.id`));

/**
 * True where blind mode hides the score of some face of a file from the viewer. What they said of the
 * file as a whole is no opinion on its faces, and shows none of their scores.
 */
export const hidesSomeOf = (opened: ReadableCase, viewer: Viewer, evidenceId: EvidenceId): boolean =>
  viewer.blind &&
  opened.db.first(undecidedScores(opened, viewer).select('v.id').where('v.evidence_id', '=', evidenceId).limit(1)) !==
    undefined;

/** How many faces have a score that blind mode hides, or would hide, from this viewer. */
export function countHidden(opened: ReadableCase, viewer: Viewer): number {
  const { db } = opened;
  const scored = undecidedScores(opened, viewer);
  return Number(db.first(scored.select(sql<number>`count(DISTINCT v.face_id)`.as('n')))!.n);
}

/** True where blind mode hides this subject's score and other people's opinions from the viewer. */
export function hidesFrom(
  { db }: ReadableCase,
  viewer: Viewer,
  evidenceId: EvidenceId,
  faceId: FaceId | null,
): boolean {
  if (!viewer.blind) return false;
  const own = db.first(
    query
      .selectFrom('current_opinion')
      .select('conclusion')
      .where('evidence_id', '=', evidenceId)
      .where('face_id', '=', faceId ?? 0)
      .where('examiner_id', '=', viewer.examinerId ?? -1),
  );
  return own === undefined || own.conclusion === 'withdrawn';
}
