// One model at a time: a face that two models judged is one line of the grid, by the model that is
// asked for, else by the one that may be relied on most.
import type { ModelId } from '../../../contract/brand.ts';
import type { FindingFilter } from '../../../contract/finding.ts';
import { storedObject } from '../../files/stored-json.ts';
import { cachedUntilWrite } from '../db/cached-until-write.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { addUp, countCells } from './finding-counts.ts';
import type { Viewer } from './finding-filter.ts';
import { modelsByParameters } from './row-bitmap.ts';

/**
 * The model whose results stand where none is asked for: one that was measured before one that was
 * not, then the one with the most findings, of equals the one that looked first: what a later scan
 * adds does not take its place. Undefined in a case without any.
 */
export function modelShown(opened: ReadableCase): ModelId | undefined {
  const models = modelsInOrder(opened);
  if (models.length < 2) return models[0];
  const cells = countCells(opened, { examinerId: null, blind: false }, {});
  const counts = addUp(
    cells,
    ({ modelId }) => modelId,
    ({ n }) => n,
  );
  const measured = measuredModels(opened);
  const isBefore = (one: ModelId, other: ModelId): boolean =>
    measured.has(one) === measured.has(other) ? counts[one]! > counts[other]! : measured.has(one);
  // One that looked second saw a part of the files.
  const second = askedSecond(opened);
  const saw = models.filter((id) => counts[id]);
  const whole = saw.filter((id) => !second.has(id));
  const [first, ...others] = whole.length > 0 ? whole : saw;
  return others.reduce((best, one) => (isBefore(one, best!) ? one : best), first) ?? models[0];
}

/** Those whose card in this case holds a validation record. */
const measuredModels = ({ db }: ReadableCase): ReadonlySet<string> =>
  new Set(
    db
      .all(query.selectFrom('model').select(['id', 'json']))
      // As everything else reads a card: of a key that stands twice SQLite would take the other.
      .filter(({ json }) => (storedObject(json)?.validation ?? null) !== null)
      .map(({ id }) => id),
  );

const modelsInOrder = ({ db }: ReadableCase): ModelId[] => [...new Set(modelsByParameters(db).values())];

/**
 * Models that were asked about a part of the files by what another had said of them. Which files
 * those are tells of which the other was sure.
 */
export const askedSecond = ({ db }: ReadableCase): ReadonlySet<ModelId> =>
  cachedUntilWrite(
    db,
    ['askedSecond'],
    () =>
      new Set(
        db
          .all(query.selectFrom('parameters').select(['json']))
          .map(({ json }) => storedObject(json))
          .flatMap((one) => (one?.secondLook ? [one.modelId as ModelId] : [])),
      ),
  );

/** In blind review a model that was asked second is not there: its list would tell the first one's. */
export const modelsUnseen = (opened: ReadableCase, { blind }: Viewer): ReadonlySet<ModelId> =>
  blind ? askedSecond(opened) : NONE;
const NONE: ReadonlySet<ModelId> = new Set();

const mayAsk = (opened: ReadableCase, viewer: Viewer, modelId: ModelId): boolean =>
  !modelsUnseen(opened, viewer).has(modelId);

/** Whose results a filter gives; null in a case without any, and for a model that gave none. */
export function modelOf(opened: ReadableCase, { modelId }: FindingFilter): ModelId | null {
  if (modelId === undefined) return modelShown(opened) ?? null;
  return modelsInOrder(opened).find((one) => one === modelId) ?? null;
}

/** The model that is asked for, else the one that is shown; in blind review none that was asked second. */
export const askedModel = (opened: ReadableCase, viewer: Viewer, modelId: ModelId | undefined): ModelId | undefined =>
  modelId !== undefined && mayAsk(opened, viewer, modelId) ? modelId : modelShown(opened);

/** The filter with its model; in a case of one model without it, which asks nothing of a row. */
export function ofOneModel(opened: ReadableCase, filter: FindingFilter, viewer: Viewer): FindingFilter {
  const models = modelsInOrder(opened);
  const { modelId, ...rest } = filter;
  if (models.length < 2 && (modelId === undefined || modelId === models[0])) return rest;
  return { ...rest, modelId: askedModel(opened, viewer, modelId)! };
}
