// Job rows: durable work and how far it is.
import type { JobId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { type Job, type JobProgress, type JobState, jobSchema } from '../../../contract/job.ts';
import { storedObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { JobTable } from '../db/tables.ts';
import { appendAudit, eachEntryOf } from '../log/audit.ts';

export const NOTHING_YET: JobProgress = {
  done: 0,
  total: null,
  failed: 0,
  faces: 0,
  ratePerSecond: null,
  remainingMs: null,
  message: '',
};

const KNOWN = jobSchema.pick({ kind: true, state: true });

const jobFromRow = (row: Omit<JobTable, 'id'> & { id: number }): Job => ({
  id: row.id as JobId,
  kind: row.kind as Job['kind'],
  state: row.state as JobState,
  // One that cannot be read is not continued (takeUpJobs), and keeps no other from being listed.
  input: storedObject(row.input) ?? {},
  progress: storedObject(row.progress) ?? NOTHING_YET,
  error: row.error,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});

/** `bind` says what binds the new job to this place. */
export function addJob(
  opened: WritableCase,
  kind: Job['kind'],
  input: Record<string, unknown>,
  bind: (job: Job) => string,
): Job {
  return opened.db.transaction(() => {
    const { id } = opened.db.run(
      query.insertInto('job').values({
        kind,
        state: 'queued',
        input: JSON.stringify(input),
        progress: JSON.stringify(NOTHING_YET),
        created_at: opened.clock(),
      }),
    );
    const job = getJob(opened, id as JobId);
    opened.db.run(
      query
        .updateTable('job')
        .set({ bound_to: bind(job) })
        .where('id', '=', id),
    );
    return job;
  });
}

/** Throws NOT_FOUND. */
export function getJob(opened: ReadableCase, id: JobId): Job {
  const job = findJob(opened, id);
  if (!job) throw new RecceError('NOT_FOUND', `Job ${id}`, 'the case has no such job.');
  return job;
}

/** Undefined where there is none such. */
export function findJob({ db }: ReadableCase, id: JobId): Job | undefined {
  const row = db.first(query.selectFrom('job').selectAll().where('id', '=', id));
  return row && jobFromRow(row);
}

/** Newest first; none of a kind or state that there is not. */
export const listJobs = ({ db }: ReadableCase): Job[] =>
  db
    .all(query.selectFrom('job').selectAll().orderBy('id', 'desc'))
    .filter(({ kind, state }) => KNOWN.safeParse({ kind, state }).success)
    .map(jobFromRow);

/** It has not ended: it waits for its turn, works, or is held up. */
export const isAtWork = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'queued' || state === 'running' || state === 'paused';

/** The newest job of a kind that has not ended. */
export const jobUnderWay = (opened: ReadableCase, wanted: Job['kind']): Job | undefined =>
  listJobs(opened).find((job) => job.kind === wanted && isAtWork(job));

export function updateJob(
  opened: WritableCase,
  id: JobId,
  change: {
    state?: JobState;
    progress?: JobProgress;
    error?: string | null;
    startedAt?: string;
    endedAt?: string | null;
  },
): Job {
  opened.db.run(
    query
      .updateTable('job')
      .set({
        ...(change.state ? { state: change.state } : {}),
        ...(change.progress ? { progress: JSON.stringify(change.progress) } : {}),
        ...(change.error !== undefined ? { error: change.error } : {}),
        ...(change.startedAt ? { started_at: change.startedAt } : {}),
        ...(change.endedAt !== undefined ? { ended_at: change.endedAt } : {}),
        id,
      })
      .where('id', '=', id),
  );
  return getJob(opened, id);
}

/** Jobs that ran when the process before this one died are queued again. */
export function requeueRunning({ db }: Pick<WritableCase, 'db'>): void {
  db.run(query.updateTable('job').set({ state: 'queued' }).where('state', '=', 'running'));
}

/** Entries after which a job has ended for good, and as what. */
const ENDED: Readonly<Record<string, JobState>> = {
  'scan.finished': 'done',
  'rerun.finished': 'done',
  'stability.finished': 'done',
  'persons.finished': 'done',
  'group.proposed': 'done',
  'job.cancelled': 'cancelled',
  'job.failed': 'failed',
};

/** As what each job has ended that the log has as ended. */
function endedInLog(opened: ReadableCase): Map<number, JobState> {
  const ended = new Map<number, JobState>();
  for (const { action, details } of eachEntryOf(opened, ...Object.keys(ENDED)))
    ended.set(Number(details.jobId), ENDED[action]!);
  return ended;
}

/**
 * Jobs that have not ended: those that may be continued are queued again where they ran; each of
 * the others is cancelled with the reason that `whyNot` gives, and the log says so. One that the
 * log has as ended stays ended, whatever its row says.
 */
export function takeUpJobs(
  opened: WritableCase,
  whyNot: (job: Job & { boundTo: string | null }) => string | undefined,
): void {
  opened.db.transaction(() => {
    const left = query
      .selectFrom('job')
      .selectAll()
      .where('state', 'in', ['queued', 'running', 'paused'])
      .orderBy('id');
    const ended = endedInLog(opened);
    for (const row of opened.db.all(left)) {
      const state = ended.get(row.id);
      // Its end was entered, and then the process was killed; or somebody has set it back.
      if (state !== undefined) {
        opened.db.run(query.updateTable('job').set({ state, ended_at: opened.clock() }).where('id', '=', row.id));
        continue;
      }
      const reason = refusalOf(row, whyNot);
      if (reason !== undefined) cancelLeft(opened, row, reason);
    }
    requeueRunning(opened);
  });
}

/** One whose row cannot be read is not continued either. */
function refusalOf(
  row: Omit<JobTable, 'id'> & { id: number },
  whyNot: (job: Job & { boundTo: string | null }) => string | undefined,
): string | undefined {
  if (![row.input, row.progress].every(storedObject)) return 'Its row cannot be read.';
  try {
    return whyNot({ ...jobFromRow(row), boundTo: row.bound_to });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function cancelLeft(opened: WritableCase, { id, kind }: { id: number; kind: string }, reason: string): void {
  opened.db.run(
    query.updateTable('job').set({ state: 'cancelled', error: reason, ended_at: opened.clock() }).where('id', '=', id),
  );
  enterCancelled(opened, { id, kind, who: '', reason });
}

/** Says in the log that a job which was not at work has ended. */
export const enterCancelled = (
  opened: WritableCase,
  { id, kind, who, reason }: { id: number; kind: string; who: string; reason: string },
): unknown =>
  appendAudit(opened, { who, action: 'job.cancelled', subject: `${kind} (job ${id})`, details: { jobId: id, reason } });

/** Says in the log that a job which was at work has ended for good, and how; `who` cancelled it. */
export const enterJobEnd = (
  opened: WritableCase,
  { id, kind }: Pick<Job, 'id' | 'kind'>,
  { who, state, reason }: { who: string; state: 'cancelled' | 'failed'; reason: string },
): unknown =>
  appendAudit(opened, {
    who,
    action: `job.${state}`,
    subject: `${kind} (job ${id})`,
    details: { jobId: id, reason },
  });

/**
 * Ends every job in a database that is not open as a case: one that has come from elsewhere. Gives
 * how many.
 */
export const endAllJobs = ({ db }: Pick<WritableCase, 'db'>, reason: string, at: string): number =>
  db.run(
    query
      .updateTable('job')
      .set({ state: 'cancelled', error: reason, ended_at: at })
      .where('state', 'not in', ['done', 'failed', 'cancelled']),
  ).changes;
