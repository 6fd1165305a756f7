// The name of who examined last in this window, offered when one is asked for.
const KEY = 'recce.examiner';

export const lastExaminer = (): string => localStorage.getItem(KEY) ?? '';

/** An empty name is not remembered. */
export function rememberExaminer(name: string): void {
  if (name) localStorage.setItem(KEY, name);
}
