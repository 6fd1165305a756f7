// Whose results the grid shows, where more than one model looked at the case: one model at a time,
// so that a face is one tile. It says whose list stands below it, not what another model has added
// since.
import { useEffect, useRef } from 'react';
import type { FindingFacets } from '../../contract/finding.ts';
import { showModel, useGrid } from '../data/grid-state.ts';
import { notify } from '../data/notices.ts';
import { countText } from '../wording.ts';
import { Select } from './field.tsx';
import { nameAmong } from './model-name.ts';

type ByModel = FindingFacets['byModel'];

const nameOf = (byModel: ByModel, id: string): string => {
  const models = byModel.map(({ modelId, name }) => ({ id: modelId, name }));
  return nameAmong(models.find((one) => one.id === id) ?? { id, name: id.slice(0, 12) }, models);
};

/** Says that another model has results now, and that they are not the ones that are shown. */
function useSaidNewcomer(byModel: ByModel | undefined, shown: string | null | undefined): void {
  const before = useRef<ByModel>(undefined);
  useEffect(() => {
    if (!byModel) return;
    const known = before.current?.map(({ modelId }) => modelId);
    const added = known?.length ? byModel.filter(({ modelId }) => !known.includes(modelId)) : [];
    before.current = byModel;
    for (const { modelId } of added)
      if (shown && modelId !== shown)
        notify(
          `${nameOf(byModel, modelId)} has results in this case too. The list still shows those of ${nameOf(byModel, shown)}.`,
        );
  }, [byModel, shown]);
}

export function ModelSwitch({ facets }: { facets: FindingFacets | undefined }) {
  const { list } = useGrid();
  useSaidNewcomer(facets?.byModel, list?.modelId);
  if (!facets || !list?.modelId || facets.byModel.length < 2) return null;
  return (
    <Select
      aria-label="Results of the model"
      className="model-switch"
      value={list.modelId}
      onChange={(event) => showModel(event.target.value as typeof list.modelId & string)}
    >
      {facets.byModel.map(({ modelId, findings }) => (
        <option key={modelId} value={modelId}>
          {nameOf(facets.byModel, modelId)} ({countText(findings, 'result', 'results')})
        </option>
      ))}
    </Select>
  );
}
