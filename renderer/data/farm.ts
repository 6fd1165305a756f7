// The workers that examine the open case's files, as they last said they were: followed while a
// scan by a farm goes on and is looked at.
import { useEffect, useState } from 'react';
import type { FarmStatus } from '../../contract/farm.ts';
import type { Job } from '../../contract/job.ts';
import { client, follow } from '../transport.ts';

/** Pause before a queue that could not be read is asked again, ms. */
const AGAIN_AFTER_MS = 5000;

/** True for a scan whose files go to the workers of a queue. */
export const isFarmJob = ({ input }: Job): boolean => input.farm !== undefined;

export type Farm = { status: FarmStatus | null; error: unknown };

async function followFarm(signal: AbortSignal, note: (farm: Partial<Farm>) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      // None any more: what was last seen of the workers stays to be looked at.
      for await (const status of follow((one) => client.farm.watch(undefined, { signal: one }), signal))
        if (status) note({ status, error: null });
      return;
    } catch (error) {
      if (!signal.aborted) note({ error });
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
  }
}

/** Follows the queue while `active`. What was last seen stays. */
export function useFarm(active: boolean): Farm {
  const [farm, setFarm] = useState<Farm>({ status: null, error: null });
  useEffect(() => {
    if (!active) return;
    const abort = new AbortController();
    void followFarm(abort.signal, (more) => setFarm((now) => ({ ...now, ...more })));
    return () => abort.abort();
  }, [active]);
  return farm;
}
