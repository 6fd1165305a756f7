// Results of reruns: rows of their own, anchored in the audit log by their hash. A later rerun adds
// rows, it changes none.
import type { JobId, Sha256, VerdictId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { type RerunReport, type RerunRow, rerunResultSchema } from '../../../contract/rerun.ts';
import { hashOfValue } from '../../files/canonical-json.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { auditEntriesOf } from '../log/audit.ts';
import { idsWithin, rangesFrom } from '../log/id-ranges.ts';
import { getJob } from './job.ts';

/**
 * Keeps one row. Made again after a crash the first stays; false where that says another thing.
 */
export function addRerunRow({ db }: WritableCase, jobId: JobId, row: RerunRow): boolean {
  db.run(
    query
      .insertInto('rerun')
      .values({ job_id: jobId, verdict_id: row.verdictId, result: row.result, json: JSON.stringify(row) })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const own = query.selectFrom('rerun').select('json').where('job_id', '=', jobId);
  return db.first(own.where('verdict_id', '=', row.verdictId))?.json === JSON.stringify(row);
}

/** Verdicts this job has made again already. */
export const rerunDone = ({ db }: ReadableCase, jobId: JobId): Set<VerdictId> =>
  new Set(
    db
      .all(query.selectFrom('rerun').select('verdict_id').where('job_id', '=', jobId))
      .map((row) => row.verdict_id as VerdictId),
  );

const rowsOf = ({ db }: ReadableCase, jobId: JobId): RerunRow[] =>
  db
    .all(query.selectFrom('rerun').select('json').where('job_id', '=', jobId).orderBy('verdict_id'))
    .map((row) => storedJson(row.json));

type RerunHeld = Pick<RerunReport, 'counts' | 'rowsSha256'>;

/** How many rows came out how, and their hash: what the audit log is told. */
export function rerunSummary(opened: ReadableCase, jobId: JobId): RerunHeld {
  const rows = rowsOf(opened, jobId);
  const counts = Object.fromEntries(
    rerunResultSchema.options.map((result) => [result, rows.filter((row) => row.result === result).length]),
  ) as RerunReport['counts'];
  return { counts, rowsSha256: hashOfValue(rows) };
}

/** What an entry at the end of a rerun says of its rows: which verdicts they are of as well. */
export const rerunSaid = (opened: ReadableCase, jobId: JobId): { jobId: JobId; verdicts: string } & RerunHeld => ({
  jobId,
  ...rerunSummary(opened, jobId),
  verdicts: rangesFrom([...rerunDone(opened, jobId)].sort((a, b) => a - b)),
});

/** The hash of a rerun's rows on some verdicts ("3-7,9"), as `rerunSummary` makes it. */
export function hashOfRerun(opened: ReadableCase, jobId: JobId, verdicts: string): Sha256 {
  const rows = rowsOf(opened, jobId);
  const wanted = new Set(
    idsWithin(
      verdicts,
      rows.map((one) => one.verdictId).sort((a, b) => a - b),
    ),
  );
  return hashOfValue(rows.filter(({ verdictId }) => wanted.has(verdictId)));
}

/**
 * Verdicts that this job has made again, as the entry at its last end says since it was started.
 * Other rows of its id may have been put there by somebody else.
 */
export function rerunHeld(opened: ReadableCase, jobId: JobId): Set<VerdictId> {
  const own = auditEntriesOf(opened, 'rerun.started', 'rerun.ended').filter(({ details }) => details.jobId === jobId);
  const started = own.findLastIndex(({ action }) => action === 'rerun.started');
  const { verdicts, rowsSha256 } = own.slice(started + 1).at(-1)?.details ?? {};
  if (typeof verdicts !== 'string' || hashOfRerun(opened, jobId, verdicts) !== rowsSha256) return new Set();
  return new Set(
    idsWithin(
      verdicts,
      [...rerunDone(opened, jobId)].sort((a, b) => a - b),
    ) as VerdictId[],
  );
}

/** The rows of a job, the latest rerun when none is named. Throws NOT_FOUND. */
export function readRerun(opened: ReadableCase, jobId?: JobId): RerunReport {
  const id = jobId ?? latestJob(opened);
  if (id === undefined) throw new RecceError('NOT_FOUND', 'rerun', 'no verdict of this case was made again yet.');
  const job = getJob(opened, id);
  return {
    jobId: id,
    madeAt: startedAt(opened, id) ?? job.createdAt,
    ...rerunSummary(opened, id),
    rows: rowsOf(opened, id),
  };
}

/** As the log says: the row of a job is held by nothing. */
const startedAt = (opened: ReadableCase, jobId: JobId): string | undefined =>
  auditEntriesOf(opened, 'rerun.started').findLast(({ details }) => details.jobId === jobId)?.at;

function latestJob({ db }: ReadableCase): JobId | undefined {
  const row = db.first(query.selectFrom('rerun').select('job_id').orderBy('job_id', 'desc').limit(1));
  return row?.job_id as JobId | undefined;
}
