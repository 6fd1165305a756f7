// From the finding inspected to its neighbours in the grid's list, and the grid's cursor with it.
import { useEffect } from 'react';
import type { VerdictId } from '../../../contract/brand.ts';
import { grid, selectRow, setCursor, useGrid } from '../../data/grid-state.ts';
import { notify } from '../../data/notices.ts';
import { go } from '../../data/route.ts';

/** Goes to a neighbour in the grid's list; false where there is none. */
export async function goToNeighbour(by: number): Promise<boolean> {
  const { list, cursor } = grid.get();
  const row = await list?.get(cursor + by);
  setCursor(row ? cursor + by : cursor);
  if (!row) return false;
  list?.want(cursor + 2 * by - 20, cursor + 2 * by + 20);
  go('inspect', row.verdictId);
  return true;
}

/** After an opinion, to the next; behind the last there is none, and it is held as the grid's is. */
export async function goOnFrom(verdictId: VerdictId): Promise<void> {
  if (await goToNeighbour(1)) return;
  grid.set((now) => ({ ...now, ended: verdictId }));
  notify('That was the last face of the list.');
}

/** The cursor follows a finding reached by another way (a link, a face on the photograph). */
export function useCursorHere(verdictId: VerdictId): void {
  const { list } = useGrid();
  useEffect(() => {
    if (list) selectRow(verdictId);
  }, [list, verdictId]);
}
