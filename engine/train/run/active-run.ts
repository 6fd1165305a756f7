// A training run under way: its training process, its pauses, and its end, which is always written
// to the run. Engine process; made by training-runs.ts, one at a time.
import type { TrainingPlacement } from '../../../contract/device.ts';
import type { DecoderTest, Model } from '../../../contract/model.ts';
import type { TrainingEvent, TrainingRequest, TrainingRun } from '../../../contract/training.ts';
import type { TrainingSetup } from '../../../models/recce/training-setup.ts';
import { PROVIDER_NAMES } from '../../compute/providers.ts';
import { createTrainer, type Trainer, type TrainerOptions } from '../../compute/trainer.ts';
import { cpuPlacement } from '../../compute/training-devices.ts';
import type { TrainingStart } from '../../compute/training-messages.ts';
import type { FaceSource } from '../../datasets/face-detections.ts';
import type { ModelLibrary } from '../../library/model-library.ts';
import { ChildProcessError, ChildRefusal } from '../../process/supervised-child.ts';
import { openRunData, type RunData } from './open-run-data.ts';
import { setupOf, startOf } from './prepare-run.ts';
import { publishRun } from './publish-run.ts';
import type { RunStore } from './run-store.ts';
import { SAMPLE_MAKER } from './sample-maker.ts';
import { type RunDeps, trainRun } from './train-run.ts';

/** What the runs of an installation work with. */
export type RunMeans = TrainerOptions & {
  library: ModelLibrary;
  facesOf: FaceSource;
  faceOfCrop: FaceSource;
  facesFile(): Promise<string>;
  testDecoder(model: Model, weights: Uint8Array): Promise<DecoderTest | null>;
  /** Where a run takes its steps. Throws DEVICE_UNAVAILABLE when the device asked for cannot. */
  place(
    request: Pick<TrainingRequest, 'base' | 'device'>,
    setup: TrainingSetup,
    start: TrainingStart,
  ): Promise<TrainingPlacement>;
  clock(): string;
};

/** `tell` reaches those who watch the runs. */
export type ActiveRunDeps = RunMeans & { store: RunStore; tell(event: TrainingEvent): void };

/** Time between two events without a point, ms. */
const REPORT_EVERY_MS = 200;

/** How a run ends that was cancelled. */
export const cancelledAt = (endedAt: string): Partial<TrainingRun> & { state: 'cancelled' } => ({
  state: 'cancelled',
  error: null,
  message: 'Cancelled',
  endedAt,
});

const failedAt = (endedAt: string, error: unknown): Partial<TrainingRun> & { state: 'failed' } => ({
  state: 'failed',
  error: error instanceof Error ? error.message : String(error),
  message: 'Failed',
  endedAt,
});

export class ActiveRun {
  /** Resolves when the run's end is told and its process gone. */
  readonly ended: Promise<void>;
  readonly #deps: ActiveRunDeps;
  readonly #trainer: Trainer;
  readonly #abort = new AbortController();
  #run: TrainingRun;
  #paused: PromiseWithResolvers<void> | undefined;
  #interrupted = false;
  #reportedAt = 0;

  /** Begins at once: data, trainer, then the line of train-run.ts. */
  constructor(run: TrainingRun, deps: ActiveRunDeps) {
    this.#run = { ...run, state: 'running', error: null, message: 'Preparing' };
    this.#deps = deps;
    const { provider, threads, spawn } = deps;
    this.#trainer = createTrainer({ provider, threads, ...(spawn ? { spawn } : {}) });
    this.ended = this.#live();
  }

  /** As it is now; the disk may be some steps behind. */
  get run(): TrainingRun {
    return this.#run;
  }

  /** Process id of its trainer while that lives. */
  get pid(): number | undefined {
    return this.#trainer.pid();
  }

  /** Takes effect before the next step. */
  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  /** Resolves when the run has ended, cancelled unless it came to its end before. */
  cancel(): Promise<void> {
    this.#abort.abort();
    this.#paused?.resolve();
    return this.ended;
  }

  /**
   * Stops at the next step, saving it. No end is told or written: the run counts as interrupted.
   */
  interrupt(): Promise<void> {
    this.#interrupted = true;
    return this.cancel();
  }

  /** Never rejects for the run: whatever ends it is told to those who watch. */
  async #live(): Promise<void> {
    const { store, tell, clock } = this.#deps;
    let written = true;
    try {
      await this.#execute();
    } catch (error) {
      // Its end could not be written either (full disk, folder gone): who watches is told, and the
      // engine goes on.
      written = false;
      this.#run = { ...this.#run, ...failedAt(clock(), error) };
    }
    await this.#trainer.close();
    store.unlock(this.#run.id);
    const last = written ? await store.get(this.#run.id).catch(() => this.#run) : this.#run;
    if (!this.#interrupted) tell({ run: last, point: null });
  }

  async #execute(): Promise<void> {
    try {
      await this.#update({}, true);
      const { setup, cropRecipe } = await setupOf(this.#run, this.#deps.library);
      const data = await this.#openData({ inputPx: setup.network.inputPx, cropRecipe, seed: setup.seed });
      const { training, validation, remarks } = data;
      const trainingFaces = training.reduce((sum, { samples }) => sum + samples.count, 0);
      const validationFaces = validation.reduce((sum, { draws }) => sum + draws.length, 0);
      await this.#update({ trainingFaces, validationFaces, remarks }, true);
      await this.#train({
        trainer: this.#trainer,
        training,
        validation,
        setup,
        store: this.#deps.store,
        signal: this.#abort.signal,
        update: (change, durably) => this.#update(change, durably),
        shown: (point) => this.#deps.tell({ run: this.#run, point }),
        pausePoint: (save) => this.#pausePoint(save),
      });
      await this.#publishIfAsked();
      await this.#update({ state: 'done', endedAt: this.#deps.clock() }, true);
    } catch (error) {
      await this.#writeEnd(error);
    }
  }

