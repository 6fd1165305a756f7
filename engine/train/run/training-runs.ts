// The training runs of this installation: one at a time runs, the others wait on disk. Start,
// pause, resume, cancel, publish, watch.

import { access, mkdir } from 'node:fs/promises';
import { RecceError } from '../../../contract/errors.ts';
import type { Model } from '../../../contract/model.ts';
import {
  type BrokenRun,
  type CurvePoint,
  type SampleReconstruction,
  sourcesOf,
  type TrainingEvent,
  type TrainingRequest,
  type TrainingRun,
  type TrainingRunId,
} from '../../../contract/training.ts';
import { createBroadcast } from '../../async/broadcast.ts';
import { expectRecce } from '../../library/expect-recce.ts';
import { ActiveRun, cancelledAt, type RunMeans } from './active-run.ts';
import { expectBothSplits } from './both-splits.ts';
import { exportRun } from './export-run.ts';
import { newRun } from './new-run.ts';
import { publishRun } from './publish-run.ts';
import { createRunStore, type RunStore } from './run-store.ts';

/** `folder` holds one folder a run. */
export type TrainingRunsOptions = RunMeans & { folder: string };

const expectState = (run: TrainingRun, states: readonly TrainingRun['state'][]): void => {
  if (!states.includes(run.state))
    throw new RecceError('JOB_STATE', `Run ${run.id}`, `it is ${run.state}; ${states.join(' or ')} was expected.`);
};

const heldElsewhere = (id: TrainingRunId): RecceError =>
  new RecceError('JOB_STATE', `Run ${id}`, 'another process runs it.');

/** Starts nothing by itself: a run that was interrupted goes on when it is resumed. */
export class TrainingRuns {
  readonly #means: RunMeans;
  readonly #store: RunStore;
  readonly #events = createBroadcast<TrainingEvent>();
  #active: ActiveRun | undefined;
  /** A run is being made: another call that asks meanwhile is too late. */
  #starting = false;
  #closed = false;

  constructor({ folder, ...means }: TrainingRunsOptions) {
    this.#means = means;
    this.#store = createRunStore(folder);
  }

