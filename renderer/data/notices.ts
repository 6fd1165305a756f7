// Short messages in the corner: what was just done, and what failed. Read out by screen readers.
import { createStore } from './store.ts';

export type Notice = {
  id: number;
  text: string;
  tone: 'plain' | 'danger';
  /** How often it was said in a row. */
  times: number;
  action?: { label: string; run: () => void };
};

const SHOWN_MS = 4500;
const FAILURE_SHOWN_MS = 12_000;
const LIMIT = 3;

export const notices = createStore<readonly Notice[]>([]);
let nextId = 1;
const timers = new Map<number, ReturnType<typeof setTimeout>>();

export function dismiss(id: number): void {
  timers.delete(id);
  notices.set((now) => now.filter((one) => one.id !== id));
}

/**
 * Shows a notice; one that says the same as one that is shown is counted there. The oldest gives
 * way when there are too many.
 */
export function notify(text: string, options: Partial<Pick<Notice, 'tone' | 'action'>> = {}): void {
  const same = notices.get().find((one) => one.text === text && one.tone === (options.tone ?? 'plain'));
  const notice: Notice = { tone: 'plain', ...options, id: same?.id ?? nextId++, text, times: (same?.times ?? 0) + 1 };
  notices.set((now) => [...now.filter((one) => one !== same), notice].slice(-LIMIT));
  clearTimeout(timers.get(notice.id));
  timers.set(
    notice.id,
    setTimeout(() => dismiss(notice.id), notice.tone === 'danger' ? FAILURE_SHOWN_MS : SHOWN_MS),
  );
}
