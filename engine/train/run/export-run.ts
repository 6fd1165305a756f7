// From the save of a run to the paper's trainer file, from which PyTorch trains on.
import { stat } from 'node:fs/promises';
import { RecceError } from '../../../contract/errors.ts';
import type { TrainingRun } from '../../../contract/training.ts';
import { createTrainer, type TrainerOptions } from '../../compute/trainer.ts';
import type { ModelLibrary } from '../../library/model-library.ts';
import { setupOf } from './prepare-run.ts';
import { type RunStore, STATE_FILE } from './run-store.ts';

export type ExportDeps = TrainerOptions & { store: RunStore; library: ModelLibrary };

/**
 * In a training process of its own. Throws WRITE_FAILED whatever went wrong: no save, full disk.
 */
export async function exportRun(
  run: TrainingRun,
  path: string,
  { store, library, ...options }: ExportDeps,
): Promise<{ path: string; sizeBytes: number }> {
  const trainer = createTrainer(options);
  try {
    const { setup } = await setupOf(run, library);
    await trainer.open(setup, { from: 'save', path: store.file(run.id, STATE_FILE) });
    await trainer.export(path, 'trainer', {
      bestStep: run.best?.step ?? 0,
      bestMetric: run.best?.value ?? 0,
      evalMetric: { auc: 'AUC', accuracy: 'Acc', loss: 'LogLoss' }[run.request.selectBy],
    });
    return { path, sizeBytes: (await stat(path)).size };
  } catch (cause) {
    throw new RecceError('WRITE_FAILED', path, cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    await trainer.close();
  }
}
