// Which training runs are held, and by whom: one lock a run, freed by the system when its process
// dies. A process number would not do: after a restart of the machine another program has it.
import { RecceError } from '../../../contract/errors.ts';
import type { TrainingRunId } from '../../../contract/training.ts';
import { takeLock } from '../../case/db/connect.ts';

type Lock = ReturnType<typeof takeLock>;

export type RunLocks = {
  /** Claims the run for this process; false when another living process has it. */
  lock(id: TrainingRunId): boolean;
  unlock(id: TrainingRunId): void;
  /** By this process or another living one. */
  isHeld(id: TrainingRunId): boolean;
};

export function createRunLocks(folderOf: (id: TrainingRunId) => string): RunLocks {
  /** Those of this process. */
  const held = new Map<TrainingRunId, Lock>();

  /** Undefined when a living process has it. */
  const tryLock = (id: TrainingRunId): Lock | undefined => {
    try {
      return takeLock(folderOf(id));
    } catch (error) {
      if (error instanceof RecceError && error.code === 'CASE_IN_USE') return undefined;
      throw error;
    }
  };

  return {
    lock(id) {
      const lock = held.get(id) ?? tryLock(id);
      if (lock) held.set(id, lock);
      return lock !== undefined;
    },
    unlock(id) {
      held.get(id)?.close();
      held.delete(id);
    },
    isHeld(id) {
      if (held.has(id)) return true;
      const lock = tryLock(id);
      lock?.close();
      return lock === undefined;
    },
  };
}
