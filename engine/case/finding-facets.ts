// Facets: for each part of the grid's filter, what it could be changed to and how many findings that would give. Beside
// finding.ts, which pages through the findings themselves.
import { sql } from 'kysely';
import type { Sha256 } from '../../contract/brand.ts';
import { type FindingFacets, type FindingFilter, SCORE_BINS } from '../../contract/finding.ts';
import { query } from './case-database.ts';
import { countFindings, matchingFindings, type Viewer, visibleScore } from './finding.ts';
import type { ReadableCase } from './open-case.ts';

/** The filter without some of its restrictions. */
const without = (filter: FindingFilter, ...keys: (keyof FindingFilter)[]): FindingFilter =>
  Object.fromEntries(Object.entries(filter).filter(([key]) => !keys.includes(key as keyof FindingFilter)));

/** Every facet, each counted with every restriction but its own. */
export function readFacets(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFacets {
  const whole = countFindings(opened, viewer, filter);
  const alone = (key: 'kinds' | 'leanings' | 'ownConclusions') =>
    filter[key] === undefined ? whole : countFindings(opened, viewer, without(filter, key));
  return {
    total: whole.total,
    byKind: alone('kinds').byKind,
    byLeaning: alone('leanings').byLeaning,
    byOwnConclusion: alone('ownConclusions').byOwnConclusion,
    byModel: countByModel(opened, viewer, without(filter, 'modelId')),
    scoreBins: binScores(opened, viewer, without(filter, 'scoreMin', 'scoreMax')),
    ...largest(opened),
  };
}

function countByModel(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFacets['byModel'] {
  const names = opened.db.all(query.selectFrom('model').select(['id', sql<string>`json ->> 'name'`.as('name')]));
  return names.map(({ id, name }) => ({
    modelId: id as Sha256,
    name,
    findings: countFindings(opened, viewer, { ...filter, modelId: id as Sha256 }).total,
  }));
}

/** How many scores fall in each of SCORE_BINS equal bins; a score of exactly 1 falls in the last. */
function binScores(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): number[] {
  const bin = sql<number>`min(CAST(v.score * ${SCORE_BINS} AS INTEGER), ${SCORE_BINS - 1})`;
  const rows = opened.db.all(
    matchingFindings(viewer, filter)
      .where(visibleScore(viewer))
      .select(bin.as('bin'))
      .select(({ fn }) => fn.countAll().as('n'))
      .groupBy('bin'),
  );
  const bins = new Array<number>(SCORE_BINS).fill(0);
  for (const row of rows) bins[row.bin] = Number(row.n);
  return bins;
}

function largest({ db }: ReadableCase): { sizePxMax: number; sharpnessMax: number } {
  const max = (column: 'size_px' | 'sharpness') =>
    Number(db.first(query.selectFrom('verdict').select(({ fn }) => fn.max(column).as('n')))?.n ?? 0);
  return { sizePxMax: max('size_px'), sharpnessMax: max('sharpness') };
}
