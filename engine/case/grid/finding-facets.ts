// Facets: for each part of the grid's filter, what it could be changed to and how many findings
// that would give. Beside finding.ts, which pages through the findings themselves. See [Note: one
// count for all].
import { sql } from 'kysely';
import type { Sha256 } from '../../../contract/brand.ts';
import { type FindingFacets, type FindingFilter, SCORE_BINS } from '../../../contract/finding.ts';
import { storedObject } from '../../files/stored-json.ts';
import { cachedUntilWrite } from '../db/cached-until-write.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { exhibitBytes, exhibitNames, MOST_EXHIBITS } from '../rows/exhibit.ts';
import { addUp, type CountedCell, countCells, type Facet, isSeen, leftOf, totalOf } from './finding-counts.ts';
import { conditions, isOfFewFiles, shownAside, type Viewer, verdictsBy } from './finding-filter.ts';
import { countedGroups } from './in-groups.ts';
import { modelShown, modelsUnseen } from './model-shown.ts';
import { hasTag, modelsByParameters, setAside, tagged, tagsInUse } from './row-bitmap.ts';

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
    modelId: filter.modelId ?? modelShown(opened) ?? null,
    byModel: countByModel(
      opened,
      viewer,
      addUp(cells, ({ modelId }) => modelId, but('modelId')),
    ),
    disagreed:
      new Set(modelsByParameters(opened.db).values()).size < 2
        ? null
        : totalOf(opened, viewer, { ...filter, modelsDisagree: true }),
    byExhibit: countByExhibit(opened, viewer, filter),
    byTag: countByTag(opened, viewer, filter),
    byGroup: countByGroup(opened, viewer, filter),
    scoreBins: binsOf(seen, but('score')),
    ...largest(opened),
  };
}

/**
 * What choosing "not a face" among the viewer's opinions would give: those that the filter leaves
 * out by itself.
 */
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

function countByModel(
  opened: ReadableCase,
  viewer: Viewer,
  counts: Partial<Record<Sha256, number>>,
): FindingFacets['byModel'] {
  const unseen = modelsUnseen(opened, viewer);
  const models = opened.db.all(query.selectFrom('model').select(['id', 'json']));
  const offered = models.filter(({ id }) => !unseen.has(id as Sha256));
  return offered.map(({ id, json }) => ({
    modelId: id as Sha256,
    name: String(storedObject(json)?.name ?? ''),
    findings: counts[id as Sha256] ?? 0,
  }));
}

/**
 * Each exhibit counted as if it were asked for alone, all at once; nothing where there is but one,
 * or too many for a list.
 */
function countByExhibit(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFacets['byExhibit'] {
  const { db } = opened;
  const names = exhibitNames(opened);
  if (names.length < 2 || names.length > MOST_EXHIBITS) return [];
  const { exhibits: _, ...others } = filter;
  return cachedUntilWrite(db, ['byExhibit', others, viewer], () => {
    const exhibit = sql<Uint8Array>`substr(${exhibitBytes(db)}, v.evidence_id + 1, 1)`;
    const from = query.selectFrom(verdictsBy(isOfFewFiles(db, others) ? 'file' : 'cell'));
    const rows = db.all(
      conditions(opened, others, viewer)
        .reduce((select, condition) => select.where(condition), from)
        .select(exhibit.as('exhibit'))
        .select(({ fn }) => fn.countAll().as('n'))
        .groupBy('exhibit'),
    );
    const counts = new Map(rows.map((row) => [row.exhibit[0], Number(row.n)]));
    return names.map((one) => ({ ...one, findings: counts.get(one.exhibit) ?? 0 }));
  });
}

/** Each tag counted as if it were asked for alone, all in one walk through the index. */
function countByTag(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFacets['byTag'] {
  const { db } = opened;
  const ids = tagsInUse(db);
  if (ids.length === 0) return [];
  const { tags: _, ...others } = filter;
  return cachedUntilWrite(db, ['byTag', others, viewer], () => {
    const from = query.selectFrom(verdictsBy(isOfFewFiles(db, others) ? 'file' : 'cell'));
    const counts = db.first(
      conditions(opened, others, viewer)
        .reduce((select, condition) => select.where(condition), from)
        .select(ids.map((id) => sql<number | null>`sum(${hasTag(tagged(db, viewer, [id]))})`.as(String(id)))),
    );
    return ids.map((tagId) => ({ tagId, findings: Number(counts?.[String(tagId)] ?? 0) }));
  });
}

/** Each group counted as if it were asked for alone, all at once. */
function countByGroup(opened: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFacets['byGroup'] {
  const { db } = opened;
  const { groups: asked = [], ...others } = filter;
  return cachedUntilWrite(db, ['byGroup', asked, others, viewer], () => {
    const { ids, bytes } = countedGroups(opened, asked);
    if (ids.length === 0) return [];
    const group = sql<Uint8Array>`substr(${bytes}, v.face_id + 1, 1)`;
    const from = query.selectFrom(verdictsBy(isOfFewFiles(db, others) ? 'file' : 'cell'));
    const rows = db.all(
      conditions(opened, others, viewer)
        .reduce((select, condition) => select.where(condition), from)
        .where('v.face_id', 'is not', null)
        .select(group.as('place'))
        .select(({ fn }) => fn.countAll().as('n'))
        .groupBy('place'),
    );
    const counts = new Map(rows.map((row) => [row.place[0], Number(row.n)]));
    return ids.map((id, i) => ({ group: id, findings: counts.get(i + 1) ?? 0 }));
  });
}

function largest({ db }: ReadableCase): { sizePxMax: number; sharpnessMax: number } {
  const max = (column: 'size_px' | 'sharpness') =>
    Number(db.first(query.selectFrom('verdict').select(({ fn }) => fn.max(column).as('n')))?.n ?? 0);
  return { sizePxMax: max('size_px'), sharpnessMax: max('sharpness') };
}
