// Words begun and not yet recorded, by what they are about: kept while the window is open, so that
// moving to the next face and back, or leaving a dialog, loses none. Another examiner or another
// case begins without.
import type { Subject } from '../../contract/opinion.ts';
import { createStore, useStore } from './store.ts';

/** What the examiners found and what they conclude, as it is being written for a report. */
export type ReportWords = { findings: string; conclusion: string };

const NO_WORDS: ReportWords = { findings: '', conclusion: '' };
export const reportWords = createStore(NO_WORDS);

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

export function forgetDrafts(): void {
  drafts.set(new Map());
  reportWords.set(NO_WORDS);
}
