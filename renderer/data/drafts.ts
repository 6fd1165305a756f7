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
type WordsOfCase = { folder: string; by: ReadonlyMap<string, ReportWords> };

/** Kept by the window's session, so that loading the page again does not cost what took an hour. */
const REPORT_WORDS = 'recce.reportWords';

function rememberedWords(): WordsOfCase {
  try {
    const { folder, by } = JSON.parse(sessionStorage.getItem(REPORT_WORDS) ?? '') as { folder: string; by: [] };
    return { folder, by: new Map(by) };
  } catch {
    return { folder: '', by: new Map() };
  }
}

const reportWords = createStore<WordsOfCase>(rememberedWords());

/** Those of the case in `folder`: with the first word of another case they go. */
export function useReportWords(folder: string, examiner: string): [ReportWords, (more: Partial<ReportWords>) => void] {
  const kept = useStore(reportWords);
  const by: WordsOfCase['by'] = kept.folder === folder ? kept.by : new Map();
  const change = (more: Partial<ReportWords>): void => {
    const next = new Map(by).set(examiner, { ...NO_WORDS, ...by.get(examiner), ...more });
    reportWords.set({ folder, by: next });
    sessionStorage.setItem(REPORT_WORDS, JSON.stringify({ folder, by: [...next] }));
  };
  return [by.get(examiner) ?? NO_WORDS, change];
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
export const forgetForms = (): void => forgetForm('case');
