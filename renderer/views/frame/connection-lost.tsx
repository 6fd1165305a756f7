// Shown while the engine is away: what is on screen stays, nothing can be changed, and it recovers by itself.
import { LoaderCircle } from 'lucide-react';
import { connection } from '../../data/connection.ts';
import { useStore } from '../../data/store.ts';

export function ConnectionLost() {
  const { state } = useStore(connection);
  if (state !== 'lost') return null;
  return (
    <div className="lost" role="alert">
      <div className="lost-card">
        <LoaderCircle className="lost-spinner" size={22} aria-hidden />
        <div>
          <strong>The engine is being restarted</strong>
          <p>
            The case is safe: everything recorded so far is on disk. A scan that was running goes on where it stopped.
          </p>
        </div>
      </div>
    </div>
  );
}
