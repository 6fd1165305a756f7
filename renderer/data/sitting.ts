// Who looks at the open case is asked before anything of it is drawn: scores once seen are seen,
// and blind review begins with the first look. Until there is an answer, the screens with results
// are not shown.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Case } from '../../contract/case.ts';
import { client } from '../transport.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { looking, openingOf, type Sitting, sittingOf } from './looks.ts';
import { notify } from './notices.ts';
import { useCase } from './open-case.ts';
import { useStore } from './store.ts';

/** Shows the results once the case knows that they were looked at. */
export async function lookWithoutName(open: Case): Promise<void> {
  try {
    queryClient.setQueryData(engine.session.get.queryKey(), await client.session.look());
    looking.set(openingOf(open));
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

/** How it is with who looks, see `sittingOf`. */
export function useSitting(): Sitting {
  const open = useCase();
  const session = useQuery(engine.session.get.queryOptions({ enabled: Boolean(open) })).data;
  const unnamed = useStore(looking);
  const isNamed = Boolean(session?.examiner);
  useEffect(() => {
    if (isNamed) looking.set(null);
  }, [isNamed]);
  return sittingOf(open, session, unnamed);
}
