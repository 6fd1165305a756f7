// Is the engine there? A heartbeat asks; a call that got no answer asks at once. When the engine comes back after it was
// gone, the case and the examiner that were here are taken up again and every screen reads afresh.
import { client } from '../transport.ts';
import { createStore } from './store.ts';

export type Connection = {
  state: 'connecting' | 'connected' | 'lost';
  /** Grows with every return of the engine; what follows a stream begins again when it changes. */
  generation: number;
};

export const connection = createStore<Connection>({ state: 'connecting', generation: 0 });

const EVERY_MS = 4000;
const EVERY_WHEN_LOST_MS = 700;
const SILENCE_MS = 12_000;

const REMEMBERED = 'recce.session';
type Remembered = { folder: string; examiner: string | null; blind: boolean };

/** Keeps what to take up again after a restart of the engine. Null when no case is open. */
export function rememberSession(session: Remembered | null): void {
  if (session) sessionStorage.setItem(REMEMBERED, JSON.stringify(session));
  else sessionStorage.removeItem(REMEMBERED);
}

const remembered = (): Remembered | null => JSON.parse(sessionStorage.getItem(REMEMBERED) ?? 'null');

/** Opens the remembered case again where the engine has none, and names its examiner again. */
async function takeUpAgain(): Promise<void> {
  const before = remembered();
  if (!before) return;
  const current = await client.case.current();
  if (!current) await client.case.open({ folder: before.folder });
  else if (current.folder !== before.folder) return;
  const session = await client.session.get();
  if (!session.examiner && before.examiner)
    await client.session.set({ examiner: before.examiner, blind: before.blind });
}

const silence = (): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), SILENCE_MS));

let timer: ReturnType<typeof setTimeout> | undefined;

async function beat(onReturn: () => void): Promise<void> {
  clearTimeout(timer);
  const before = connection.get();
  try {
    await Promise.race([client.app.info(), silence()]);
    if (before.state !== 'connected') {
      await takeUpAgain().catch(() => rememberSession(null));
      connection.set({ state: 'connected', generation: before.generation + 1 });
      if (before.state === 'lost') onReturn();
    }
  } catch {
    connection.set({ ...before, state: before.generation === 0 ? 'connecting' : 'lost' });
  }
  timer = setTimeout(beat, connection.get().state === 'connected' ? EVERY_MS : EVERY_WHEN_LOST_MS, onReturn);
}

let returned = (): void => {};

/** Begins the heartbeat; `onReturn` runs whenever the engine is back after a loss. */
export function startHeartbeat(onReturn: () => void): void {
  returned = onReturn;
  void beat(onReturn);
}

/** A call got no answer: ask now instead of at the next beat. */
export function suspectLoss(): void {
  if (connection.get().state !== 'connected') return;
  void beat(returned);
}
