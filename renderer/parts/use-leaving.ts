// What a dialog asked for and is no longer wanted when the dialog goes.
import { useEffect, useRef } from 'react';

/**
 * Gives each request its signal; the latest is aborted when the component goes. A request that has
 * its answer by then is not undone.
 */
export function useLeaving(): () => AbortSignal {
  const latest = useRef<AbortController>(null);
  useEffect(() => () => latest.current?.abort(), []);
  return () => {
    latest.current = new AbortController();
    return latest.current.signal;
  };
}
