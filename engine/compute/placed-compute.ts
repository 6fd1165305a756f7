// One network where it was placed: a compute process seen as the one that runs this network with
// these threads and this batch. Handed to scan, rerun and validation in place of the process
// itself.
import type { Placement } from '../../contract/device.ts';
import type { Compute } from './compute.ts';

/** The key under which a model is loaded: with other threads it is another session. */
export const placedKey = (modelId: string, { threads }: Pick<Placement, 'threads'>): string => `${modelId}/${threads}`;

/** `compute` must hold the model under placedKey. Whatever key is run, it is this network. */
export function placedCompute(compute: Compute, modelId: string, placement: Placement): Compute {
  const { provider, threads, batch } = placement;
  const key = placedKey(modelId, placement);
  return { ...compute, provider, threads, batch, run: (_, feeds, fetches) => compute.run(key, feeds, fetches) };
}
