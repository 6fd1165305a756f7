// A limit on what waits in memory between two steps of the scan. [Note: memory in flight] The faces
// of a 268-megapixel picture are looked for in 0.8 GB of pixels; four such pictures ahead of the
// network would be 3 GB. So a step that makes something large waits until what was made before is
// nearly used up. One thing is always let through, however large.
import { createSerialQueue } from './serial-queue.ts';

export type MemoryBudget = {
  /**
   * Makes one thing when there is room; makers run one after the other, in the order they asked.
   */
  make<T>(make: () => Promise<T>, sizeBytes: (made: T) => number): Promise<T>;
  /** Says that something made here is no longer held. */
  free(sizeBytes: number): void;
};

export function createMemoryBudget(limitBytes: number): MemoryBudget {
  let held = 0;
  const inTurn = createSerialQueue();
  let wake = (): void => {};
  const room = async (): Promise<void> => {
    while (held >= limitBytes)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return {
    make(make, sizeBytes) {
      return inTurn(async () => {
        await room();
        const made = await make();
        held += sizeBytes(made);
        return made;
      });
    },
    free(sizeBytes) {
      held -= sizeBytes;
      wake();
    },
  };
}
