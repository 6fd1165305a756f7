// A segment: the hash over the rows of one table between two ids, in their order. What entries of
// the log hold of the rows that were made with them. Hashing goes in steps, so that a case of
// millions of rows can be gone through between other work.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../contract/brand.ts';
import type { AuditEntry } from '../../../contract/case.ts';
import type { CaseDatabase } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit } from './audit.ts';
import { HELD, type SealedTable } from './held-tables.ts';

/**
 * Rows with ids above `from` up to `to`; `columns` are those that were hashed, so that one added
 * later changes no hash.
 */
export type Segment = { from: number; to: number; rows: number; columns: readonly string[]; sha256: Sha256 };

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

/** Hashes what a query gives, a line of JSON a row. */
export function* hashQuery(
  { raw }: CaseDatabase,
  sql: string,
  parameters: readonly number[],
  hash = createHash('sha256'),
): Steps<number> {
  let rows = 0;
  for (const row of raw
    .prepare(sql)
    .raw()
    .iterate(...parameters)) {
    hash.update(`${JSON.stringify(row)}\n`);
    rows += 1;
    if (rows % STEP === 0) yield;
  }
  return rows;
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
  const names = columns.map((name) => `"${name}"`).join(', ');
  const sql = `SELECT ${names} FROM "${table}" WHERE id > ? AND id <= ? ORDER BY id`;
  const rows = yield* hashQuery(db, sql, [from, to], hash);
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
