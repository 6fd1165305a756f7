// Opinions, tags and steps on groups given in another window of this case: rows, counts and logs on screen are brought to them.
import { client, follow } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { grid, openList } from './grid-state.ts';
import { settleRows } from './opinions.ts';
import { WINDOW } from './window-name.ts';

/** Until the signal: what is marked anywhere else is shown here. */
export async function followMarks(signal: AbortSignal): Promise<void> {
  const marks = follow((one) => client.finding.marked(undefined, { signal: one }), signal);
  for await (const { opening, window, rows } of marks) {
    const here = queryClient.getQueryData(engine.case.current.queryKey());
    if (window === WINDOW || opening !== here?.opening) continue;
    settleRows(rows);
    for (const queryKey of [engine.tag.key(), engine.group.key()]) void queryClient.invalidateQueries({ queryKey });
    const { list } = grid.get();
    // What is on a page that was not read yet may have left the list: it is read again.
    if (rows.length === 0 || rows.some(({ verdictId }) => list?.indexOf(verdictId) === -1)) void openList(true);
  }
}
