// Findings: the grid's rows, filtered, sorted and paged by SQLite, and what blind mode hides from whom.

import { type Expression, type SqlBool, sql } from 'kysely';
import type { EvidenceId, ExaminerId, FaceId, Sha256, VerdictId } from '../../contract/brand.ts';
import type { Finding, FindingCounts, FindingFilter, FindingPage, FindingSort } from '../../contract/finding.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import type { Leaning, VerdictKind } from '../../contract/verdict.ts';
import { type CaseDatabase, query } from './case-database.ts';
import type { ReadableCase } from './open-case.ts';
import { storedJson } from './stored-json.ts';
import type { VerdictTable } from './tables.ts';

/** Who looks. In blind mode a score, and other people's opinions, stay hidden until the viewer has given their own. */
export type Viewer = { examinerId: ExaminerId | null; blind: boolean };

/**
 * [Note: the grid's index] A row of `verdict` is a kilobyte wide; verdict_grid holds every column a filter or an order asks for in
 * a tenth of that. Read whole and sorted it answers any filter at 100,000 rows in about 30 ms (bench/grid-100k.ts), where the planner's own choice
 * (walk the index of the order, or of one condition, and fetch each row) takes 130 to 900 ms. So it is named where there is a filter;
 * without one the index of the order gives the page at once, and with a file that file's few rows do.
 */
const verdicts = (filter: FindingFilter) =>
  isNarrowed(filter)
    ? sql<VerdictTable & { id: number }>`verdict`.as<'v'>(sql`v INDEXED BY verdict_grid`)
    : sql<VerdictTable & { id: number }>`verdict`.as<'v'>(sql`v`);

const isNarrowed = ({ evidenceId, ...others }: FindingFilter): boolean =>
  evidenceId === undefined && Object.values(others).some((value) => value !== undefined);

/** Verdicts with the viewer's own current opinion. */
const findings = (viewer: Viewer, filter: FindingFilter = {}) =>
  query.selectFrom(verdicts(filter)).leftJoin('current_opinion as own', (join) =>
    join
      .onRef('own.evidence_id', '=', 'v.evidence_id')
      .on(sql<boolean>`own.face_id = ifnull(v.face_id, 0)`)
      .on('own.examiner_id', '=', viewer.examinerId ?? -1),
  );

/** SQL for: the viewer has given an opinion and not taken it back. */
const decided = sql<boolean>`(own.conclusion IS NOT NULL AND own.conclusion <> 'withdrawn')`;

/** SQL for: no face of a video, or one of the most telling of its track under this model. */
const keyFacesOnly = sql<SqlBool>`(NOT EXISTS (SELECT 1 FROM video_scan) OR v.face_id IS NULL OR (SELECT f.pts FROM face f WHERE f.id = v.face_id) IS NULL OR EXISTS (
  SELECT 1 FROM track_face tf JOIN track t ON t.id = tf.track_id JOIN video_scan s ON s.id = t.video_scan_id
  WHERE tf.face_id = v.face_id AND tf.is_key = 1 AND s.model_id = v.model_id))`;

/** SQL for: no face of a video, or the first of its track: chosen without a score. */
const firstFacesOnly = sql<SqlBool>`(NOT EXISTS (SELECT 1 FROM video_scan) OR v.face_id IS NULL OR (SELECT f.pts FROM face f WHERE f.id = v.face_id) IS NULL OR EXISTS (
  SELECT 1 FROM track_face tf JOIN track t ON t.id = tf.track_id JOIN video_scan s ON s.id = t.video_scan_id
  WHERE tf.face_id = v.face_id AND s.model_id = v.model_id
  AND NOT EXISTS (SELECT 1 FROM track_face earlier WHERE earlier.track_id = tf.track_id AND earlier.face_id < tf.face_id)))`;

/**
 * The few verdicts the viewer has decided are listed once and looked up in; asking the opinions anew for each of a million rows
 * takes three times as long.
 */
function byOwnConclusion(wanted: NonNullable<FindingFilter['ownConclusions']>, viewer: Viewer): Expression<SqlBool> {
  const undecidedToo = wanted.includes('none');
  const given = wanted.filter((one) => one !== 'none');
  const listed = sql.join(given.length > 0 ? given : ['']);
  const of = undecidedToo ? sql`NOT IN (${listed})` : sql`IN (${listed})`;
  const verdicts = sql`(SELECT d.id FROM current_opinion o CROSS JOIN verdict d INDEXED BY verdict_key ON d.evidence_id = o.evidence_id
    AND ifnull(d.face_id, 0) = o.face_id WHERE o.examiner_id = ${viewer.examinerId ?? -1} AND o.conclusion <> 'withdrawn' AND o.conclusion ${of})`;
  return undecidedToo ? sql<SqlBool>`v.id NOT IN ${verdicts}` : sql<SqlBool>`v.id IN ${verdicts}`;
}

