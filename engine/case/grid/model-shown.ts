// One model at a time: a face that two models judged is one line of the grid, by the model that is
// asked for or that has most to say.
import type { ModelId } from '../../../contract/brand.ts';
import type { FindingFilter } from '../../../contract/finding.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { addUp, countCells } from './finding-counts.ts';
import { modelsByParameters } from './row-bitmap.ts';

/**
 * The model with the most findings in the case, of equals the one that came later; undefined in a
 * case without any.
 */
export function modelWithMost(opened: ReadableCase): ModelId | undefined {
  const models = [...new Set(modelsByParameters(opened.db).values())];
  if (models.length < 2) return models[0];
  const cells = countCells(opened, { examinerId: null, blind: false }, {});
  const counts = addUp(
    cells,
    ({ modelId }) => modelId,
    ({ n }) => n,
  );
  return models.reduce((most, one) => ((counts[one] ?? 0) >= (counts[most] ?? 0) ? one : most));
}

/** The filter with its model; in a case of one model as it is, which asks nothing of a row. */
export function ofOneModel(opened: ReadableCase, filter: FindingFilter): FindingFilter {
  if (filter.modelId !== undefined || new Set(modelsByParameters(opened.db).values()).size < 2) return filter;
  return { ...filter, modelId: modelWithMost(opened)! };
}
