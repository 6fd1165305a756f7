// Short messages in the corner: what was just done, and what failed. Read out by screen readers.
import { createStore } from './store.ts';

export type Notice = {
  id: number;
  text: string;
  tone: 'plain' | 'danger';
  action?: { label: string; run: () => void };
};

const SHOWN_MS = 4500;
const FAILURE_SHOWN_MS = 12_000;
const LIMIT = 3;

export const notices = createStore<readonly Notice[]>([]);
let nextId = 1;

export const dismiss = (id: number): void => notices.set((now) => now.filter((one) => one.id !== id));

/** Shows a notice; the oldest gives way when there are too many. */
export function notify(text: string, options: Partial<Pick<Notice, 'tone' | 'action'>> = {}): void {
  const notice: Notice = { id: nextId++, text, tone: 'plain', ...options };
  notices.set((now) => [...now, notice].slice(-LIMIT));
  setTimeout(dismiss, notice.tone === 'danger' ? FAILURE_SHOWN_MS : SHOWN_MS, notice.id);
}