/**
 * [Note: blind filters] In blind mode a filter or order by score or leaning would tell what is hidden: rows the viewer has not
 * decided never match a filter by score or leaning, and an order by score falls back to the path for the whole list. The most telling
 * faces of a track are those with the highest scores: in blind mode its first face stands for it.
 */
export function conditions(filter: FindingFilter, viewer: Viewer): Expression<SqlBool>[] {
  const all: Expression<SqlBool>[] = [];
  const add = (condition: Expression<SqlBool> | undefined | false): void => {
    if (condition) all.push(condition);
  };
  const anyOf = (column: ReturnType<typeof sql>, values: readonly string[]) =>
    sql<SqlBool>`${column} IN (${sql.join(values)})`;
  add(filter.kinds && anyOf(sql`v.kind`, filter.kinds));
  add(filter.leanings && anyOf(sql`v.leaning`, filter.leanings));
  add(filter.scoreMin !== undefined && sql<SqlBool>`v.score >= ${filter.scoreMin}`);
  add(filter.scoreMax !== undefined && sql<SqlBool>`v.score <= ${filter.scoreMax}`);
  const byScore = filter.leanings !== undefined || filter.scoreMin !== undefined || filter.scoreMax !== undefined;
  add(viewer.blind && byScore && sql<SqlBool>`${decided}`);
  add(filter.ownConclusions && byOwnConclusion(filter.ownConclusions, viewer));
  add(filter.evidenceId !== undefined && sql<SqlBool>`v.evidence_id = ${filter.evidenceId}`);
  add(filter.pathContains ? sql<SqlBool>`instr(lower(v.relative_path), lower(${filter.pathContains})) > 0` : undefined);
  add(filter.sizePxMin !== undefined && sql<SqlBool>`v.size_px >= ${filter.sizePxMin}`);
  add(filter.sharpnessMin !== undefined && sql<SqlBool>`v.sharpness >= ${filter.sharpnessMin}`);
  add(filter.modelId !== undefined && sql<SqlBool>`v.model_id = ${filter.modelId}`);
  add(filter.videoFrames === 'key' && (viewer.blind ? firstFacesOnly : keyFacesOnly));
  return all;
}

const COLUMNS = {
  score: 'v.score',
  path: 'v.relative_path',
  sizePx: 'v.size_px',
  sharpness: 'v.sharpness',
  kind: 'v.kind',
  added: 'v.id',
} as const;

function orderOf(sort: FindingSort, viewer: Viewer) {
  const by = viewer.blind && sort.by === 'score' ? 'path' : sort.by;
  const direction = by === sort.by ? sort.direction : 'ascending';
  // SQLite sorts NULL first; scoreless rows belong at the end either way.
  return sql.raw(`${COLUMNS[by]} ${direction === 'ascending' ? 'ASC NULLS LAST' : 'DESC'}, v.evidence_id, v.face_id`);
}

/** Findings that match a filter, as this viewer may see them. */
const matchingFindings = (viewer: Viewer, filter: FindingFilter) =>
  conditions(filter, viewer).reduce((select, condition) => select.where(condition), findings(viewer, filter));

