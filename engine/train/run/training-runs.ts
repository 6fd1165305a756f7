// The training runs of this installation: one at a time runs, the others wait on disk. Start, pause, resume, cancel, publish, watch.
// Owned by the engine; called by the handlers of `train`.
import { randomBytes } from 'node:crypto';
import { access, mkdir, stat } from 'node:fs/promises';
import { RecceError } from '../../../contract/errors.ts';
import type { DecoderTest, Model } from '../../../contract/model.ts';
import type {
  BrokenRun,
  CurvePoint,
  TrainingBase,
  TrainingEvent,
  TrainingRequest,
  TrainingRun,
  TrainingRunId,
} from '../../../contract/training.ts';
import type { TrainingSetup } from '../../../models/recce/training-setup.ts';
import { createTrainer, type Trainer } from '../../compute/trainer.ts';
import type { TrainingStart } from '../../compute/training-messages.ts';
import { createBroadcast } from '../../jobs/broadcast.ts';
import type { ModelLibrary } from '../../library/model-library.ts';
import type { SpawnChild } from '../../process/channel.ts';
import { ChildProcessError } from '../../process/supervised-child.ts';
import type { FaceSource } from '../data/face-places.ts';
import { openRunData, type RunData } from './open-run-data.ts';
import { publishRun } from './publish-run.ts';
import { createRunStore } from './run-store.ts';
import { setupFromRequest } from './setup-from-request.ts';
import { type RunHands, trainRun } from './train-run.ts';

export type TrainingRunsOptions = {
  /** Holds one folder a run. */
  folder: string;
  library: ModelLibrary;
  facesOf: FaceSource;
  facesFile(): Promise<string>;
  testDecoder(model: Model, weights: Uint8Array): Promise<DecoderTest>;
  provider: string;
  threads: number;
  /** The threads with which a network is fastest on this machine. */
  threadsFor(base: TrainingBase): Promise<number>;
  spawn?: SpawnChild;
  clock(): string;
};

type Active = {
  run: TrainingRun;
  abort: AbortController;
  paused: PromiseWithResolvers<void> | undefined;
  trainer: Trainer;
  ended: Promise<void>;
};

/** Time between two events without a point, ms. */
const REPORT_EVERY_MS = 200;

export type TrainingRuns = ReturnType<typeof createTrainingRuns>;

