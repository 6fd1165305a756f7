// Blind review, switched on and off from the top bar and the palette. It is left only through a
// question (leave-blind-dialog.tsx).
import { client } from '../transport.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { openList } from './grid-state.ts';
import { notify } from './notices.ts';
import { caseChanged } from './open-case.ts';
import { show } from './overlays.ts';

/** Rejects where it could not be recorded. */
export async function setBlind(blind: boolean): Promise<void> {
  queryClient.setQueryData(engine.session.get.queryKey(), await client.session.set({ blind }));
  await caseChanged();
  await openList(true);
}

export function switchBlind(on: boolean): void {
  if (on)
    setBlind(true).then(
      () => notify('Faces that were shown to you in open review are hidden again, but opinions on them are not blind.'),
      (error: unknown) => notify(errorWords(error).title, { tone: 'danger' }),
    );
  else show({ kind: 'leaveBlind' });
}
