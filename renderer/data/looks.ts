// Whether results may be read before anybody has said who looks: what has left the engine counts as
// seen, drawn or not, and blind review begins with the first look.
import type { Case, Session } from '../../contract/case.ts';
import { engine, queryClient } from './engine.ts';
import { createStore } from './store.ts';

/** The opening (`Case.opening`) of the case that is looked at without a name, until one is taken. */
export const looking = createStore<string | null>(null);

export const openingOf = ({ opening, folder }: Case): string => opening ?? folder;

export type Sitting = 'unknown' | 'ask' | 'open';

/**
 * `ask`: results are there and nobody has said who looks. Not of a case that nobody can write an
 * opinion into, nor of the demonstration. `unknown`: the session is not there yet, or is that of
 * the case before.
 */
export function sittingOf(
  open: Case | null | undefined,
  session: Session | undefined,
  unnamed: string | null,
): Sitting {
  if (!open?.writable || open.demonstration || open.counts.verdicts === 0) return 'open';
  if (!session || session.opening !== open.opening) return 'unknown';
  return session.examiner || session.blind || unnamed === openingOf(open) ? 'open' : 'ask';
}

/** As it is once case and session are known. Rejects where the engine cannot be asked. */
export async function sittingNow(): Promise<Sitting> {
  const open = await queryClient.ensureQueryData(engine.case.current.queryOptions());
  const asked = engine.session.get.queryOptions();
  const known = open ? await queryClient.ensureQueryData(asked) : undefined;
  if (!open || sittingOf(open, known, looking.get()) !== 'unknown') return sittingOf(open, known, looking.get());
  return sittingOf(open, await queryClient.fetchQuery({ ...asked, staleTime: 0 }), looking.get());
}
