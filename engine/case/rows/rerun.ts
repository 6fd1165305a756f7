// Results of reruns: rows of their own, anchored in the audit log by their hash. A later rerun adds
// rows, it changes none.

import { createHash } from 'node:crypto';
import type { JobId, Sha256, VerdictId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { type RerunReport, type RerunRow, rerunResultSchema } from '../../../contract/rerun.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { eachEntryOf } from '../log/audit.ts';
import { idsWithin, rangesFrom, spansFrom } from '../log/id-ranges.ts';
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

/** Verdicts this job has made again already, ascending. */
export const rerunDone = ({ db }: ReadableCase, jobId: JobId): VerdictId[] =>
  db
    .all(query.selectFrom('rerun').select('verdict_id').where('job_id', '=', jobId).orderBy('verdict_id'))
    .map((row) => row.verdict_id as VerdictId);

/** The rows of a job by verdict, as they are asked for. */
export function* eachRowOf({ db }: ReadableCase, jobId: JobId): Generator<RerunRow, void, undefined> {
  const rows = query.selectFrom('rerun').select('json').where('job_id', '=', jobId).orderBy('verdict_id');
  for (const row of db.each(rows)) yield storedJson(row.json);
}

type RerunHeld = Pick<RerunReport, 'counts' | 'rowsSha256'>;

/** How many rows came out how, and their hash: what the audit log is told. */
export function rerunSummary(opened: ReadableCase, jobId: JobId): RerunHeld {
  const counts = Object.fromEntries(rerunResultSchema.options.map((result) => [result, 0])) as RerunReport['counts'];
  const hash = hashOfList();
  for (const row of eachRowOf(opened, jobId)) {
    if (Object.hasOwn(counts, row.result)) counts[row.result] += 1;
    hash.add(row);
  }
  return { counts, rowsSha256: hash.now() };
}

/** The hash of a list, as `hashOfValue` makes it, while it grows. */
function hashOfList() {
  const hash = createHash('sha256').update('[');
  let before = '';
  return {
    add: (value: unknown): void => {
      hash.update(`${before}${canonicalJson(value ?? null)}`);
      before = ',';
    },
    now: (): Sha256 => hash.copy().update(']').digest('hex') as Sha256,
  };
}

/**
 * Hashes of a rerun's first rows, by how many they are, each as `rerunSummary` makes that of all:
 * the rows are gone through once, however many are asked for.
 */
export function hashesOfFirstRows(
  opened: ReadableCase,
  jobId: JobId,
  counts: ReadonlySet<number>,
): Map<number, Sha256> {
  const hash = hashOfList();
  const found = new Map<number, Sha256>(counts.has(0) ? [[0, hash.now()]] : []);
  let rows = 0;
  for (const row of eachRowOf(opened, jobId)) {
    hash.add(row);
    if (counts.has(++rows)) found.set(rows, hash.now());
  }
  return found;
}

/**
 * How many of ascending ids a text ("3-7,9") names, if it names the first of them and no others;
 * undefined for any other choice.
 */
export function countOfFirst(ranges: string, ids: readonly number[]): number | undefined {
  let named = 0;
  for (const [from, to] of spansFrom(ranges, ids.at(-1) ?? 0)) {
    if (countUpTo(ids, from - 1) !== named) return undefined;
    named = countUpTo(ids, to);
  }
  return named;
}

/** How many of ascending ids are not above `id`. */
function countUpTo(ids: readonly number[], id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What an entry at the end of a rerun says of its rows: which verdicts they are of as well. */
export const rerunSaid = (opened: ReadableCase, jobId: JobId): { jobId: JobId; verdicts: string } & RerunHeld => ({
  jobId,
  ...rerunSummary(opened, jobId),
  verdicts: rangesFrom(rerunDone(opened, jobId)),
});

/** The hash of a rerun's rows on some verdicts ("3-7,9"), as `rerunSummary` makes it. */
export function hashOfRerun(opened: ReadableCase, jobId: JobId, verdicts: string): Sha256 {
  const rows = [...eachRowOf(opened, jobId)];
  const wanted = new Set(
    idsWithin(
      verdicts,
      rows.map((one) => one.verdictId).sort((a, b) => a - b),
    ),
  );
  return hashOfValue(rows.filter(({ verdictId }) => wanted.has(verdictId)));
}

/**
 * The verdicts of a job whose rows are those that an entry of the log has; undefined where they are
 * not. Entries of earlier versions name no verdicts: there it is all of the job's rows.
 */
export function heldRows(
  opened: ReadableCase,
  jobId: JobId,
  { verdicts, rowsSha256 }: { verdicts?: unknown; rowsSha256: unknown },
): Set<VerdictId> | undefined {
  const done = rerunDone(opened, jobId);
  if (verdicts === undefined) return rerunSummary(opened, jobId).rowsSha256 === rowsSha256 ? new Set(done) : undefined;
  if (typeof verdicts !== 'string' || hashOfRerun(opened, jobId, verdicts) !== rowsSha256) return undefined;
  return new Set(idsWithin(verdicts, done) as VerdictId[]);
}

/**
 * Verdicts that this job has made again, as the entry at its last end says since it was started.
 * Other rows of its id may have been put there by somebody else.
 */
export function rerunHeld(opened: ReadableCase, jobId: JobId): Set<VerdictId> {
  let last: Record<string, unknown> = {};
  for (const { action, details } of eachEntryOf(opened, 'rerun.started', 'rerun.ended'))
    if (details.jobId === jobId) last = action === 'rerun.started' ? {} : details;
  const { verdicts = null, rowsSha256 } = last;
  return heldRows(opened, jobId, { verdicts, rowsSha256 }) ?? new Set();
}

/** The rows of a job, the latest rerun when none is named. Throws NOT_FOUND. */
export function readRerun(opened: ReadableCase, jobId?: JobId): RerunReport {
  const id = jobId ?? latestJob(opened);
  if (id === undefined) throw new RecceError('NOT_FOUND', 'Rerun', 'no verdict of this case was made again yet.');
  const job = getJob(opened, id);
  return {
    jobId: id,
    madeAt: startedAt(opened, id) ?? job.createdAt,
    ...rerunSummary(opened, id),
    rows: [...eachRowOf(opened, id)],
  };
}

/** Jobs that the log has as reruns: whatever row of a job there is, no other gave a result here. */
export function rerunsStarted(opened: ReadableCase): Set<JobId> {
  const started = new Set<JobId>();
  for (const { details } of eachEntryOf(opened, 'rerun.started', 'rerun.finished', 'rerun.ended'))
    started.add(Number(details.jobId) as JobId);
  return started;
}

/** As the log says: the row of a job is held by nothing. */
function startedAt(opened: ReadableCase, jobId: JobId): string | undefined {
  let at: string | undefined;
  for (const entry of eachEntryOf(opened, 'rerun.started')) if (entry.details.jobId === jobId) at = entry.at;
  return at;
}

function latestJob(opened: ReadableCase): JobId | undefined {
  const started = rerunsStarted(opened);
  const jobs = opened.db.all(query.selectFrom('rerun').select('job_id').distinct().orderBy('job_id', 'desc'));
  return jobs.map(({ job_id }) => job_id as JobId).find((id) => started.has(id));
}
