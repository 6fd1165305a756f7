// How many findings there are of each cell, and what follows from it: totals, counts, facets
// (finding-facets.ts). Engine process.
//
// [Note: one count for all] The index by cell lies in the order of the cells, so that reading it
// once, whatever else the filter asks, counts them without sorting: some hundred numbers. A page's
// total, the counts and every facet are sums of them. The viewer's opinions are few beside the
// verdicts: they are counted on their own and taken off the cells of `none`.
import { type SqlBool, sql } from 'kysely';
import type { ModelId, VerdictId } from '../../../contract/brand.ts';
import type { FindingCounts, FindingFilter } from '../../../contract/finding.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import { cachedUntilWrite } from '../db/cached-until-write.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { isOfFewFiles, isWanted, restConditions, shownAside, type Viewer, verdictsBy } from './finding-filter.ts';
import { CELLS, type FindingCell } from './grid-bucket.ts';
import { modelsByParameters, opinionsWithVerdicts, setAside, supersededVerdicts } from './row-bitmap.ts';

/** Findings that are alike in everything a facet asks for. `own`: the viewer's opinion. */
export type CountedCell = FindingCell & {
  modelId: ModelId;
  own: Conclusion | 'none';
  /** How many they are. */
  n: number;
  /** How many of them have a score within the filter's range; bins are coarser than that. */
  inRange: number;
};

/** A part of the filter that is answered from the cells. */
export type Facet = 'kinds' | 'leanings' | 'score' | 'ownConclusions' | 'modelId';

/** What every cell holds under the rest of the filter. `upTo`: only verdicts up to that one. */
export function countCells(
  opened: ReadableCase,
  viewer: Viewer,
  filter: FindingFilter,
  upTo?: VerdictId,
): readonly CountedCell[] {
  const { evidenceId, exhibits, pathContains, sizePxMin, sharpnessMin, videoFrames, scoreMin, scoreMax } = filter;
  const { modelsDisagree, tags, groups } = filter;
  const rest = {
    evidenceId,
    exhibits,
    pathContains,
    sizePxMin,
    sharpnessMin,
    videoFrames,
    modelsDisagree,
    tags,
    groups,
    notAFace: shownAside(filter),
  };
  return cachedUntilWrite(opened.db, ['cells', rest, scoreMin, scoreMax, viewer, upTo], () =>
    readCells(opened, viewer, filter, upTo),
  );
}

function readCells(opened: ReadableCase, viewer: Viewer, filter: FindingFilter, upTo?: VerdictId): CountedCell[] {
  const { db } = opened;
  const where = restConditions(opened, filter, viewer);
  if (upTo !== undefined) where.push(sql<SqlBool>`v.id <= ${upTo}`);
  const { scoreMin, scoreMax } = filter;
  const ranged = scoreMin !== undefined || scoreMax !== undefined;
  const inRange = ranged
    ? sql<number | null>`sum(v.score >= ${scoreMin ?? 0} AND v.score <= ${scoreMax ?? 1})`
    : sql<number | null>`count(v.score)`;
  const models = modelsByParameters(db);
  const cellFrom = (row: Row, own: CountedCell['own']): CountedCell => ({
    ...CELLS[row.cell]!,
    modelId: models.get(row.parameters_id)!,
    own,
    n: Number(row.n),
    inRange: Number(row.in_range ?? 0),
  });
  const from = query.selectFrom(verdictsBy(isOfFewFiles(db, filter) ? 'file' : 'cell'));
  const all = db.all(
    where
      .reduce((select, condition) => select.where(condition), from)
      .select(['v.cell', 'v.parameters_id', inRange.as('in_range')])
      .select(({ fn }) => fn.countAll().as('n'))
      .groupBy(['v.cell', 'v.parameters_id']),
  );
  const decided = db.all(
    where
      .reduce((select, condition) => select.where(condition), opinionsWithVerdicts(viewer.examinerId))
      .select(['v.cell', 'v.parameters_id', inRange.as('in_range'), 'own.conclusion'])
      .select(({ fn }) => fn.countAll().as('n'))
      .groupBy(['v.cell', 'v.parameters_id', 'own.conclusion']),
  );
  return [
    ...all.map((row) => without(cellFrom(row, 'none'), row, decided)),
    ...decided.map((row) => cellFrom(row, row.conclusion as Conclusion)),
  ];
}

