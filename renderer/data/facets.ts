// What the filters of the list could be narrowed to, with counts.
import { useQuery } from '@tanstack/react-query';
import type { FindingFacets } from '../../contract/finding.ts';
import { engine } from './engine.ts';
import { useGrid } from './grid-state.ts';

/**
 * Counts for the list that is shown: asked for once its first page is here, so that the tiles never
 * wait for them. Another examiner sees other counts: `caseChanged` drops what is held.
 */
export function useFacets(): FindingFacets | undefined {
  const { list } = useGrid();
  return useQuery(
    engine.finding.facets.queryOptions({
      input: { filter: list?.filter ?? {} },
      enabled: list !== null,
      staleTime: 5000,
      placeholderData: (before) => before,
    }),
  ).data;
}
