// The open case and who works on it, for every screen.
import { useQuery } from '@tanstack/react-query';
import type { Case, Session } from '../../contract/case.ts';
import { engine, queryClient } from './engine.ts';

const NOBODY: Session = { examiner: null, blind: false };

/** The open case; null when there is none, undefined before the first answer. */
export const useCase = (): Case | null | undefined => useQuery(engine.case.current.queryOptions()).data;

/** Who works on the open case. */
export function useSession(): Session {
  const open = useCase();
  return useQuery(engine.session.get.queryOptions({ enabled: Boolean(open) })).data ?? NOBODY;
}

/** After another case or another examiner: everything read before is read again. */
export async function caseChanged(): Promise<void> {
  await queryClient.invalidateQueries();
  await queryClient.fetchQuery(engine.case.current.queryOptions({ staleTime: 0 }));
}
