// Which faces look alike, in the window: looking for one, where that is switched on, and switching it
// on and off. Nothing is compared before it is asked for: each search is an entry of the log.
import { useQuery } from '@tanstack/react-query';
import type { FaceId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import type { PersonsAnswer, PersonsState } from '../../contract/persons.ts';
import { client } from '../transport.ts';
import { countText } from '../wording.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { grid, selectedRow, setFilter } from './grid-state.ts';
import { jobEnded } from './jobs.ts';
import { notify } from './notices.ts';
import { useCase } from './open-case.ts';
import { hasExaminer } from './opinions.ts';
import { show } from './overlays.ts';

/** A face of the case, or one of a picture outside it. */
export type LookedFor = { faceId: FaceId } | { file: string; face?: number };

const told = async <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    const { title, detail } = errorWords(error);
    notify(`${title} ${detail}`, { tone: 'danger' });
    return undefined;
  });

const settle = (): Promise<void> => queryClient.invalidateQueries({ queryKey: engine.persons.state.key() });

export function usePersonsState(): PersonsState | undefined {
  const open = useCase();
  return useQuery(engine.persons.state.queryOptions({ enabled: Boolean(open), staleTime: 0 })).data;
}

/** Opens the search; where it is off, what is to be known before it is switched on. */
export async function lookFor(of: LookedFor | null): Promise<void> {
  const state = await told(client.persons.state());
  // It is switched on under a name.
  if (state && (state.on || (await hasExaminer()))) show({ kind: 'alike', of });
}

/** The face that is selected in the list. */
export function lookForSelected(row: Pick<Finding, 'faceId'> | undefined = selectedRow()): void {
  if (row?.faceId == null) notify('There is no face there to look for.');
  else void lookFor({ faceId: row.faceId });
}

async function measured(job: Promise<{ id: Parameters<typeof jobEnded>[0] }>): Promise<void> {
  const { id } = await job;
  await settle();
  try {
    await jobEnded(id);
  } finally {
    await settle();
  }
}

/** Rejects with what the engine says, and where the job was not done. */
export const switchOn = (reason: string): Promise<void> => measured(client.persons.switchOn({ reason }));
export const measureFaces = (): Promise<void> => measured(client.persons.measure({}));

export const findAlike = (of: LookedFor, within: number): Promise<PersonsAnswer> =>
  client.persons.find({ of, within, limit: 200 });

/** Opens what asks for the reason. */
export async function askToErase(): Promise<void> {
  if (await hasExaminer()) show({ kind: 'eraseEmbeddings' });
}

export async function eraseEmbeddings(reason: string): Promise<void> {
  const { erased } = await client.persons.erase({ reason });
  // Names that went with it stand in no filter, and no list asks for them.
  const { groups, ...others } = grid.get().filter;
  if (groups) setFilter(others);
  await Promise.all([
    settle(),
    queryClient.resetQueries({ queryKey: engine.group.key() }),
    queryClient.invalidateQueries({ queryKey: engine.finding.facets.key() }),
  ]);
  notify(`Erased: the embeddings of ${countText(erased?.embeddings ?? 0, 'face', 'faces')}. Comparing faces is off.`);
}
