// The open case and who works on it, for every screen.
import { useQuery } from '@tanstack/react-query';
import type { Case, Session } from '../../contract/case.ts';
import { rememberSession } from './connection.ts';
import { engine, queryClient } from './engine.ts';

const NOBODY: Session = { examiner: null, blind: false };

/** The open case; null when there is none, undefined before the first answer. */
export const useCase = (): Case | null | undefined => useQuery(engine.case.current.queryOptions()).data;

/** Who works on the open case. */
export function useSession(): Session {
  const open = useCase();
  return useQuery(engine.session.get.queryOptions({ enabled: Boolean(open) })).data ?? NOBODY;
}

/** After another case or another examiner: everything read before is read again, and kept for a restart of the engine. */
export async function caseChanged(): Promise<void> {
  await queryClient.invalidateQueries();
  const [open, session] = await Promise.all([
    queryClient.fetchQuery(engine.case.current.queryOptions({ staleTime: 0 })),
    queryClient.fetchQuery(engine.session.get.queryOptions({ staleTime: 0 })).catch(() => NOBODY),
  ]);
  rememberSession(open && { folder: open.folder, examiner: session.examiner?.name ?? null, blind: session.blind });
}
