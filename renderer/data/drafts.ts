// Words begun and not yet recorded, by what they are about: kept while the window is open, so that moving to the next face and back, or
// leaving a dialog, loses none. Another examiner or another case begins without.
import type { Subject } from '../../contract/opinion.ts';
import { createStore, useStore } from './store.ts';

const drafts = createStore<ReadonlyMap<string, string>>(new Map());

const nameOf = ({ evidenceId, faceId, trackId }: Subject): string => `${evidenceId}/${faceId}/${trackId ?? null}`;

export function keepDraft(subject: Subject, text: string): void {
  drafts.set((now) => {
    const next = new Map(now);
    if (text) next.set(nameOf(subject), text);
    else next.delete(nameOf(subject));
    return next;
  });
}

/** What is being written about the subject, and how to change it. */
export function useDraft(subject: Subject): [string, (text: string) => void] {
  const text = useStore(drafts).get(nameOf(subject)) ?? '';
  return [text, (next) => keepDraft(subject, next)];
}

export const forgetDrafts = (): void => drafts.set(new Map());