/** One page of findings with the number of all that match. */
export function queryFindings(
  opened: ReadableCase,
  viewer: Viewer,
  request: { filter: FindingFilter; sort: FindingSort; offset: number; limit: number; upTo?: VerdictId | undefined },
): FindingPage {
  const where = conditions(request.filter, viewer);
  if (request.upTo !== undefined) where.push(sql<SqlBool>`v.id <= ${request.upTo}`);
  // Only blind mode asks for the viewer's opinion while filtering; without it no row needs one looked up.
  const from = viewer.blind
    ? findings(viewer, request.filter)
    : (query.selectFrom(verdicts(request.filter)) as unknown as ReturnType<typeof findings>);
  const matching = where.reduce((select, condition) => select.where(condition), from);
  // Which rows, from the narrow indexes alone; then everything about those few. A row of `verdict` is a kilobyte wide.
  const page = matching
    .select('v.id')
    .orderBy(orderOf(request.sort, viewer))
    .limit(request.limit)
    .offset(request.offset);
  const total = countOf(
    opened,
    matching.select(({ fn }) => fn.countAll().as('n')),
  );
  const rows = opened.db.all(
    findings(viewer)
      .where('v.id', 'in', page)
      .select(['v.id', 'v.evidence_id', 'v.face_id', 'v.relative_path', 'v.kind', 'v.score', 'v.leaning', 'v.reason'])
      .select(['v.box', 'v.crop_sha256', 'v.size_px', 'v.sharpness', 'own.conclusion as own_conclusion'])
      .select(
        sql<number | null>`(SELECT f.time_ms FROM face f WHERE f.id = v.face_id AND f.pts IS NOT NULL)`.as('time_ms'),
      )
      .select(
        sql<string | null>`(SELECT group_concat(c.conclusion) FROM current_opinion c
          WHERE c.evidence_id = v.evidence_id AND c.face_id = ifnull(v.face_id, 0) AND c.conclusion <> 'withdrawn')`.as(
          'conclusions',
        ),
      )
      .orderBy(orderOf(request.sort, viewer)),
  );
  return {
    total,
    offset: request.offset,
    rows: rows.map((row) => findingFromRow(row, viewer)),
    newest: newestVerdict(opened),
  };
}

/** Counts of the filters asked for lately: paging through a million rows counts them once, not once a page. */
const counted = new WeakMap<CaseDatabase, { stamp: string; totals: Map<string, number> }>();
const COUNTS_KEPT = 50;

function countOf({ db }: ReadableCase, count: Parameters<typeof db.first<{ n: string | number | bigint }>>[0]): number {
  const { sql, parameters } = count.compile();
  const key = JSON.stringify([sql, parameters]);
  const stamp = db.stamp();
  let known = counted.get(db);
  if (known?.stamp !== stamp || known.totals.size >= COUNTS_KEPT) known = { stamp, totals: new Map() };
  counted.set(db, known);
  const total = known.totals.get(key) ?? Number(db.first(count)!.n);
  known.totals.set(key, total);
  return total;
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
  kind: string;
  score: number | null;
  leaning: string | null;
  reason: string | null;
  box: string | null;
  crop_sha256: string | null;
  size_px: number | null;
  sharpness: number | null;
  time_ms: number | null;
  own_conclusion: string | null;
  conclusions: string | null;
};

function findingFromRow(row: Row, viewer: Viewer): Finding {
  const undecided = row.own_conclusion === null || row.own_conclusion === 'withdrawn';
  const hides = viewer.blind && undecided;
  const hidden = hides && row.score !== null;
  return {
    verdictId: row.id as VerdictId,
    evidenceId: row.evidence_id as EvidenceId,
    faceId: row.face_id as FaceId | null,
    relativePath: row.relative_path,
    kind: row.kind as VerdictKind,
    score: hidden ? null : row.score,
    leaning: hidden ? null : (row.leaning as Leaning | null),
    hidden,
    reason: row.reason,
    box: row.box === null ? null : storedJson(row.box),
    cropSha256: row.crop_sha256 as Sha256 | null,
    sizePx: row.size_px,
    sharpness: row.sharpness,
    timeMs: row.time_ms,
    ownConclusion: undecided ? null : (row.own_conclusion as Conclusion),
    conclusions: hides ? [] : ((row.conclusions?.split(',') ?? []) as Conclusion[]),
  };
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

/** Numbers for the filter's facets. In blind mode leanings of undecided rows are not counted. */
export function countFindings(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingCounts {
  const matching = matchingFindings(viewer, filter);
  const rows = opened.db.all(
    matching
      .select(['v.kind', 'v.leaning'])
      .select(sql<string>`CASE WHEN ${decided} THEN own.conclusion ELSE 'none' END`.as('own'))
      .select(({ fn }) => fn.countAll().as('n'))
      .groupBy(['v.kind', 'v.leaning', 'own']),
  );
  const counts: FindingCounts = { total: 0, byKind: {}, byLeaning: {}, byOwnConclusion: {} };
  const bump = <K extends string>(into: Partial<Record<K, number>>, key: K, n: number): void => {
    into[key] = (into[key] ?? 0) + n;
  };
  for (const row of rows) {
    const n = Number(row.n);
    counts.total += n;
    bump(counts.byKind, row.kind as VerdictKind, n);
    if (row.leaning && !(viewer.blind && row.own === 'none')) bump(counts.byLeaning, row.leaning as Leaning, n);
    bump(counts.byOwnConclusion, row.own as Conclusion | 'none', n);
  }
  return counts;
}
