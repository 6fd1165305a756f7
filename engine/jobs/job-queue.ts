// The durable queue: one job at a time from the case database, with progress, pause, resume and
// cancel. Work registers a runner by kind; what a runner has written stays written whatever happens
// to the process.
import type { JobId } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Job, JobEvent, JobProgress } from '../../contract/job.ts';
import { createBroadcast } from '../async/broadcast.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { errorFromSystem } from '../case/db/database-error.ts';
import { addJob, enterJobEnd, getJob, listJobs, takeUpJobs, updateJob } from '../case/rows/job.ts';
import { noteOnConsole } from '../process/console-note.ts';
import type { JobBinding } from './job-binding.ts';

/** What a runner is given. */
export type JobControl = {
  signal: AbortSignal;
  /**
   * Resolves at once, or when the job is resumed. Rejects when it is cancelled. Call it between
   * units of work.
   */
  pausePoint(): Promise<void>;
  report(progress: Partial<JobProgress>): void;
  problem(shownPath: string, message: string): void;
};

export type JobRunner = (job: Job, deps: JobControl) => Promise<void>;

export type JobQueue = {
  enqueue(kind: Job['kind'], input: Record<string, unknown>): Job;
  pause(id: JobId): Job;
  resume(id: JobId): Job;
  /** `who` asks for it: the log names them where it was at work. */
  cancel(id: JobId, who: string): Job;
  /** The jobs as they are, then every change; at most ten a second for one job, the last always. */
  watch(signal?: AbortSignal): AsyncGenerator<JobEvent>;
  /**
   * Stops at the next pause point; the job stays `running` in the database and is taken up again
   * when the case is opened.
   */
  close(): Promise<void>;
};

const errorSentence = (error: unknown, subject: string): string => {
  const known = errorFromSystem(error, subject);
  return known instanceof Error ? known.message : String(known);
};

/** Time between two progress events of one job, ms. */
const REPORT_EVERY_MS = 100;

type Running = {
  id: JobId;
  abort: AbortController;
  paused: PromiseWithResolvers<void> | undefined;
  /** How far it has come: ahead of its row, which is written at most ten times a second. */
  progress: JobProgress;
  /** Who cancelled it, while it has not ended yet. */
  cancelledBy: string;
  ended: Promise<void>;
};

/**
 * Starts the queue on an open case and takes up what was left undone here; what `binding` refuses
 * ends as cancelled.
 */
export function createJobQueue(
  opened: WritableCase,
  runners: Partial<Record<Job['kind'], JobRunner>>,
  binding: JobBinding,
): JobQueue {
  const events = createBroadcast<JobEvent>();
  let running: Running | undefined;
  let closed = false;
  takeUpJobs(opened, binding.whyNot);

  const publish = (job: Job, problem: JobEvent['problem'] = null): Job => {
    events.publish({ job, problem });
    return job;
  };

  const next = (): void => {
    if (running || closed) return;
    const queued = listJobs(opened).filter((job) => job.state === 'queued');
    const job = queued.at(-1);
    if (job) running = start(job);
  };

  /**
   * Where the next job's state cannot be written it stays queued, and is taken up with the next
   * call or the next opening.
   */
  const nextIfPossible = (): void => {
    try {
      next();
    } catch (error) {
      noteOnConsole(errorSentence(error, opened.folder));
    }
  };

  const start = (job: Job): Running => {
    const abort = new AbortController();
    const { id, progress } = job;
    const started: Running = { id, abort, paused: undefined, progress, cancelledBy: '', ended: Promise.resolve() };
    const current = publish(
      updateJob(opened, job.id, { state: 'running', startedAt: job.startedAt ?? opened.clock(), error: null }),
    );
    started.ended = execute(current, started).finally(() => {
      running = undefined;
      nextIfPossible();
    });
    return started;
  };

  const execute = async (job: Job, state: Running): Promise<void> => {
    const runner = runners[job.kind];
    try {
      if (!runner) throw new Error(`Nothing here runs jobs of kind ${job.kind}.`);
      // The runner starts in a later turn, so that whoever enqueued the job has it in hand first.
      await Promise.resolve();
      await runJob(runner, job, state);
      const { progress } = state;
      if (!closed) publish(updateJob(opened, job.id, { state: 'done', progress, endedAt: opened.clock() }));
    } catch (error) {
      if (closed) return;
      const cancelled = state.abort.signal.aborted;
      const reason = cancelled ? null : errorSentence(error, opened.folder);
      const { progress, cancelledBy } = state;
      endBadly(job, cancelledBy, { state: cancelled ? 'cancelled' : 'failed', error: reason, progress });
    }
  };

  /**
   * On a full or failing disk the end cannot be written either: it is told, and the job is taken up
   * when the case is opened again.
   */
  const endBadly = (
    job: Job,
    who: string,
    ending: Pick<Job, 'error' | 'progress'> & { state: 'cancelled' | 'failed' },
  ): void => {
    const change = { ...ending, endedAt: opened.clock() };
    try {
      opened.db.transaction(() => {
        enterJobEnd(opened, job, { who, state: ending.state, reason: ending.error ?? 'It was cancelled.' });
        updateJob(opened, job.id, change);
      });
      publish(getJob(opened, job.id));
    } catch {
      publish({ ...job, ...change });
    }
  };

  const runJob = async (runner: JobRunner, job: Job, state: Running): Promise<void> => {
    let lastReport = 0;
    const report = (change: Partial<JobProgress>): void => {
      state.progress = { ...state.progress, ...change };
      if (closed || Date.now() - lastReport < REPORT_EVERY_MS) return;
      lastReport = Date.now();
      publish(opened.db.lightTransaction(() => updateJob(opened, job.id, { progress: state.progress })));
    };
    await runner(job, {
      signal: state.abort.signal,
      pausePoint: async () => {
        await state.paused?.promise;
        state.abort.signal.throwIfAborted();
      },
      report,
      problem: (shownPath, message) =>
        publish({ ...getJob(opened, job.id), progress: state.progress }, { shownPath, message }),
    });
  };

  const change = (id: JobId, from: readonly Job['state'][], to: Job['state'], act: () => void): Job => {
    const job = getJob(opened, id);
    if (!from.includes(job.state))
      throw new RecceError('JOB_STATE', `Job ${id}`, `it is ${job.state}; ${from.join(' or ')} was expected.`);
    const changed = updateJob(opened, id, { state: to });
    act();
    return publish(changed);
  };

  next();
  return {
    enqueue(kind, input) {
      const job = publish(addJob(opened, kind, input, binding.bind));
      next();
      return job;
    },
    pause: (id) =>
      change(id, ['running', 'queued'], 'paused', () => {
        if (running?.id === id) running.paused = Promise.withResolvers();
      }),
    resume: (id) => {
      const active = running?.id === id ? running : undefined;
      const job = change(id, ['paused'], active ? 'running' : 'queued', () => {
        active?.paused?.resolve();
        if (active) active.paused = undefined;
      });
      next();
      return job;
    },
    cancel: (id, who) => {
      const active = running?.id === id ? running : undefined;
      if (!active) return change(id, ['queued', 'paused'], 'cancelled', () => {});
      active.cancelledBy = who;
      active.abort.abort();
      active.paused?.resolve();
      return publish(getJob(opened, id));
    },
    async *watch(signal) {
      const following = events.follow(signal);
      for (const job of listJobs(opened).reverse()) yield { job, problem: null };
      yield* following;
    },
    async close() {
      closed = true;
      const active = running;
      active?.abort.abort();
      active?.paused?.resolve();
      await active?.ended;
      events.close();
    },
  };
}
