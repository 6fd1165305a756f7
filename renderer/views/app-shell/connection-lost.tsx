// Shown while the engine is away: what is on screen stays, nothing can be changed, and it recovers
// by itself.
import { LoaderCircle } from 'lucide-react';
import { useConnection } from '../../data/connection.ts';

export function ConnectionLost() {
  const { state } = useConnection();
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
