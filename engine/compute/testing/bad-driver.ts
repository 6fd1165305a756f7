// Starts compute processes with a graphics driver that misbehaves. Tests only.
import type { SpawnChild } from '../../process/channel.ts';
import { spawnNodeChild } from '../../process/spawn-node-child.ts';

/** In the self-test, or later at work. */
export type Fault = 'none' | 'throws' | 'dies' | 'hangs' | 'answersWrongly' | 'losesDevice' | 'diesAtWork';

const COMPUTE = new Set(['compute', 'self-test']);
const TRAINING = new Set(['training', 'training-test']);

/**
 * How an engine starts its children when its driver has this fault; `started` is called with the
 * name of each.
 */
export const spawnWithFault =
  (fault: Fault, started: (name: string) => void = () => {}): SpawnChild =>
  (start) => {
    const { name } = start;
    started(name);
    if (TRAINING.has(name) && fault === 'losesDevice')
      return spawnNodeChild({ ...start, entry: new URL('./bad-trainer-process.ts', import.meta.url) });
    if (!COMPUTE.has(name)) return spawnNodeChild(start);
    const entry = new URL('./bad-driver-process.ts', import.meta.url);
    return spawnNodeChild({ ...start, entry, name: `${name}/${fault}` });
  };
