// What a job came to on verdicts: rows of their own, one a verdict, anchored in the audit log by
// their hash. A later job adds rows, it changes none. One and the same for verdicts made again
// (rerun.ts) and for their stability (stability.ts); the log's entries are named by the table.

import { createHash } from 'node:crypto';
import type { JobId, Sha256, VerdictId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { eachEntryOf, lastAudit } from '../log/audit.ts';
import { idsWithin, rangesFrom, spansFrom } from '../log/id-ranges.ts';
import { getJob } from './job.ts';

/** Tables with rows of jobs on verdicts. */
export type RowTable = 'rerun' | 'stability';
export type RowOfJob = { verdictId: VerdictId; result: string };

/** How many rows came out how, and their hash: what the audit log is told. */
export type RowsHeld = { counts: Record<string, number>; rowsSha256: Sha256 };

/**
 * Keeps one row. Made again after a crash the first stays; false where that says another thing.
 */
export function addRowOfJob<R extends RowOfJob>({ db }: WritableCase, table: RowTable, jobId: JobId, row: R): boolean {
  db.run(
    query
      .insertInto(table)
      .values({ job_id: jobId, verdict_id: row.verdictId, result: row.result, json: JSON.stringify(row) })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const own = query.selectFrom(table).select('json').where('job_id', '=', jobId);
  return db.first(own.where('verdict_id', '=', row.verdictId))?.json === JSON.stringify(row);
}

/** Verdicts this job has rows on already, ascending. */
export const verdictsOfJob = ({ db }: ReadableCase, table: RowTable, jobId: JobId): VerdictId[] =>
  db
    .all(query.selectFrom(table).select('verdict_id').where('job_id', '=', jobId).orderBy('verdict_id'))
    .map((row) => row.verdict_id as VerdictId);

/** The rows of a job by verdict, as they are asked for. */
export function* eachRowOf<R extends RowOfJob>(
  { db }: ReadableCase,
  table: RowTable,
  jobId: JobId,
): Generator<R, void, undefined> {
  const rows = query.selectFrom(table).select('json').where('job_id', '=', jobId).orderBy('verdict_id');
  for (const row of db.each(rows)) yield storedJson(row.json);
}

export const rowsOfJob = <R extends RowOfJob>(opened: ReadableCase, table: RowTable, jobId: JobId): R[] => [
  ...eachRowOf<R>(opened, table, jobId),
];

/** `results`: what rows may come to; each is counted. */
export function heldOfJob(opened: ReadableCase, table: RowTable, jobId: JobId, results: readonly string[]): RowsHeld {
  const counts: Record<string, number> = Object.fromEntries(results.map((result) => [result, 0]));
  const hash = hashOfList();
  for (const row of eachRowOf(opened, table, jobId)) {
    if (Object.hasOwn(counts, row.result)) counts[row.result]! += 1;
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
 * Hashes of a job's first rows, by how many they are, each as `heldOfJob` makes that of all:
 * the rows are gone through once, however many are asked for.
 */
export function hashesOfFirstRows(
  opened: ReadableCase,
  table: RowTable,
  jobId: JobId,
  counts: ReadonlySet<number>,
): Map<number, Sha256> {
  const hash = hashOfList();
  const found = new Map<number, Sha256>(counts.has(0) ? [[0, hash.now()]] : []);
  let rows = 0;
  for (const row of eachRowOf(opened, table, jobId)) {
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

/** What an entry at the end of a job says of its rows: which verdicts they are of as well. */
export const saidOfJob = (
  opened: ReadableCase,
  table: RowTable,
  jobId: JobId,
  results: readonly string[],
): { jobId: JobId; verdicts: string } & RowsHeld => ({
  jobId,
  ...heldOfJob(opened, table, jobId, results),
  verdicts: rangesFrom(verdictsOfJob(opened, table, jobId)),
});

/** The hash of a job's rows on some verdicts ("3-7,9"), as `heldOfJob` makes it. */
export function hashOfRows(opened: ReadableCase, table: RowTable, jobId: JobId, verdicts: string): Sha256 {
  const rows = rowsOfJob(opened, table, jobId);
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
  table: RowTable,
  jobId: JobId,
  { verdicts, rowsSha256 }: { verdicts?: unknown; rowsSha256: unknown },
): Set<VerdictId> | undefined {
  const done = verdictsOfJob(opened, table, jobId);
  if (verdicts === undefined)
    return heldOfJob(opened, table, jobId, []).rowsSha256 === rowsSha256 ? new Set(done) : undefined;
  if (typeof verdicts !== 'string' || hashOfRows(opened, table, jobId, verdicts) !== rowsSha256) return undefined;
  return new Set(idsWithin(verdicts, done) as VerdictId[]);
}

/**
 * Verdicts that this job has rows on, as the entry at its last end says since it was started.
 * Other rows of its id may have been put there by somebody else.
 */
export function verdictsHeld(opened: ReadableCase, table: RowTable, jobId: JobId): Set<VerdictId> {
  let last: Record<string, unknown> = {};
  for (const { action, details } of eachEntryOf(opened, `${table}.started`, `${table}.ended`))
    if (details.jobId === jobId) last = action === `${table}.started` ? {} : details;
  const { verdicts = null, rowsSha256 } = last;
  return heldRows(opened, table, jobId, { verdicts, rowsSha256 }) ?? new Set();
}

/** A job by its last entry. */
export type EndedJob = RowsHeld & {
  jobId: JobId;
  seq: number;
  at: string;
  interrupted: boolean;
  verdicts: unknown;
  otherRows: unknown;
};

/** Jobs with rows that the log has as finished or interrupted, in the order of their last entries. */
export function endedJobs(opened: ReadableCase, table: RowTable): EndedJob[] {
  const found = new Map<JobId, EndedJob>();
  for (const { seq, action, at, details } of eachEntryOf(opened, `${table}.finished`, `${table}.ended`)) {
    const { jobId, counts = {}, rowsSha256 = '', verdicts, otherRows } = details as Partial<EndedJob>;
    const said = { jobId: jobId!, counts, rowsSha256: rowsSha256 as Sha256, verdicts, otherRows };
    found.delete(said.jobId);
    found.set(said.jobId, { ...said, seq, at, interrupted: action === `${table}.ended` });
  }
  return [...found.values()];
}

/**
 * Verdicts that a job has rows on, but those whose row was there before; undefined where its rows
 * are not as the log has them, or cannot be read.
 */
export function heldOfEnded(opened: ReadableCase, table: RowTable, ended: EndedJob): Set<VerdictId> | undefined {
  try {
    const held = heldRows(opened, table, ended.jobId, ended);
    for (const other of Array.isArray(ended.otherRows) ? ended.otherRows : []) held?.delete(other);
    return held;
  } catch {
    return undefined;
  }
}

/** Which job, the latest of the table when none is named, and when it was started. Throws NOT_FOUND. */
export function jobWithRows(
  opened: ReadableCase,
  table: RowTable,
  jobId: JobId | undefined,
  none: { subject: string; detail: string },
): { jobId: JobId; madeAt: string } {
  const id = jobId ?? latestJob(opened, table);
  if (id === undefined) throw new RecceError('NOT_FOUND', none.subject, none.detail);
  const job = getJob(opened, id);
  return { jobId: id, madeAt: startedAt(opened, table, id) ?? job.createdAt };
}

/** Jobs that the log has as of the table: whatever row of a job there is, no other gave a row here. */
export function jobsStarted(opened: ReadableCase, table: RowTable): Set<JobId> {
  const started = new Set<JobId>();
  for (const { details } of eachEntryOf(opened, `${table}.started`, `${table}.finished`, `${table}.ended`))
    started.add(Number(details.jobId) as JobId);
  return started;
}

/**
 * Number of the last entry of each job of the table. Later is what the log says is later: whoever packs
 * a case may give its jobs any numbers.
 */
export function lastEntryOfJobs(opened: ReadableCase, table: RowTable): Map<JobId, number> {
  const last = new Map<JobId, number>();
  for (const { seq, details } of eachEntryOf(opened, `${table}.started`, `${table}.finished`, `${table}.ended`))
    last.set(Number(details.jobId) as JobId, seq);
  return last;
}

/** The entry of the case's last unpacking; what stands before it was made elsewhere. 0 for a case of here. */
export const unpackedAt = (opened: ReadableCase): number => lastAudit(opened, 'case.unpacked')?.seq ?? 0;

/** As the log says: the row of a job is held by nothing. */
function startedAt(opened: ReadableCase, table: RowTable, jobId: JobId): string | undefined {
  let at: string | undefined;
  for (const entry of eachEntryOf(opened, `${table}.started`)) if (entry.details.jobId === jobId) at = entry.at;
  return at;
}

function latestJob(opened: ReadableCase, table: RowTable): JobId | undefined {
  const started = jobsStarted(opened, table);
  const jobs = opened.db.all(query.selectFrom(table).select('job_id').distinct().orderBy('job_id', 'desc'));
  return jobs.map(({ job_id }) => job_id as JobId).find((id) => started.has(id));
}
