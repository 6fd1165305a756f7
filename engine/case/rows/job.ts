// Job rows: durable work and how far it is.
import type { JobId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Job, JobProgress, JobState } from '../../../contract/job.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { JobTable } from '../db/tables.ts';

const NOTHING_YET: JobProgress = {
  done: 0,
  total: null,
  failed: 0,
  faces: 0,
  ratePerSecond: null,
  remainingMs: null,
  message: '',
};

const jobFromRow = (row: Omit<JobTable, 'id'> & { id: number }): Job => ({
  id: row.id as JobId,
  kind: row.kind as Job['kind'],
  state: row.state as JobState,
  input: storedJson(row.input),
  progress: storedJson(row.progress),
  error: row.error,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});

export function addJob(opened: WritableCase, kind: Job['kind'], input: Record<string, unknown>): Job {
  const { id } = opened.db.run(
    query.insertInto('job').values({
      kind,
      state: 'queued',
      input: JSON.stringify(input),
      progress: JSON.stringify(NOTHING_YET),
      created_at: opened.clock(),
    }),
  );
  return getJob(opened, id as JobId);
}

/** Throws NOT_FOUND. */
export function getJob({ db }: ReadableCase, id: JobId): Job {
  const row = db.first(query.selectFrom('job').selectAll().where('id', '=', id));
  if (!row) throw new RecceError('NOT_FOUND', `job ${id}`, 'the case has no such job.');
  return jobFromRow(row);
}

/** Newest first. */
export const listJobs = ({ db }: ReadableCase): Job[] =>
  db.all(query.selectFrom('job').selectAll().orderBy('id', 'desc')).map(jobFromRow);

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
