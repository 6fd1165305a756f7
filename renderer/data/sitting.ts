// Who looks at the open case is asked before anything of it is drawn: scores once seen are seen,
// and blind review begins with the first look. Until there is an answer, the screens with results
// are not shown.
import { useQuery } from '@tanstack/react-query';
import { client } from '../transport.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { notify } from './notices.ts';
import { useCase } from './open-case.ts';
import { createStore, useStore } from './store.ts';

/** The case that is looked at without a name. */
const looking = createStore<string | null>(null);

/** Shows the results once the case knows that they were looked at. */
export async function lookWithoutName(folder: string): Promise<void> {
  try {
    queryClient.setQueryData(engine.session.get.queryKey(), await client.session.look());
    looking.set(folder);
  } catch (error) {
    const { title, detail } = errorWords(error);
    notify(`${title} ${detail}`, { tone: 'danger' });
  }
}

/**
 * True where results were shown while nobody was chosen: of a case that was looked at without a
 * name, in whichever window, and of the demonstration. Whoever takes a name then has seen them.
 */
export function useLookedBefore(): boolean {
  const open = useCase();
  const session = useQuery(engine.session.get.queryOptions({ enabled: Boolean(open) })).data;
  if (!open || !session || session.examiner || open.counts.verdicts === 0) return false;
  return session.looked === true || open.demonstration;
}

/**
 * `ask`: results are there and nobody has said who looks. Not of a case that nobody can write an
 * opinion into, nor of the demonstration.
 */
export function useSitting(): 'unknown' | 'ask' | 'open' {
  const open = useCase();
  const session = useQuery(engine.session.get.queryOptions({ enabled: Boolean(open) })).data;
  const unnamed = useStore(looking);
  if (!open?.writable || open.demonstration || open.counts.verdicts === 0) return 'open';
  if (!session) return 'unknown';
  return session.examiner || session.blind || unnamed === open.folder ? 'open' : 'ask';
}