/** Starts nothing by itself: a run that was interrupted goes on when it is resumed. */
export function createTrainingRuns(options: TrainingRunsOptions) {
  const store = createRunStore(options.folder);
  const events = createBroadcast<TrainingEvent>();
  let active: Active | undefined;
  /** A run is being made: another call that asks meanwhile is too late. */
  let starting = false;
  let closed = false;

  const now = async (id: TrainingRunId): Promise<TrainingRun> => (active?.run.id === id ? active.run : store.get(id));

  const cancelledNow = () =>
    ({ state: 'cancelled', error: null, message: 'Cancelled', endedAt: options.clock() }) as const;
  const failedWith = (error: unknown) =>
    ({
      state: 'failed',
      error: error instanceof Error ? error.message : String(error),
      message: 'Failed',
      endedAt: options.clock(),
    }) as const;

  /** Takes a run up: data, trainer, then the line of train-run.ts. Every end is written to the run. */
  const launch = (run: TrainingRun): TrainingRun => {
    const started: Active = {
      run: { ...run, state: 'running', error: null, message: 'Preparing' },
      abort: new AbortController(),
      paused: undefined,
      trainer: createTrainer({
        provider: options.provider,
        threads: options.threads,
        ...(options.spawn ? { spawn: options.spawn } : {}),
      }),
      ended: Promise.resolve(),
    };
    active = started;
    let reportedAt = 0;
    const update = async (change: Partial<TrainingRun>, durably = false): Promise<void> => {
      started.run = { ...started.run, ...change };
      if (durably) await store.write(started.run);
      if (durably || Date.now() - reportedAt > REPORT_EVERY_MS) {
        reportedAt = Date.now();
        events.publish({ run: started.run, point: null });
      }
    };
    started.ended = execute(started, update)
      .catch((error) => {
        // Its end could not be written either (full disk, folder gone): who watches is told, and the engine goes on.
        started.run = { ...started.run, ...failedWith(error) };
        return started.run;
      })
      .then(async (unwritten) => {
        await started.trainer.close();
        store.unlock(run.id);
        const last = unwritten ?? (await store.get(run.id).catch(() => started.run));
        if (!closed) events.publish({ run: last, point: null });
        active = undefined;
      });
    return started.run;
  };

  const execute = async (
    state: Active,
    update: (change: Partial<TrainingRun>, durably?: boolean) => Promise<void>,
  ): Promise<void> => {
    let data: RunData | undefined;
    try {
      await update({}, true);
      const { setup, cropRecipe } = await preparedFor(state.run);
      data = await openRunData(state.run.request.data, {
        inputPx: setup.network.inputPx,
        cropRecipe,
        seed: setup.seed,
        bend: state.run.request.bend,
        facesFile: await options.facesFile(),
        facesOf: options.facesOf,
        signal: state.abort.signal,
        onProgress: (message, done, total) => void update({ message: `${message}: ${done} of ${total}` }),
        ...(options.spawn ? { spawn: options.spawn } : {}),
      });
      const { training, validation, remarks } = data;
      await update({ trainingFaces: training.count, validationFaces: validation.count, remarks }, true);
      const hands = {
        trainer: state.trainer,
        training,
        validation,
        setup,
        store,
        signal: state.abort.signal,
        update,
        shown: (point: CurvePoint) => events.publish({ run: state.run, point }),
        pausePoint: (save: () => Promise<void>) => pausePoint(state, update, save),
      };
      await runToEnd(state, hands);
      if (state.run.request.publish) {
        await update({ message: 'Publishing' });
        await update({ modelId: (await publish(state.run)).id });
      }
      await update({ state: 'done', endedAt: options.clock() }, true);
    } catch (error) {
      await ended(state, update, error);
    } finally {
      await data?.close();
    }
  };

  /**
   * Trains to the end. When the process dies (a driver, the system out of memory), the run goes on from its last save; when it dies
   * again without having come further, that is its failure.
   */
  const runToEnd = async (state: Active, hands: RunHands): Promise<void> => {
    for (let reached = -1; ; ) {
      try {
        // Kept for the run's life: a run that is taken up again takes its steps as before.
        const threads = state.run.threads ?? (await options.threadsFor(state.run.request.base));
        await hands.update({ message: 'Building the network', threads });
        const { start } = await preparedFor(state.run);
        const { step } = await state.trainer.open(hands.setup, start, { threads });
        return await trainRun(state.run, step, hands);
      } catch (error) {
        const died = error instanceof ChildProcessError && error.kind === 'died';
        if (!died || closed || state.run.step <= reached) throw error;
        reached = state.run.step;
      }
    }
  };

  /** A run stopped because the engine closes stays as it is on the disk, and counts as interrupted. */
  const ended = async (
    state: Active,
    update: (change: Partial<TrainingRun>, durably?: boolean) => Promise<void>,
    error: unknown,
  ): Promise<void> => {
    if (closed) return;
    const end = state.abort.signal.aborted ? cancelledNow() : failedWith(error);
    await update(end, true);
  };

  const pausePoint = async (
    state: Active,
    update: (change: Partial<TrainingRun>, durably?: boolean) => Promise<void>,
    save: () => Promise<void>,
  ): Promise<void> => {
    if (state.paused) {
      await save();
      await update({ state: 'paused', message: 'Paused' }, true);
      await state.paused.promise;
      if (!state.abort.signal.aborted) await update({ state: 'running', message: 'Training' }, true);
    }
    if (state.abort.signal.aborted && closed) await save();
    state.abort.signal.throwIfAborted();
  };

  /** Setup and starting point of a run: its save when there is one, else its base. */
  const preparedFor = async (
    run: TrainingRun,
  ): Promise<{ setup: TrainingSetup; cropRecipe: string; start: TrainingStart }> => {
    const { base } = run.request;
    const save = store.file(run.id, 'state.save');
    const saved: TrainingStart | undefined = (await stat(save).catch(() => undefined))
      ? { from: 'save', path: save }
      : undefined;
    if (base.kind === 'fresh') {
      const { width, inputPx, cropRecipe } = base;
      const network = { width, inputPx, numClasses: 1 as const };
      const setup = setupFromRequest(run.request, { network, mean: 0.5, std: 0.5 });
      return { setup, cropRecipe, start: saved ?? { from: 'nothing' } };
    }
    const { passport } = await options.library.get(base.modelId);
    const { width, numClasses, mean, std, cropRecipe } = passport;
    const { inputPx = passport.inputPx } = base;
    const setup = setupFromRequest(run.request, { network: { width, inputPx, numClasses }, mean, std });
    const start = saved ?? { from: 'weights' as const, bytes: await options.library.readWeights(base.modelId) };
    return { setup, cropRecipe, start };
  };

  const publish = async (run: TrainingRun): Promise<Model> => publishRun(run, { store, ...options });

  /** Changes a run that is not under way, and tells those who watch. */
  const change = async (run: TrainingRun): Promise<void> => {
    await store.write(run);
    events.publish({ run, point: null });
  };

  /** A run that has said its end may still be closing its process. */
  const afterEnded = async (): Promise<void> => {
    if (active && active.run.endedAt !== null) await active.ended;
  };

  const refuseWhileActive = (id: string): void => {
    if (active)
      throw new RecceError('TRAINING_REFUSED', id, `run ${active.run.id} is running. Pause and cancel it, or wait.`);
    if (starting) throw new RecceError('TRAINING_REFUSED', id, 'another run is being started.');
  };

  /** A new run on the disk, held by this process. Throws MODEL_NOT_FOUND, PATH_NOT_FOUND. */
  const keepNewRun = async (request: TrainingRequest): Promise<TrainingRun> => {
    const { base, data } = request;
    if (base.kind === 'model') await options.library.get(base.modelId);
    await access(data.folder).catch((cause: Error) => {
      throw new RecceError('PATH_NOT_FOUND', data.folder, cause.message, { cause });
    });
    const run = newRun(request, options.clock());
    await mkdir(store.folderOf(run.id), { recursive: true });
    await store.write(run);
    store.lock(run.id);
    return run;
  };

  const expectState = (run: TrainingRun, states: readonly TrainingRun['state'][]): void => {
    if (!states.includes(run.state))
      throw new RecceError('JOB_STATE', `run ${run.id}`, `it is ${run.state}; ${states.join(' or ')} was expected.`);
  };

  return {
    list: async (): Promise<TrainingRun[]> =>
      (await store.list()).map((run) => (active?.run.id === run.id ? active.run : run)),

    listBroken: (): Promise<BrokenRun[]> => store.listBroken(),

    async get(id: TrainingRunId) {
      return { run: await now(id), curves: await store.curves(id), samples: await store.samples(id) };
    },

    async start(request: TrainingRequest): Promise<TrainingRun> {
      await afterEnded();
      refuseWhileActive(request.name);
      starting = true;
      try {
        return launch(await keepNewRun(request));
      } finally {
        starting = false;
      }
    },

    async pause(id: TrainingRunId): Promise<TrainingRun> {
      await afterEnded();
      const run = await now(id);
      expectState(run, ['running']);
      if (active?.run.id !== id) throw new RecceError('JOB_STATE', `run ${id}`, 'another process runs it.');
      active.paused ??= Promise.withResolvers();
      return active.run;
    },

    async resume(id: TrainingRunId): Promise<TrainingRun> {
      await afterEnded();
      if (active?.run.id === id) {
        active.paused?.resolve();
        active.paused = undefined;
        return active.run;
      }
      const run = await store.get(id);
      expectState(run, ['interrupted', 'failed']);
      refuseWhileActive(id);
      if (!store.lock(id)) throw new RecceError('JOB_STATE', `run ${id}`, 'another process runs it.');
      return launch({ ...run, endedAt: null });
    },

    async cancel(id: TrainingRunId): Promise<TrainingRun> {
      await afterEnded();
      const run = await now(id);
      expectState(run, ['running', 'paused', 'interrupted', 'failed']);
      if (active?.run.id !== id) {
        const cancelled: TrainingRun = { ...run, ...cancelledNow() };
        await change(cancelled);
        return cancelled;
      }
      active.abort.abort();
      active.paused?.resolve();
      const { ended } = active;
      await ended;
      return store.get(id);
    },

    async publish(id: TrainingRunId): Promise<Model> {
      await afterEnded();
      const run = await now(id);
      expectState(run, ['done', 'cancelled', 'failed', 'interrupted']);
      const model = await publish(run);
      await change({ ...run, modelId: model.id });
      return model;
    },

    async export(id: TrainingRunId, path: string): Promise<{ path: string; sizeBytes: number }> {
      const run = await now(id);
      expectState(run, ['done', 'cancelled', 'failed', 'interrupted', 'paused']);
      const trainer = createTrainer({ ...options });
      try {
        const { setup } = await preparedFor(run);
        await trainer.open(setup, { from: 'save', path: store.file(id, 'state.save') });
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
    },

    async discard(id: TrainingRunId): Promise<void> {
      await afterEnded();
      expectState(await now(id), ['done', 'cancelled', 'failed', 'interrupted']);
      await store.remove(id);
    },

    /** Follows from this call on, whenever the first event is asked for. */
    watch(signal?: AbortSignal): AsyncGenerator<TrainingEvent> {
      const following = events.follow(signal);
      return (async function* () {
        for (const run of await store.list()) yield { run: active?.run.id === run.id ? active.run : run, point: null };
        yield* following;
      })();
    },

    /** Process id of the run's trainer while it lives, for diagnosis and for tests that end it. */
    pid: (): number | undefined => active?.trainer.pid(),

    /** Stops at the next step, saving it; the run stays on the disk and can be resumed. */
    async close(): Promise<void> {
      closed = true;
      active?.abort.abort();
      active?.paused?.resolve();
      await active?.ended;
      events.close();
    },
  };
}

/** Its id is readable and sorts by time. */
function newRun(request: TrainingRequest, createdAt: string): TrainingRun {
  const stamp = createdAt.replace(/\D/g, '').slice(0, 14);
  return {
    id: `${stamp}-${randomBytes(3).toString('hex')}`,
    request,
    state: 'running',
    message: 'Preparing',
    error: null,
    step: 0,
    secondsPerStep: null,
    remainingMs: null,
    best: null,
    stoppedEarly: false,
    trainingFaces: 0,
    validationFaces: 0,
    remarks: [],
    modelId: null,
    createdAt,
    endedAt: null,
  };
}
