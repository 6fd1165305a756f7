// The open case and who works on it, for every screen.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Case, Session } from '../../contract/case.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { client, follow } from '../transport.ts';
import { sayInterrupted, workOf } from './case-work.ts';
import { forgetDrafts } from './drafts.ts';
import { engine, queryClient } from './engine.ts';
import { forgetList, openList } from './grid-state.ts';
import { leaveToNextCase, leaveToNextExaminer } from './overlays.ts';
import { go } from './route.ts';

const NOBODY: Session = { examiner: null, blind: false };

/** The open case; null when there is none, undefined before the first answer. */
export const useCase = (): Case | null | undefined => useQuery(engine.case.current.queryOptions()).data;

const DEMONSTRATION = 'recce.demonstration';

/**
 * True where a model that gave results in the open case is for demonstration; undefined where none
 * gave any, or it is not known.
 */
function useDemonstrationResults(open: boolean): boolean | undefined {
  const facets = useQuery(engine.finding.facets.queryOptions({ input: { filter: {} }, enabled: open })).data;
  const models = useQuery(engine.model.list.queryOptions({ enabled: open })).data;
  const used = open ? facets?.byModel.filter(({ findings }) => findings > 0) : undefined;
  if (!used?.length || !models) return undefined;
  return used.some(({ modelId }) => models.some((model) => model.id === modelId && model.demonstration));
}

/**
 * True where the open case, a model of its results or, where there are none, the default model is
 * for demonstration: said on every screen. Until the engine has answered, as it was the last time:
 * the screens do not jump when it answers.
 */
export function useDemonstration(): boolean {
  const info = useQuery(engine.app.info.queryOptions({ staleTime: 60_000 })).data;
  const open = useCase();
  useEffect(() => {
    if (info) localStorage.setItem(DEMONSTRATION, String(info.demonstrationModel));
  }, [info]);
  const model = info ? info.demonstrationModel : localStorage.getItem(DEMONSTRATION) === 'true';
  return Boolean((useDemonstrationResults(Boolean(open)) ?? model) || open?.demonstration);
}

/** Who works on the open case. */
export function useSession(): Session {
  const open = useCase();
  return useQuery(engine.session.get.queryOptions({ enabled: Boolean(open) })).data ?? NOBODY;
}

/** After another case or another examiner: everything read before is read again. */
export async function caseChanged(): Promise<void> {
  const before = queryClient.getQueryData(engine.case.current.queryKey());
  const work = before ? workOf(before) : undefined;
  const now = await queryClient.fetchQuery(engine.case.current.queryOptions({ staleTime: 0 }));
  if (before?.folder !== now?.folder) forgetCase(work);
  await queryClient.invalidateQueries();
}

/** Nothing of the case before is shown, and nobody is taken for who examines this one. `work`: what was at work in it. */
function forgetCase(work: string | undefined): void {
  leaveToNextCase();
  sayInterrupted(work);
  forgetList();
  // By their numbers rows of one case are asked for as those of another: no answer of the case before
  // stands in for one of this.
  const [current] = engine.case.current.queryKey();
  void queryClient.resetQueries({ predicate: ({ queryKey: [of] }) => String(of) !== String(current) });
}

/**
 * Another window may have chosen who examines, or switched blind review: nothing that was drawn or
 * written under the session before stays.
 */
async function followSession(): Promise<void> {
  const before = queryClient.getQueryData(engine.session.get.queryKey());
  await queryClient.invalidateQueries({ queryKey: engine.session.key() });
  const now = queryClient.getQueryData(engine.session.get.queryKey());
  if (!before || !now || (before.examiner?.id === now.examiner?.id && before.blind === now.blind)) return;
  if (before.examiner?.id !== now.examiner?.id) forgetDrafts();
  const sits = now.examiner ? `${visibleText(now.examiner.name)} is examining` : 'Nobody is examining';
  leaveToNextExaminer(`${sits} now, in ${now.blind ? 'blind' : 'open'} review, as was chosen in another window.`);
  await caseChanged();
  await openList(true);
}

/**
 * Follows which case is open, whoever opened it: another window, or what started the workstation. A
 * case that is there when the window opens is shown by its faces.
 */
export async function followCase(signal: AbortSignal): Promise<void> {
  let isLater = false;
  for await (const open of follow((one) => client.case.watch(undefined, { signal: one }), signal)) {
    // The first says how things are; a later one that something was opened, closed or set.
    const before = queryClient.getQueryData(engine.case.current.queryKey());
    const work = before ? workOf(before) : undefined;
    queryClient.setQueryData(engine.case.current.queryKey(), open);
    if (isLater && before?.folder !== open?.folder) forgetCase(work);
    else if (isLater) void followSession();
    isLater = true;
    void queryClient.invalidateQueries({ queryKey: engine.case.notOpened.key() });
    if (open && location.hash === '') go('faces');
  }
}
