// The battery's rows on verdicts (rows-of-job.ts), read as whoever wrote them left them: what is no
// such row is passed over here, and named by verify.
import type { JobId, VerdictId } from '../../../contract/brand.ts';
import { type StabilityReport, type StabilityRow, stabilityRowSchema } from '../../../contract/stability.ts';
import { storedObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { endedJobs, heldOfEnded, heldOfJob, jobsStarted, jobWithRows } from './rows-of-job.ts';
import { superseded } from './verdict.ts';

/** What a row comes to, as the log counts them: no word of what leans where. */
export const STABILITY_RESULTS = stabilityRowSchema.shape.result.options;

type Stored = { job_id: number; json: string };

function rowFrom({ json }: Stored): StabilityRow | undefined {
  return stabilityRowSchema.safeParse(storedObject(json)).data;
}

const NONE = { subject: 'Stability', detail: 'the stability of no verdict of this case was measured yet.' };

/** The rows of a job, the latest run when none is named. Throws NOT_FOUND. */
export function readStability(opened: ReadableCase, jobId?: JobId): StabilityReport {
  const job = jobWithRows(opened, 'stability', jobId, NONE);
  const { rowsSha256 } = heldOfJob(opened, 'stability', job.jobId, STABILITY_RESULTS);
  const select = query.selectFrom('stability').select(['job_id', 'json']).where('job_id', '=', job.jobId);
  const rows = opened.db.all(select.orderBy('verdict_id')).flatMap((row) => rowFrom(row) ?? []);
  return { ...job, rowsSha256, rows };
}

/**
 * The latest row on a verdict in which the battery was made, before a job where one is named. Of jobs
 * that nobody began there is none.
 */
export function latestStability(
  opened: ReadableCase,
  verdictId: VerdictId,
  before: JobId = Number.MAX_SAFE_INTEGER as JobId,
  started: ReadonlySet<JobId> = jobsStarted(opened, 'stability'),
): { jobId: JobId; row: StabilityRow } | undefined {
  const own = query.selectFrom('stability').select(['job_id', 'json']).where('verdict_id', '=', verdictId);
  const made = own.where('result', '=', 'made').where('job_id', '<', before).orderBy('job_id', 'desc');
  const found = opened.db.all(made).find(({ job_id }) => started.has(job_id as JobId));
  const row = found && rowFrom(found);
  return row && { jobId: found.job_id as JobId, row };
}

/** Runs of the battery that the log has as ended, and how many of them have other rows than it says. */
export function stabilityRuns(opened: ReadableCase): { runs: number; notAsRecorded: number } | null {
  const ended = endedJobs(opened, 'stability');
  if (ended.length === 0) return null;
  const other = ended.filter((one) => !heldOfEnded(opened, 'stability', one));
  return { runs: ended.length, notAsRecorded: other.length };
}

/**
 * Of every verdict that stands the latest row that the log holds, one in which the battery was made
 * before one in which it was not; in the order of the verdicts.
 */
export function* eachStability(opened: ReadableCase): Generator<StabilityRow, void, undefined> {
  const held = new Map<number, ReadonlySet<VerdictId>>();
  for (const one of endedJobs(opened, 'stability')) {
    const verdicts = heldOfEnded(opened, 'stability', one);
    if (verdicts) held.set(one.jobId, verdicts);
  }
  if (held.size === 0) return;
  const all = query
    .selectFrom('stability')
    .select(['job_id', 'verdict_id', 'result', 'json'])
    .where('verdict_id', 'not in', superseded)
    .orderBy('verdict_id')
    .orderBy('job_id');
  let best: (Stored & { verdict_id: number; result: string }) | undefined;
  for (const one of opened.db.each(all)) {
    if (!held.get(one.job_id)?.has(one.verdict_id as VerdictId)) continue;
    if (best && best.verdict_id !== one.verdict_id) {
      yield* readable(best);
      best = undefined;
    }
    if (one.result === 'made' || best?.result !== 'made') best = one;
  }
  if (best) yield* readable(best);
}

function* readable(stored: Stored): Generator<StabilityRow> {
  const row = rowFrom(stored);
  if (row) yield row;
}
