// The battery's rows on verdicts (rows-of-job.ts), read as whoever wrote them left them: what is no
// such row is passed over here, and named by verify.
import type { JobId, VerdictId } from '../../../contract/brand.ts';
import { isAnswer, type StabilityReport, type StabilityRow, stabilityRowSchema } from '../../../contract/stability.ts';
import { storedObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import {
  endedJobs,
  heldOfEnded,
  heldOfJob,
  jobsStarted,
  jobWithRows,
  lastEntryOfJobs,
  unpackedAt,
} from './rows-of-job.ts';
import { superseded } from './verdict.ts';

/** What a row comes to, as the log counts them: no word of what leans where. */
export const STABILITY_RESULTS = stabilityRowSchema.shape.result.options;

type Stored = { job_id: number; json: string };

/** As it is stored: where it was made the log says, not the row. */
function rowFrom({ json }: Stored): StabilityRow | undefined {
  const { elsewhere: _, ...row } = stabilityRowSchema.safeParse(storedObject(json)).data ?? {};
  return 'verdictId' in row ? row : undefined;
}

/** With where it was made: `entry` is the last of its job. */
const withPlace = (row: StabilityRow, entry: number, unpacked: number): StabilityRow =>
  entry < unpacked ? { ...row, elsewhere: true } : row;

const NONE = { subject: 'Stability', detail: 'the stability of no verdict of this case was measured yet.' };

/** The rows of a job, the latest run when none is named. Throws NOT_FOUND. */
export function readStability(opened: ReadableCase, jobId?: JobId): StabilityReport {
  const job = jobWithRows(opened, 'stability', jobId, NONE);
  const { rowsSha256 } = heldOfJob(opened, 'stability', job.jobId, STABILITY_RESULTS);
  const select = query.selectFrom('stability').select(['job_id', 'json']).where('job_id', '=', job.jobId);
  const entry = lastEntryOfJobs(opened, 'stability').get(job.jobId) ?? 0;
  const unpacked = unpackedAt(opened);
  const rows = opened.db
    .all(select.orderBy('verdict_id'))
    .flatMap((row) => rowFrom(row) ?? [])
    .map((row) => withPlace(row, entry, unpacked));
  return { ...job, rowsSha256, rows };
}

/**
 * The latest row on a verdict in which the battery was made, of a job before one: what that is held
 * against. Of jobs that nobody began there is none.
 */
export function latestStability(
  opened: ReadableCase,
  verdictId: VerdictId,
  before: JobId,
  started: ReadonlySet<JobId> = jobsStarted(opened, 'stability'),
): { jobId: JobId; row: StabilityRow } | undefined {
  const own = query.selectFrom('stability').select(['job_id', 'json']).where('verdict_id', '=', verdictId);
  const made = own.where('result', '=', 'made').where('job_id', '<', before).orderBy('job_id', 'desc');
  const found = opened.db.all(made).find(({ job_id }) => started.has(job_id as JobId));
  const row = found && rowFrom(found);
  return row && { jobId: found.job_id as JobId, row };
}

/**
 * What stands of a verdict's stability: of the jobs that the log has, the latest row that is an answer.
 */
export function standingStability(opened: ReadableCase, verdictId: VerdictId): StabilityRow | undefined {
  const entries = lastEntryOfJobs(opened, 'stability');
  const own = query.selectFrom('stability').select(['job_id', 'json']).where('verdict_id', '=', verdictId);
  const entryOf = ({ job_id }: Stored): number => entries.get(job_id as JobId) ?? 0;
  const latest = opened.db
    .all(own)
    .filter((one) => entryOf(one) > 0)
    .toSorted((a, b) => entryOf(b) - entryOf(a));
  const unpacked = unpackedAt(opened);
  for (const one of latest) {
    const row = rowFrom(one);
    if (row && isAnswer(row)) return withPlace(row, entryOf(one), unpacked);
  }
  return undefined;
}

/**
 * Runs of the battery that the log has as ended, how many of them have other rows than it says, and how
 * many were made elsewhere, before the case was unpacked here.
 */
export function stabilityRuns(opened: ReadableCase): { runs: number; notAsRecorded: number; elsewhere: number } | null {
  const ended = endedJobs(opened, 'stability');
  if (ended.length === 0) return null;
  const other = ended.filter((one) => !heldOfEnded(opened, 'stability', one));
  const unpacked = unpackedAt(opened);
  const elsewhere = ended.filter(({ seq }) => seq < unpacked);
  return { runs: ended.length, notAsRecorded: other.length, elsewhere: elsewhere.length };
}

/** A row that the log holds, and the last entry of its job. */
type Held = { row: StabilityRow; entry: number };

/**
 * Of every verdict that stands the latest row that the log holds, one that is an answer before one that
 * is none; in the order of the verdicts.
 */
export function* eachStability(opened: ReadableCase): Generator<StabilityRow, void, undefined> {
  const held = new Map<number, { verdicts: ReadonlySet<VerdictId>; entry: number }>();
  for (const one of endedJobs(opened, 'stability')) {
    const verdicts = heldOfEnded(opened, 'stability', one);
    if (verdicts) held.set(one.jobId, { verdicts, entry: one.seq });
  }
  if (held.size === 0) return;
  const unpacked = unpackedAt(opened);
  const all = query
    .selectFrom('stability')
    .select(['job_id', 'verdict_id', 'json'])
    .where('verdict_id', 'not in', superseded)
    .orderBy('verdict_id');
  let best: Held | undefined;
  for (const one of opened.db.each(all)) {
    const job = held.get(one.job_id);
    const row = job?.verdicts.has(one.verdict_id as VerdictId) ? rowFrom(one) : undefined;
    if (!job || !row) continue;
    if (best && best.row.verdictId !== row.verdictId) {
      yield withPlace(best.row, best.entry, unpacked);
      best = undefined;
    }
    if (!best || standsBefore({ row, entry: job.entry }, best)) best = { row, entry: job.entry };
  }
  if (best) yield withPlace(best.row, best.entry, unpacked);
}

const standsBefore = (one: Held, other: Held): boolean =>
  isAnswer(one.row) === isAnswer(other.row) ? one.entry > other.entry : isAnswer(one.row);

/** Of every row that can be read the numbers of its verdict and job as the table has them, for verify. */
export function* storedStability({
  db,
}: ReadableCase): Generator<{ jobId: number; verdictId: number; row: StabilityRow }, void, undefined> {
  const all = query.selectFrom('stability').select(['job_id', 'verdict_id', 'json']).orderBy('verdict_id');
  for (const one of db.each(all)) {
    const row = rowFrom(one);
    if (row) yield { jobId: one.job_id, verdictId: one.verdict_id, row };
  }
}
