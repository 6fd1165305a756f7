// Words begun and not yet recorded, by what they are about: kept while the window is open, so that
// moving to the next face and back, leaving a dialog, or a key that leads to another screen, loses
// none. Another examiner or another case begins without.
import { useCallback, useState } from 'react';
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

/** What was filled in on forms of a screen: a key leads to another screen and back. */
const forms = createStore<ReadonlyMap<string, unknown>>(new Map());

/** As `useState`, but there again when the screen comes again. `name` is the form's and the field's. */
export function useKept<T>(name: string, initial: () => T): [T, (next: T | ((now: T) => T)) => void] {
  const [begun] = useState(initial);
  const kept = useStore(forms);
  const valueIn = (all: ReadonlyMap<string, unknown>): T => (all.has(name) ? (all.get(name) as T) : begun);
  const change = useCallback(
    (next: T | ((now: T) => T)) =>
      forms.set((all) => {
        const now = all.has(name) ? (all.get(name) as T) : begun;
        return new Map(all).set(name, typeof next === 'function' ? (next as (now: T) => T)(now) : next);
      }),
    [name, begun],
  );
  return [valueIn(kept), change];
}

/** Another case: its forms are empty. Those of what belongs to the installation stay. */
export const forgetForms = (): void =>
  forms.set((all) => new Map([...all].filter(([name]) => !name.startsWith('case.'))));
