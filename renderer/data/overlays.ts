// Which dialog lies over the screens. One at a time.
import type { CopiesQuery } from '../../contract/copies.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import type { CopyChoice } from './copy-out.ts';
import { notify } from './notices.ts';
import type { OpinionAsked, ReasonAsked } from './opinion-desk.ts';
import type { LookedFor } from './persons.ts';
import { createStore } from './store.ts';
import type { TagTarget } from './tags.ts';

export type Overlay =
  | { kind: 'palette' }
  | { kind: 'keys' }
  /** `follows`: the opinion that is entered once there is a name. */
  | { kind: 'examiner'; follows?: OpinionAsked; answer?: (named: boolean) => void }
  | { kind: 'note' }
  /** Answered with undefined where no opinion is to be given after all. */
  | { kind: 'reason'; asked: ReasonAsked; answer: (reason: string | undefined) => void }
  /** An opinion, a withdrawal or a note of several faces at once. `left`: those it cannot be of. */
  | { kind: 'many'; findings: readonly Finding[]; left: number; conclusion: Conclusion }
  /** `inList`: they are what is selected in the list. */
  | { kind: 'tags'; targets: readonly TagTarget[]; inList: boolean }
  | { kind: 'copyOut'; choice: CopyChoice }
  /** Faces near this one; null where a picture is still to be named. */
  | { kind: 'alike'; of: LookedFor | null }
  | { kind: 'groups' }
  /** Near copies of the picture of a result, or of one outside the case; null where that is still to be named. */
  | { kind: 'copies'; of: CopiesQuery | null }
  | { kind: 'eraseEmbeddings' }
  | { kind: 'leaveBlind' }
  | { kind: 'newCase' }
  | { kind: 'openCase' }
  | { kind: 'pack' }
  /** `from`: the folder or file that is gone, where it is known. */
  | { kind: 'relocate'; from?: string }
  | { kind: 'unpack' }
  /** `work`: what leaving the case interrupts. */
  | { kind: 'leaveWork'; work: string; answer: (leaves: boolean) => void };

export const overlay = createStore<Overlay | null>(null);

export const show = (next: Overlay): void => overlay.set(next);
export const closeOverlay = (): void => overlay.set(null);

/** Counts up with every other examiner, review or case: what was begun before is not gone on with. */
export const turn = createStore(0);

/** What was chosen in these is recorded under the name of whoever sits at the case. */
const RECORDING: readonly Overlay['kind'][] = ['note', 'reason', 'many', 'tags', 'groups', 'eraseEmbeddings'];
/** These ask the same whichever case is open. */
const OF_NO_CASE: readonly Overlay['kind'][] = ['palette', 'keys', 'newCase', 'openCase', 'unpack'];

function leave(why: string): void {
  const left = overlay.get();
  closeOverlay();
  if (left?.kind === 'reason') left.answer(undefined);
  if (left?.kind === 'examiner') left.answer?.(false);
  if (left?.kind === 'leaveWork') left.answer(false);
  if (left && RECORDING.includes(left.kind)) notify(`Nothing was recorded. ${why}`);
}

/**
 * Another examiner, or another way to review, chosen in another window: what one has begun is not
 * the next one's. `why`: who sits there now, a sentence.
 */
export function leaveToNextExaminer(why: string): void {
  turn.set((now) => now + 1);
  const kind = overlay.get()?.kind;
  if (kind && (RECORDING.includes(kind) || kind === 'leaveBlind')) leave(why);
}

/** Another case, or none: a dialog about the one before is about nothing that is here. */
export function leaveToNextCase(): void {
  turn.set((now) => now + 1);
  const kind = overlay.get()?.kind;
  if (kind && !OF_NO_CASE.includes(kind)) leave('The case it was about is no longer open here.');
}
