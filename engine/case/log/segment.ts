// A segment: the hash over the rows of one table between two ids, in their order. What entries of
// the log hold of the rows that were made with them. Hashing goes in steps, so that a case of
// millions of rows can be gone through between other work.
import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sha256 } from '../../../contract/brand.ts';
import type { AuditEntry } from '../../../contract/case.ts';
import type { CaseDatabase } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit } from './audit.ts';
import { HELD, isLayout, type SealedTable } from './held-tables.ts';
import type { Span } from './id-ranges.ts';

/**
 * Rows with ids above `from` up to `to`; `columns` are those that were hashed, so that one added
 * later changes no hash.
 */
export type Segment = { from: number; to: number; rows: number; columns: readonly string[]; sha256: Sha256 };

/** A number that counts or names rows. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export const isHash = (value: unknown): value is Sha256 => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/**
 * What an entry says as a segment, undefined where it is none such as is made here: bounds that are
 * no numbers would hold nothing, and let everything pass.
 */
export function segmentFrom(table: SealedTable, said: unknown): Segment | undefined {
  const { from, to, rows, columns, sha256 } = (said ?? {}) as Partial<Record<keyof Segment, unknown>>;
  if (!isCount(from) || !isCount(to) || !isCount(rows) || !isHash(sha256) || !isLayout(table, columns))
    return undefined;
  return from < to && rows > 0 && rows <= to - from ? { from, to, rows, columns, sha256 } : undefined;
}

/** Rows hashed in one step. */
const STEP = 2000;

/** Work that is done a step at a time. */
export type Steps<T> = Generator<void, T, undefined>;

/** Does all of it at once. */
export function allSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, with room for others between the steps. Rejects with the reason of `signal`. */
export async function runYielding<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
    signal?.throwIfAborted();
  }
}

const isNotFinite = (value: unknown): value is number => typeof value === 'number' && !Number.isFinite(value);

/** A row as a line of JSON, in which an infinite number, which JSON does not know, is no NULL. */
export const lineOf = (row: readonly unknown[]): string =>
  `${JSON.stringify(row.some(isNotFinite) ? row.map((one) => (isNotFinite(one) ? { number: String(one) } : one)) : row)}\n`;

/**
 * Hashes what a query gives, a line a row, in one step: no statement is left open between steps, in
 * which others may write.
 */
export function* hashQuery({ raw }: CaseDatabase, sql: string, parameters: readonly number[], hash: Hash): Steps<void> {
  for (const row of raw
    .prepare(sql)
    .raw()
    .iterate(...parameters) as Iterable<unknown[]>)
    hash.update(lineOf(row));
  yield;
}

/**
 * Rows with ids above `from` up to `to` in their order, each handed to `take` without its id; a
 * portion a step. `select`: columns and table.
 */
export function* rowsInPortions(
  { raw }: CaseDatabase,
  { columns, table }: { columns: readonly string[]; table: string },
  [from, to]: Span,
  take: (row: unknown[], id: number) => void,
): Steps<number> {
  const names = ['id', ...columns].map((name) => `"${name}"`).join(', ');
  const portion = raw
    .prepare(`SELECT ${names} FROM "${table}" WHERE id > ? AND id <= ? ORDER BY id LIMIT ${STEP}`)
    .raw();
  let [last, count] = [from, 0];
  for (;;) {
    const rows = portion.all(last, to) as [number, ...unknown[]][];
    for (const [id, ...row] of rows) {
      take(row, id);
      last = id;
    }
    count += rows.length;
    if (rows.length < STEP) return count;
    yield;
  }
}

/** The columns that a table has now; what the log names is asked for only if it is one of them. */
export const columnsOf = ({ raw }: CaseDatabase, table: string): string[] =>
  raw.prepare('SELECT name FROM pragma_table_xinfo(?)').pluck().all(table) as string[];

export function* hashSegment(
  { db }: Pick<ReadableCase, 'db'>,
  table: SealedTable,
  from: number,
  to: number,
  columns: readonly string[] = HELD[table].columns,
): Steps<Segment> {
  const hash = createHash('sha256');
  const rows = yield* rowsInPortions(db, { columns, table }, [from, to], (row) => hash.update(lineOf(row)));
  return { from, to, rows, columns, sha256: hash.digest('hex') as Sha256 };
}

/** The highest id of a table, 0 where it is empty. */
export const lastIdOf = ({ db }: Pick<ReadableCase, 'db'>, table: SealedTable): number =>
  (db.raw.prepare(`SELECT max(id) FROM "${table}"`).pluck().get() as number | null) ?? 0;

/**
 * Adds an entry that seals the rows which were added to `table` with it, from `firstId` on. Call it
 * in their transaction.
 */
export function appendAuditWithRows(
  opened: WritableCase,
  entry: { who: string; action: string; subject: string; details: Record<string, unknown> },
  table: SealedTable,
  firstId: number,
): AuditEntry {
  const segment = allSteps(hashSegment(opened, table, firstId - 1, lastIdOf(opened, table)));
  return appendAudit(opened, { ...entry, details: { ...entry.details, sealed: { [table]: segment } } });
}
