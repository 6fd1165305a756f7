// Giving an opinion, and taking it back. Nothing is ever erased: to undo is to enter what was said before, or a withdrawal.

import { ORPCError } from '@orpc/client';
import type { Finding } from '../../contract/finding.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { client } from '../transport.ts';
import { CONCLUSION_WORDS } from '../wording.ts';
import { engine, queryClient, wordsFromError } from './engine.ts';
import { grid } from './grid-state.ts';
import { notify } from './notices.ts';
import { overlay, show } from './overlays.ts';

/** What an opinion is about, as the grid and the inspector both know it. */
export type Decidable = Pick<Finding, 'evidenceId' | 'faceId' | 'relativePath' | 'ownConclusion'>;

type Done = { finding: Decidable; before: Conclusion; note: string };

const done: Done[] = [];

/** Opinions are entered one after the other in the order of the keys, however fast they are pressed; undo waits its turn as well. */
let line: Promise<unknown> = Promise.resolve();
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const turn = line.then(act);
  line = turn.catch(() => {});
  return turn;
}

/** What this examiner said last of a subject, with the note. */
async function latestOwn(finding: Decidable): Promise<{ conclusion: Conclusion; note: string }> {
  const session = await client.session.get();
  const history = await client.opinion.history({ evidenceId: finding.evidenceId, faceId: finding.faceId });
  const own = history.findLast((one) => one.examinerId === session.examiner?.id);
  return { conclusion: own?.conclusion ?? 'withdrawn', note: own?.note ?? '' };
}

/** The rows of the file as they are now: after an opinion blind mode may show what it hid. */
async function refreshRows(finding: Decidable): Promise<void> {
  const { rows } = await client.finding.query({ filter: { evidenceId: finding.evidenceId }, limit: 1000 });
  const byId = new Map(rows.map((row) => [row.verdictId, row]));
  grid.get().list?.patch(finding, (row) => byId.get(row.verdictId) ?? row);
  void queryClient.invalidateQueries({ queryKey: engine.finding.key() });
  void queryClient.invalidateQueries({ queryKey: engine.case.current.key() });
  void queryClient.invalidateQueries({ queryKey: engine.case.activity.key() });
}

function showAtOnce(finding: Decidable, conclusion: Conclusion): void {
  const own = conclusion === 'withdrawn' ? null : conclusion;
  grid.get().list?.patch(finding, (row) => ({ ...row, ownConclusion: own }));
}

async function enter(finding: Decidable, conclusion: Conclusion, note: string): Promise<void> {
  const { evidenceId, faceId } = finding;
  try {
    await client.opinion.give({ evidenceId, faceId, conclusion, note });
  } catch (error) {
    showAtOnce(finding, finding.ownConclusion ?? 'withdrawn');
    throw error;
  }
  // It is recorded. Rows that cannot be read now are read when the engine is back; to say that it failed would have it entered twice.
  await refreshRows(finding).catch(() => {});
}

function tellNotRecorded({ relativePath }: Decidable, error: unknown): void {
  const { title, detail } = wordsFromError(error);
  notify(`The opinion on ${visibleText(relativePath)} was not recorded. ${title} ${detail}`, { tone: 'danger' });
}

/** Why the case does not take this opinion without a reason; undefined for any other error. */
const reasonWanted = (error: unknown): string | undefined =>
  error instanceof ORPCError && error.code === 'REASON_NEEDED' ? (error.data as { detail: string }).detail : undefined;

/** A short field opens, and the opinion is entered with what is written there. Resolves to whether it was. */
async function giveWithReason(finding: Decidable, conclusion: Conclusion, why: string): Promise<boolean> {
  const reason = await new Promise<string | undefined>((answer) =>
    show({ kind: 'reason', finding, conclusion, why, answer }),
  );
  return reason !== undefined && giveOpinion(finding, conclusion, reason);
}

/**
 * Enters an opinion on the finding's subject. Asks for a name first where nobody is examining, and for a reason where the case wants one;
 * `onAsked` is called before. Resolves to whether the opinion was entered.
 */
export async function giveOpinion(
  finding: Decidable,
  conclusion: Conclusion,
  note?: string,
  onAsked: () => void = () => {},
): Promise<boolean> {
  const session = await queryClient
    .fetchQuery(engine.session.get.queryOptions({ staleTime: 60_000 }))
    .catch((error: unknown) => tellNotRecorded(finding, error));
  if (!session) return false;
  if (!session.examiner) {
    onAsked();
    const named = await new Promise<boolean>((answer) => show({ kind: 'examiner', answer }));
    return named && giveOpinion(finding, conclusion, note, onAsked);
  }
  showAtOnce(finding, conclusion);
  try {
    await inTurn(async () => {
      const before = await latestOwn(finding);
      await enter(finding, conclusion, note ?? (before.conclusion === conclusion ? before.note : ''));
      done.push({ finding, before: before.conclusion, note: before.note });
    });
    return true;
  } catch (error) {
    showAtOnce(finding, finding.ownConclusion ?? 'withdrawn');
    const file = visibleText(finding.relativePath);
    const why = reasonWanted(error);
    if (why === undefined) {
      tellNotRecorded(finding, error);
      return false;
    }
    // A key pressed before the field was there: what is written in it belongs to the first.
    if (overlay.get()?.kind === 'reason') {
      notify(`${file} was passed over: ${why}`, { tone: 'danger' });
      return false;
    }
    onAsked();
    return giveWithReason(finding, conclusion, why);
  }
}

/** Enters what was said before the last opinion of this window. */
export const undoOpinion = (): Promise<void> => inTurn(undoLast);

async function undoLast(): Promise<void> {
  const last = done.pop();
  if (!last) return notify('There is nothing to undo.');
  showAtOnce(last.finding, last.before);
  try {
    await enter(last.finding, last.before, last.note);
    const file = visibleText(last.finding.relativePath);
    notify(`Undone: ${file} is ${CONCLUSION_WORDS[last.before]} again, as an entry of its own.`);
  } catch (error) {
    const why = reasonWanted(error);
    // Not waited for: the opinion with its reason takes its turn after this.
    if (why !== undefined) return void giveWithReason(last.finding, last.before, why);
    notify(`Not undone. ${wordsFromError(error).title}`, { tone: 'danger' });
  }
}

export const forgetOpinions = (): void => {
  done.length = 0;
};
