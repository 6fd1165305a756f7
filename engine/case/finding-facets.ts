// Facets: for each part of the grid's filter, what it could be changed to and how many findings that would give. Beside
// finding.ts, which pages through the findings themselves.
import { sql } from 'kysely';
import type { Sha256 } from '../../contract/brand.ts';
import { type FindingFacets, type FindingFilter, SCORE_BINS } from '../../contract/finding.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import type { Leaning, VerdictKind } from '../../contract/verdict.ts';
import { query } from './case-database.ts';
import { conditions, type Viewer } from './finding.ts';
import type { ReadableCase } from './open-case.ts';

/** Findings that are alike in everything a facet asks for, and how many they are. `own`: the viewer's opinion. */
type Cell = {
  kind: VerdictKind;
  leaning: Leaning | null;
  modelId: Sha256;
  /** Which of SCORE_BINS equal bins the score is in; null without a score. */
  bin: number | null;
  /** True where the score is in the filter's range; bins are coarser than that. */
  inRange: boolean;
  own: Conclusion | 'none';
  n: number;
};

type Facet = 'kinds' | 'leanings' | 'score' | 'ownConclusions' | 'modelId';

/**
 * [Note: facets in one pass] Every facet has its own set of restrictions, but they differ only in a handful of columns with few
 * values. So the table is read once, without those restrictions, into some hundred cells; each facet adds up the cells it
 * wants. The viewer's opinions are few beside the verdicts: they are counted on their own and taken off the cells of `none`.
 */
