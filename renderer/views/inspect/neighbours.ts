// From the finding inspected to its neighbours in the grid's list, and the grid's cursor with it.
import { useEffect } from 'react';
import type { VerdictId } from '../../../contract/brand.ts';
import { grid, selectRow, setCursor, useGrid } from '../../data/grid-state.ts';
import { go } from '../../data/route.ts';

/** Goes to a neighbour in the grid's list. */
export async function goToNeighbour(by: number): Promise<void> {
  const { list, cursor } = grid.get();
  const row = await list?.get(cursor + by);
  if (!row) return;
  setCursor(cursor + by);
  list?.want(cursor + 2 * by - 20, cursor + 2 * by + 20);
  go('inspect', row.verdictId);
}

/** The cursor follows a finding reached by another way (a link, a face on the photograph). */
export function useCursorHere(verdictId: VerdictId): void {
  const { list } = useGrid();
  useEffect(() => {
    if (list) selectRow(verdictId);
  }, [list, verdictId]);
}
