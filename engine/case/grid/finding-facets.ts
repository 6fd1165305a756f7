// Facets: for each part of the grid's filter, what it could be changed to and how many findings that would give. Beside
// finding.ts, which pages through the findings themselves. See [Note: one count for all].
import { sql } from 'kysely';
import type { Sha256 } from '../../../contract/brand.ts';
import { type FindingFacets, type FindingFilter, SCORE_BINS } from '../../../contract/finding.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { addUp, type CountedCell, countCells, type Facet, isSeen, leftOf, totalOf } from './finding-counts.ts';
import { shownAside, type Viewer } from './finding-filter.ts';
import { setAside } from './row-bitmap.ts';

/** Every facet with its own restriction left out and all others kept. */
export function readFacets(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFacets {
  const cells = countCells(opened, viewer, filter);
  const seen = cells.filter((cell) => isSeen(viewer, cell));
  const but = (facet: Facet) => (cell: CountedCell) => leftOf(cell, viewer, filter, facet);
  return {
    total: totalOf(opened, viewer, filter),
    byKind: addUp(cells, ({ kind }) => kind, but('kinds')),
    byLeaning: addUp(seen, ({ leaning }) => leaning, but('leanings')),
    byOwnConclusion: { ...addUp(cells, ({ own }) => own, but('ownConclusions')), ...notFaces(opened, viewer, filter) },
    byModel: countByModel(
      opened,
      addUp(cells, ({ modelId }) => modelId, but('modelId')),
    ),
    scoreBins: binsOf(seen, but('score')),
    ...largest(opened),
  };
}

/** What choosing "not a face" among the viewer's opinions would give: those that the filter leaves out by itself. */
function notFaces(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): { notAFace?: number } {
  if (shownAside(filter) !== 'without' || !setAside(opened.db, viewer)) return {};
  const asked: FindingFilter = { ...filter, ownConclusions: ['notAFace'] };
  const cells = countCells(opened, viewer, asked);
  return addUp(
    cells,
    ({ own }) => (own === 'notAFace' ? own : null),
    (cell) => leftOf(cell, viewer, asked),
  );
}

function binsOf(cells: readonly CountedCell[], numberOf: (cell: CountedCell) => number): number[] {
  const bins = new Array<number>(SCORE_BINS).fill(0);
  for (const cell of cells) if (cell.bin !== null) bins[cell.bin]! += numberOf(cell);
  return bins;
}

function countByModel({ db }: ReadableCase, counts: Partial<Record<Sha256, number>>): FindingFacets['byModel'] {
  return db
    .all(query.selectFrom('model').select(['id', sql<string>`json ->> 'name'`.as('name')]))
    .map(({ id, name }) => ({ modelId: id as Sha256, name, findings: counts[id as Sha256] ?? 0 }));
}

function largest({ db }: ReadableCase): { sizePxMax: number; sharpnessMax: number } {
  const max = (column: 'size_px' | 'sharpness') =>
    Number(db.first(query.selectFrom('verdict').select(({ fn }) => fn.max(column).as('n')))?.n ?? 0);
  return { sizePxMax: max('size_px'), sharpnessMax: max('sharpness') };
}