export function readFacets(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFacets {
  const cells = readCells(opened, viewer, filter);
  const fits = restrictions(viewer, filter);
  const butFor = (facet?: Facet) => cells.filter((cell) => fits.every(([own, test]) => own === facet || test(cell)));
  const seen = (cell: Cell): boolean => !viewer.blind || cell.own !== 'none';
  const scoreBins = new Array<number>(SCORE_BINS).fill(0);
  for (const cell of butFor('score')) if (cell.bin !== null && seen(cell)) scoreBins[cell.bin]! += cell.n;
  return {
    total: butFor().reduce((sum, { n }) => sum + n, 0),
    byKind: addUp(butFor('kinds'), ({ kind }) => kind),
    byLeaning: addUp(butFor('leanings').filter(seen), ({ leaning }) => leaning),
    byOwnConclusion: addUp(butFor('ownConclusions'), ({ own }) => own),
    byModel: countByModel(opened, butFor('modelId')),
    scoreBins,
    ...largest(opened),
  };
}

/** What the filter asks of a cell, by the facet that asks it. See [Note: blind filters] for who may filter by score. */
function restrictions(viewer: Viewer, filter: FindingFilter): (readonly [Facet, (cell: Cell) => boolean])[] {
  const { kinds, leanings, ownConclusions, modelId, scoreMin, scoreMax } = filter;
  const seen = (cell: Cell): boolean => !viewer.blind || cell.own !== 'none';
  const all: (readonly [Facet, (cell: Cell) => boolean])[] = [];
  if (kinds) all.push(['kinds', ({ kind }) => kinds.includes(kind)]);
  if (leanings)
    all.push(['leanings', (cell) => cell.leaning !== null && leanings.includes(cell.leaning) && seen(cell)]);
  if (scoreMin !== undefined || scoreMax !== undefined) all.push(['score', (cell) => cell.inRange && seen(cell)]);
  if (ownConclusions) all.push(['ownConclusions', ({ own }) => ownConclusions.includes(own)]);
  if (modelId) all.push(['modelId', (cell) => cell.modelId === modelId]);
  return all;
}

function addUp<K extends string>(cells: readonly Cell[], key: (cell: Cell) => K | null): Partial<Record<K, number>> {
  const sums: Partial<Record<K, number>> = {};
  for (const cell of cells) {
    const name = key(cell);
    if (name !== null) sums[name] = (sums[name] ?? 0) + cell.n;
  }
  return sums;
}

const FACET_KEYS: readonly string[] = ['kinds', 'leanings', 'ownConclusions', 'modelId', 'scoreMin', 'scoreMax'];

function readCells({ db }: ReadableCase, viewer: Viewer, filter: FindingFilter): Cell[] {
  const rest = Object.fromEntries(Object.entries(filter).filter(([key]) => !FACET_KEYS.includes(key)));
  const where = conditions(rest, viewer);
  const { scoreMin, scoreMax } = filter;
  const bin = sql<number | null>`min(CAST(v.score * ${sql.lit(SCORE_BINS)} AS INTEGER), ${sql.lit(SCORE_BINS - 1)})`;
  const inRange = sql<number | null>`v.score >= ${scoreMin ?? 0} AND v.score <= ${scoreMax ?? 1}`;
  const verdicts = where.reduce((select, condition) => select.where(condition), query.selectFrom('verdict as v'));
  const all = db.all(
    verdicts
      .select(['v.kind', 'v.leaning', 'v.model_id', bin.as('bin'), inRange.as('in_range')])
      .select(({ fn }) => fn.countAll().as('n'))
      .groupBy(['v.kind', 'v.leaning', 'v.model_id', 'bin', 'in_range']),
  );
  const opinions = where.reduce(
    (select, condition) => select.where(condition),
    query
      .selectFrom('current_opinion as own')
      // SQLite keeps the order of a CROSS JOIN: the few opinions first, each with its verdict, not every verdict with its opinion.
      .crossJoin('verdict as v')
      .whereRef('v.evidence_id', '=', 'own.evidence_id')
      .where(sql<boolean>`ifnull(v.face_id, 0) = own.face_id`)
      .where('own.examiner_id', '=', viewer.examinerId ?? -1)
      .where('own.conclusion', '<>', 'withdrawn'),
  );
  const decided = db.all(
    opinions
      .select(['v.kind', 'v.leaning', 'v.model_id', bin.as('bin'), inRange.as('in_range'), 'own.conclusion'])
      .select(({ fn }) => fn.countAll().as('n'))
      .groupBy(['v.kind', 'v.leaning', 'v.model_id', 'bin', 'in_range', 'own.conclusion']),
  );
  const nameOf = (row: Omit<(typeof all)[number], 'n'>): string =>
    [row.kind, row.leaning, row.model_id, row.bin, row.in_range].join();
  const taken = new Map<string, number>();
  for (const row of decided) taken.set(nameOf(row), (taken.get(nameOf(row)) ?? 0) + Number(row.n));
  return [
    ...all.map((row) => cellFrom(row, 'none', Number(row.n) - (taken.get(nameOf(row)) ?? 0))),
    ...decided.map((row) => cellFrom(row, row.conclusion as Conclusion, Number(row.n))),
  ];
}

type Row = { kind: string; leaning: string | null; model_id: string; bin: number | null; in_range: number | null };

const cellFrom = (row: Row, own: Cell['own'], n: number): Cell => ({
  kind: row.kind as VerdictKind,
  leaning: row.leaning as Leaning | null,
  modelId: row.model_id as Sha256,
  bin: row.bin,
  inRange: row.in_range === 1,
  own,
  n,
});

function countByModel({ db }: ReadableCase, cells: readonly Cell[]): FindingFacets['byModel'] {
  const counts = addUp(cells, ({ modelId }) => modelId);
  return db
    .all(query.selectFrom('model').select(['id', sql<string>`json ->> 'name'`.as('name')]))
    .map(({ id, name }) => ({ modelId: id as Sha256, name, findings: counts[id as Sha256] ?? 0 }));
}

function largest({ db }: ReadableCase): { sizePxMax: number; sharpnessMax: number } {
  const max = (column: 'size_px' | 'sharpness') =>
    Number(db.first(query.selectFrom('verdict').select(({ fn }) => fn.max(column).as('n')))?.n ?? 0);
  return { sizePxMax: max('size_px'), sharpnessMax: max('sharpness') };
}
