// Who looks at the open case is asked before anything of it is drawn: scores once seen are seen,
// and blind review begins with the first look. Until there is an answer, the screens with results
// are not shown.
import { useQuery } from '@tanstack/react-query';
import { engine } from './engine.ts';
import { useCase } from './open-case.ts';
import { createStore, useStore } from './store.ts';

/** The case that is looked at without a name. */
const looking = createStore<string | null>(null);

/** Cases that were looked at without a name in this window, since a name was last taken in them. */
const LOOKED = 'recce.looked-without-name';

function lookedAt(): string[] {
  try {
    return JSON.parse(sessionStorage.getItem(LOOKED) ?? '[]') as string[];
  } catch {
    return [];
  }
}

/** A reload, or closing and opening the case, makes nothing unseen. */
export function lookWithoutName(folder: string): void {
  looking.set(folder);
  sessionStorage.setItem(LOOKED, JSON.stringify([...new Set([...lookedAt(), folder])]));
}

/** Whoever looked has a name now: the next one has not looked by that. */
export const nameTaken = (folder: string): void =>
  sessionStorage.setItem(LOOKED, JSON.stringify(lookedAt().filter((one) => one !== folder)));

/**
 * True where results were shown while nobody was chosen: of a case that is looked at without a
 * name, and of the demonstration. Whoever takes a name then has seen them.
 */
export function useLookedBefore(): boolean {
  const open = useCase();
  const session = useQuery(engine.session.get.queryOptions({ enabled: Boolean(open) })).data;
  const unnamed = useStore(looking);
  if (!open || !session || session.examiner || open.counts.verdicts === 0) return false;
  return unnamed === open.folder || open.demonstration || lookedAt().includes(open.folder);
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