  async #openData(cut: { inputPx: number; cropRecipe: string; seed: number }): Promise<RunData> {
    const { facesFile, facesOf, faceOfCrop } = this.#deps;
    const { data, shapeJitter, validationFaces } = this.#run.request;
    return openRunData(data, {
      ...cut,
      shapeJitter,
      validationFaces,
      facesFile: await facesFile(),
      facesOf,
      faceOfCrop,
      signal: this.#abort.signal,
      onProgress: (message, done, total) => void this.#update({ message: `${message}: ${done} of ${total}` }),
      open: (samples) => this.#trainer.openSamples(SAMPLE_MAKER, samples),
    });
  }

  /**
   * Trains to the end. When the process dies (a driver, the system out of memory), the run goes on
   * from its last save; when it dies again without having come further, that is its failure. A
   * device that fails is left for the CPU.
   */
  async #train(deps: RunDeps): Promise<void> {
    const { store, library } = this.#deps;
    for (let reached = -1; ; ) {
      try {
        const start = await startOf(this.#run, store, library);
        const placement = await this.#placement(deps.setup, start);
        await this.#update({ message: 'Building the network', placement });
        const { provider, threads } = placement;
        const { step } = await this.#trainer.open(deps.setup, start, { provider, threads });
        return await trainRun(this.#run, step, deps);
      } catch (error) {
        if (this.#interrupted || this.#abort.signal.aborted) throw error;
        if (await this.#leaveDevice(error, deps.setup)) continue;
        const died = error instanceof ChildProcessError && error.kind === 'died';
        if (!died || this.#run.step <= reached) throw error;
        reached = this.#run.step;
      }
    }
  }

  /** Kept for the run's life: a run that is taken up again takes its steps as before. */
  async #placement(setup: TrainingSetup, start: TrainingStart): Promise<TrainingPlacement> {
    const { placement, threads, request } = this.#run;
    if (placement) return placement;
    if (threads !== undefined) return cpuPlacement({ threads, device: 'CPU' }, 'It began there.');
    await this.#update({ message: 'Testing the devices' });
    return this.#deps.place(request, setup, start);
  }

  /**
   * After a failure of another device than the CPU: the run goes on from its last save there, and
   * says so. False where it was no device's failure.
   */
  async #leaveDevice(error: unknown, setup: TrainingSetup): Promise<boolean> {
    const { placement, request, remarks, step } = this.#run;
    if (!placement || placement.provider === 'cpu') return false;
    if (!(error instanceof ChildProcessError || error instanceof ChildRefusal)) return false;
    const name = PROVIDER_NAMES[placement.provider];
    const reason = `${name} failed after step ${step} (${error.message}); from the last save the run went on on the CPU.`;
    const cpu = await this.#deps.place({ ...request, device: 'cpu' }, setup, { from: 'nothing' });
    await this.#update({ placement: { ...cpu, reason }, remarks: [...remarks, reason] }, true);
    return true;
  }

  async #pausePoint(save: () => Promise<void>): Promise<void> {
    const { signal } = this.#abort;
    const paused = this.#paused;
    if (paused) {
      await save();
      await this.#update({ state: 'paused', message: 'Paused' }, true);
      await paused.promise;
      if (!signal.aborted) await this.#update({ state: 'running', message: 'Training' }, true);
    }
    // Stopped by whomever, it can be taken up where it was.
    if (signal.aborted) await save();
    signal.throwIfAborted();
  }

  async #publishIfAsked(): Promise<void> {
    if (!this.#run.request.publish) return;
    await this.#update({ message: 'Publishing' });
    const model = await publishRun(this.#run, this.#deps);
    await this.#update({ modelId: model.id });
  }

  /**
   * A run stopped because the engine closes stays as it is on the disk, and counts as interrupted.
   */
  async #writeEnd(error: unknown): Promise<void> {
    if (this.#interrupted) return;
    const now = this.#deps.clock();
    await this.#update(this.#abort.signal.aborted ? cancelledAt(now) : failedAt(now, error), true);
  }

  /** Changes the run as it is shown; `durably` also on the disk. */
  async #update(change: Partial<TrainingRun>, durably = false): Promise<void> {
    this.#run = { ...this.#run, ...change };
    if (durably) await this.#deps.store.write(this.#run);
    if (durably || Date.now() - this.#reportedAt > REPORT_EVERY_MS) {
      this.#reportedAt = Date.now();
      this.#deps.tell({ run: this.#run, point: null });
    }
  }
}
