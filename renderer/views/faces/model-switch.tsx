// Whose results the grid shows, where more than one model looked at the case: one model at a time,
// so that a face is one tile.
import type { FindingFacets } from '../../../contract/finding.ts';
import { setFilter, useGrid } from '../../data/grid-state.ts';
import { Select } from '../../parts/field.tsx';
import { nameAmong } from '../../parts/model-name.ts';
import { countText } from '../../wording.ts';

export function ModelSwitch({ facets }: { facets: FindingFacets | undefined }) {
  const { filter } = useGrid();
  if (!facets || facets.byModel.length < 2) return null;
  const models = facets.byModel.map(({ modelId, name }) => ({ id: modelId, name }));
  return (
    <Select
      aria-label="Results of the model"
      className="model-switch"
      value={filter.modelId ?? facets.modelId ?? ''}
      onChange={(event) => setFilter({ ...filter, modelId: event.target.value as FindingFacets['modelId'] & string })}
    >
      {facets.byModel.map(({ modelId, name, findings }) => (
        <option key={modelId} value={modelId}>
          {nameAmong({ id: modelId, name }, models)} ({countText(findings, 'result', 'results')})
        </option>
      ))}
    </Select>
  );
}
