// Words begun and not yet recorded, by what they are about: kept while the window is open, so that
// moving to the next face and back, leaving a dialog, or a key that leads to another screen, loses
// none. Another examiner or another case begins without.
import { useCallback, useState } from 'react';
import type { Subject } from '../../contract/opinion.ts';
import { createStore, useStore } from './store.ts';

/** What the examiners found and what they conclude, as it is being written for a report. */
export type ReportWords = { findings: string; conclusion: string };

const NO_WORDS: ReportWords = { findings: '', conclusion: '' };
/** By examiner: nobody signs another's words, and nobody loses their own. */
const reportWords = createStore<ReadonlyMap<string, ReportWords>>(new Map());

export function useReportWords(examiner: string): [ReportWords, (more: Partial<ReportWords>) => void] {
  const words = useStore(reportWords).get(examiner) ?? NO_WORDS;
  const change = (more: Partial<ReportWords>): void =>
    reportWords.set((all) => new Map(all).set(examiner, { ...NO_WORDS, ...all.get(examiner), ...more }));
  return [words, change];
}

const drafts = createStore<ReadonlyMap<string, string>>(new Map());

const nameOf = ({ evidenceId, faceId, trackId }: Subject, field: string): string =>
  `${evidenceId}/${faceId}/${trackId ?? null}/${field}`;

function keepDraft(subject: Subject, field: string, text: string): void {
  drafts.set((now) => {
    const next = new Map(now);
    if (text) next.set(nameOf(subject, field), text);
    else next.delete(nameOf(subject, field));
    return next;
  });
}

/**
 * What is being written about the subject in a field, and how to change it. Each field has its own:
 * a reason begun for one conclusion is none for another.
 */
export function useDraft(subject: Subject, field: string): [string, (text: string) => void] {
  const text = useStore(drafts).get(nameOf(subject, field)) ?? '';
  return [text, (next) => keepDraft(subject, field, next)];
}

export function forgetDrafts(): void {
  drafts.set(new Map());
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

/** What was asked for was begun: the next form with fields of this beginning is a new one. */
export const forgetForm = (beginning: string): void =>
  forms.set((all) => new Map([...all].filter(([name]) => !name.startsWith(`${beginning}.`))));

/** Another case: its forms are empty. Those of what belongs to the installation stay. */
export function forgetForms(): void {
  forgetForm('case');
  reportWords.set(new Map());
}
