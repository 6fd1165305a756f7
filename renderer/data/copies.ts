// Near copies of pictures, in the window. A search for a picture from outside is an entry of the log:
// nothing is looked for before it is asked.
import { useQuery } from '@tanstack/react-query';
import type { CopiesAnswer, CopiesQuery, CopiesState, CopyStacks } from '../../contract/copies.ts';
import type { Finding } from '../../contract/finding.ts';
import { client } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { selectedRow } from './grid-state.ts';
import { jobEnded } from './jobs.ts';
import { useCase } from './open-case.ts';
import { show } from './overlays.ts';

const settle = (): Promise<void> => queryClient.invalidateQueries({ queryKey: engine.copies.state.key() });

export function useCopiesState(): CopiesState | undefined {
  const open = useCase();
  return useQuery(engine.copies.state.queryOptions({ enabled: Boolean(open), staleTime: 0 })).data;
}

/** Near copies of the picture of a result; of the one selected in the list when none is named. */
export function copiesOf(row: Pick<Finding, 'verdictId'> | undefined = selectedRow()): void {
  if (row) show({ kind: 'copies', of: { verdictId: row.verdictId } });
}

/** Rejects with what the engine says, and where the job was not done. */
export async function makeHashes(): Promise<void> {
  const { id } = await client.copies.make({});
  try {
    await jobEnded(id);
  } finally {
    await settle();
  }
}

export const nearCopies = (of: CopiesQuery): Promise<CopiesAnswer> => client.copies.like({ of, limit: 200 });

export const copyStacks = (offset: number, limit: number): Promise<CopyStacks> => client.copies.find({ offset, limit });
