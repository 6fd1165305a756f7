// Is the engine there? The transport makes the line anew when the engine was restarted, and the
// engine takes up its case and examiner again; here the screens are told to read afresh.
import { useSyncExternalStore } from 'react';
import { type ConnectionState, connection } from '../transport.ts';

/** How the line to the engine is. */
export const useConnection = (): ConnectionState => useSyncExternalStore(connection.subscribe, connection.snapshot);

/** Runs `onReturn` whenever the engine is back after it was gone. */
export function watchReturns(onReturn: () => void): void {
  let seen = connection.snapshot().generation;
  connection.subscribe(() => {
    const { state, generation } = connection.snapshot();
    if (state !== 'connected' || generation === seen) return;
    if (seen > 0) onReturn();
    seen = generation;
  });
}
