// The window's opinion desk: the engine, the grid's rows, the dialogs and the notices at its ports.
import type { Session } from '../../contract/case.ts';
import type { Finding } from '../../contract/finding.ts';
import type { EnteredOpinion } from '../../contract/procedures.ts';
import { client } from '../transport.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { grid, openList, putRows, selectSubject } from './grid-state.ts';
import { notify } from './notices.ts';
import { createOpinionDesk } from './opinion-desk.ts';
import { overlay, show } from './overlays.ts';
import { go, routeNow } from './route.ts';
import { WINDOW } from './window-name.ts';

export type { Decidable } from './opinion-desk.ts';

/**
 * Rows as they are now: after an opinion blind mode may show what it hid. What counts and logs is
 * read again.
 */
export function settleRows(rows: readonly Finding[]): void {
  putRows(rows);
  for (const queryKey of [
    engine.finding.key(),
    engine.opinion.key(),
    engine.video.key(),
    engine.case.current.key(),
    engine.case.activity.key(),
    engine.session.hidden.key(),
  ])
    void queryClient.invalidateQueries({ queryKey });
}

function settle({ opinion, rows }: EnteredOpinion): void {
  settleRows(rows);
  if (opinion.trackId !== null) void openList(true);
}

/**
 * In the inspector the face itself is shown; in the grid it is selected where its row has been
 * read.
 */
function select({ opinion, rows: [row] }: EnteredOpinion): void {
  selectSubject(opinion);
  if (row && routeNow().view === 'inspect') go('inspect', row.verdictId);
}

/**
 * Who is examining, as this window shows it: another may have been chosen in another window, and
 * nothing is recorded under a name that was not on screen when the key was pressed.
 */
export const shownSession = async (): Promise<Session> =>
  queryClient.getQueryData(engine.session.get.queryKey()) ?? queryClient.fetchQuery(engine.session.get.queryOptions());

const desk = createOpinionDesk({
  session: shownSession,
  give: (given) => client.opinion.give({ ...given, window: WINDOW }),
  giveMany: (given) => client.opinion.giveMany({ ...given, window: WINDOW }),
  undo: (given) => client.opinion.undo({ ...given, window: WINDOW }),
  askName: (follows) => new Promise((answer) => show({ kind: 'examiner', follows, answer })),
  askReason: async (asked) =>
    // A key pressed before the field was there: what is written in it belongs to the first.
    overlay.get()?.kind === 'reason' ? 'passedOver' : new Promise((answer) => show({ kind: 'reason', asked, answer })),
  showOwn: (subject, own) => grid.get().list?.patch(subject, (row) => ({ ...row, ownConclusion: own })),
  settle,
  settleRows,
  select,
  point: selectSubject,
  say: (text, tone) => notify(text, tone ? { tone } : {}),
  words: errorWords,
});

export const { give: giveOpinion, giveMany: giveOpinions, undo: undoOpinion, waits: waitsForUndo } = desk;

/** Asks who is examining where nobody is; false where nobody says. */
export async function hasExaminer(): Promise<boolean> {
  const { examiner } = await shownSession();
  return examiner !== null || new Promise((answer) => show({ kind: 'examiner', answer }));
}

// What is on its way when the page is left or loaded again would be lost without a word.
window.addEventListener('beforeunload', (event) => {
  if (desk.unrecorded() > 0) event.preventDefault();
});