type Row = { cell: number; parameters_id: number; n: string | number | bigint; in_range: number | null };

/** The cell without those of its findings that the viewer has decided. */
function without(cell: CountedCell, { cell: code, parameters_id }: Row, decided: readonly Row[]): CountedCell {
  const own = decided.filter((one) => one.cell === code && one.parameters_id === parameters_id);
  const sum = (value: (row: Row) => number): number => own.reduce((total, row) => total + value(row), 0);
  return {
    ...cell,
    n: cell.n - sum(({ n }) => Number(n)),
    inRange: cell.inRange - sum(({ in_range }) => Number(in_range ?? 0)),
  };
}

/** In blind mode nothing is told of the score of what the viewer has not decided. */
export const isSeen = (viewer: Viewer, { own }: CountedCell): boolean => !viewer.blind || own !== 'none';

/**
 * How many findings of a cell the filter leaves, all its restrictions kept but that of the facet
 * named. See [Note: blind filters] for who may filter by score.
 */
export function leftOf(cell: CountedCell, viewer: Viewer, filter: FindingFilter, but?: Facet): number {
  const { kinds, leanings, ownConclusions, modelId, scoreMin, scoreMax } = filter;
  const byLeaning = leanings !== undefined && but !== 'leanings';
  const byScore = (scoreMin !== undefined || scoreMax !== undefined) && but !== 'score';
  if (!isWanted({ kinds: but === 'kinds' ? undefined : kinds, leanings: byLeaning ? leanings : undefined }, cell))
    return 0;
  if ((byLeaning || byScore) && !isSeen(viewer, cell)) return 0;
  if (ownConclusions && but !== 'ownConclusions' && !ownConclusions.includes(cell.own)) return 0;
  if (modelId !== undefined && but !== 'modelId' && cell.modelId !== modelId) return 0;
  return byScore ? cell.inRange : cell.n;
}

/** How many findings match the filter. All there are need no look at their cells. */
export function totalOf(opened: ReadableCase, viewer: Viewer, filter: FindingFilter, upTo?: VerdictId): number {
  const isOpen = upTo === undefined && Object.values(filter).every((value) => value === undefined);
  if (isOpen && !setAside(opened.db, viewer)) return countVerdicts(opened);
  return countCells(opened, viewer, filter, upTo).reduce((sum, cell) => sum + leftOf(cell, viewer, filter), 0);
}

/** Verdicts that stand. */
export const countVerdicts = ({ db }: ReadableCase): number =>
  Number(db.first(query.selectFrom('verdict').select(({ fn }) => fn.countAll().as('n')))!.n) -
  (supersededVerdicts(db)?.count ?? 0);

/**
 * Sums of a number of each cell, by name; cells without a name or with nothing in them are left
 * out.
 */
export function addUp<K extends string>(
  cells: readonly CountedCell[],
  nameOf: (cell: CountedCell) => K | null,
  numberOf: (cell: CountedCell) => number,
): Partial<Record<K, number>> {
  const sums: Partial<Record<K, number>> = {};
  for (const cell of cells) {
    const name = nameOf(cell);
    const n = name === null ? 0 : numberOf(cell);
    if (name !== null && n > 0) sums[name] = (sums[name] ?? 0) + n;
  }
  return sums;
}

/** Numbers of what matches the filter. In blind mode leanings of undecided rows are not counted. */
export function countFindings(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingCounts {
  const cells = countCells(opened, viewer, filter);
  const left = (cell: CountedCell): number => leftOf(cell, viewer, filter);
  return {
    total: totalOf(opened, viewer, filter),
    byKind: addUp(cells, ({ kind }) => kind, left),
    byLeaning: addUp(
      cells.filter((cell) => isSeen(viewer, cell)),
      ({ leaning }) => leaning,
      left,
    ),
    byOwnConclusion: addUp(cells, ({ own }) => own, left),
  };
}