  async list(): Promise<TrainingRun[]> {
    return (await this.#store.list()).map((run) => this.#activeOf(run.id)?.run ?? run);
  }

  listBroken(): Promise<BrokenRun[]> {
    return this.#store.listBroken();
  }

  /** Throws RUN_NOT_FOUND, RUN_UNREADABLE. */
  async get(id: TrainingRunId): Promise<{ run: TrainingRun; curves: CurvePoint[]; samples: SampleReconstruction[] }> {
    return { run: await this.#now(id), curves: await this.#store.curves(id), samples: await this.#store.samples(id) };
  }

  /** Throws TRAINING_REFUSED while another runs, MODEL_NOT_FOUND, PATH_NOT_FOUND. */
  async start(request: TrainingRequest): Promise<TrainingRun> {
    await this.#afterEnded();
    this.#refuseWhileActive(request.name);
    this.#starting = true;
    try {
      return this.#launch(await this.#keepNewRun(request));
    } finally {
      this.#starting = false;
    }
  }

  /** Throws JOB_STATE unless this process runs it. */
  async pause(id: TrainingRunId): Promise<TrainingRun> {
    await this.#afterEnded();
    expectState(await this.#now(id), ['running']);
    const active = this.#activeOf(id);
    if (!active) throw heldElsewhere(id);
    active.pause();
    return active.run;
  }

  /** Throws JOB_STATE, TRAINING_REFUSED while another runs. */
  async resume(id: TrainingRunId): Promise<TrainingRun> {
    await this.#afterEnded();
    const active = this.#activeOf(id);
    if (active) {
      active.resume();
      return active.run;
    }
    const run = await this.#store.get(id);
    expectState(run, ['interrupted', 'failed', 'cancelled']);
    this.#refuseWhileActive(id);
    if (!this.#store.lock(id)) throw heldElsewhere(id);
    return this.#launch({ ...run, endedAt: null });
  }

  /** Throws JOB_STATE when it has ended otherwise. */
  async cancel(id: TrainingRunId): Promise<TrainingRun> {
    await this.#afterEnded();
    const run = await this.#now(id);
    expectState(run, ['running', 'paused', 'interrupted', 'failed']);
    const active = this.#activeOf(id);
    if (!active) return this.#change({ ...run, ...cancelledAt(this.#means.clock()) });
    await active.cancel();
    return this.#store.get(id);
  }

  /** Throws JOB_STATE while it runs and when it has no validated weights. */
  async publish(id: TrainingRunId): Promise<Model> {
    await this.#afterEnded();
    const run = await this.#now(id);
    expectState(run, ['done', 'cancelled', 'failed', 'interrupted']);
    const model = await publishRun(run, { store: this.#store, ...this.#means });
    await this.#change({ ...run, modelId: model.id });
    return model;
  }

  /** Throws JOB_STATE while it trains, WRITE_FAILED. */
  async export(id: TrainingRunId, path: string): Promise<{ path: string; sizeBytes: number }> {
    const run = await this.#now(id);
    expectState(run, ['done', 'cancelled', 'failed', 'interrupted', 'paused']);
    return exportRun(run, path, { store: this.#store, ...this.#means });
  }

  /** Throws JOB_STATE while it runs. */
  async discard(id: TrainingRunId): Promise<void> {
    await this.#afterEnded();
    expectState(await this.#now(id), ['done', 'cancelled', 'failed', 'interrupted']);
    await this.#store.remove(id);
  }

  /**
   * All runs as they are, then their changes. Follows from this call on, whenever the first event
   * is asked for.
   */
  watch(signal?: AbortSignal): AsyncGenerator<TrainingEvent> {
    return this.#allThen(this.#events.follow(signal));
  }

  /** Process id of the run's trainer while it lives, for diagnosis and for tests that end it. */
  pid(): number | undefined {
    return this.#active?.pid;
  }

  /** Stops at the next step, saving it; the run stays on the disk and can be resumed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#active?.interrupt();
    this.#events.close();
  }

  async *#allThen(changes: AsyncGenerator<TrainingEvent>): AsyncGenerator<TrainingEvent> {
    for (const run of await this.list()) yield { run, point: null };
    yield* changes;
  }

  #activeOf(id: TrainingRunId): ActiveRun | undefined {
    return this.#active?.run.id === id ? this.#active : undefined;
  }

  async #now(id: TrainingRunId): Promise<TrainingRun> {
    return this.#activeOf(id)?.run ?? this.#store.get(id);
  }

  /** A run that has said its end may still be closing its process. */
  async #afterEnded(): Promise<void> {
    if (this.#active && this.#active.run.endedAt !== null) await this.#active.ended;
  }

  #refuseWhileActive(id: string): void {
    if (this.#active)
      throw new RecceError(
        'TRAINING_REFUSED',
        id,
        `run ${this.#active.run.id} is running. Pause and cancel it, or wait.`,
      );
    if (this.#starting) throw new RecceError('TRAINING_REFUSED', id, 'another run is being started.');
  }

  /**
   * A new run on the disk, held by this process. Throws MODEL_NOT_FOUND, PATH_NOT_FOUND,
   * TRAINING_REFUSED.
   */
  async #keepNewRun(request: TrainingRequest): Promise<TrainingRun> {
    const { base, data } = request;
    // Before its pictures are looked through: another network can never be trained here.
    if (base.kind === 'model') expectRecce(await this.#means.library.choose(base.modelId), base.width);
    for (const { folder } of sourcesOf(data))
      await access(folder).catch((cause: Error) => {
        throw new RecceError('PATH_NOT_FOUND', folder, cause.message, { cause });
      });
    await expectBothSplits(data);
    const run = newRun(request, this.#means.clock());
    await mkdir(this.#store.folderOf(run.id), { recursive: true });
    await this.#store.write(run);
    this.#store.lock(run.id);
    return run;
  }

  /** Takes a run up that this process holds. */
  #launch(run: TrainingRun): TrainingRun {
    const active = new ActiveRun(run, {
      ...this.#means,
      store: this.#store,
      tell: (event) => this.#events.publish(event),
    });
    this.#active = active;
    void active.ended.then(() => {
      this.#active = undefined;
    });
    // It was being made when the engine closed.
    if (this.#closed) void active.interrupt();
    return active.run;
  }

  /** Changes a run that is not under way, and tells those who watch. */
  async #change(run: TrainingRun): Promise<TrainingRun> {
    await this.#store.write(run);
    this.#events.publish({ run, point: null });
    return run;
  }
}
