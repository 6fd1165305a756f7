// A case's SQLite file: typed queries (Kysely builds them, better-sqlite3 runs them synchronously)
// and transactions. The reasons for this pair are in docs/decisions/001-case-database.md. Runs in
// the engine process.
import { type BigIntStats, statSync } from 'node:fs';
import path from 'node:path';
import type Database from 'better-sqlite3';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { RecceError } from '../../../contract/errors.ts';
import type { Tables } from './tables.ts';

/** Builds queries; never runs them. */
export const query = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

type Compilable<Row> = { compile(): CompiledQuery<Row> };

/** Prepared statements kept; a grid's filters make a few dozen kinds. */
const STATEMENT_LIMIT = 200;

/** Undefined for what is not there, or no file. */
function statOf(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { bigint: true });
  } catch {
    return undefined;
  }
}

/** One connection. */
export class CaseDatabase {
  readonly raw: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #file: BigIntStats | undefined;

  constructor(raw: Database.Database) {
    this.raw = raw;
    this.#file = statOf(raw.name);
  }

  /**
   * Throws CASE_MOVED where the file at its path is gone or another one: an open file takes what is
   * written wherever its folder went, into the bin too, and nobody would see it. SQLite itself
   * looks only where there is no write-ahead log.
   */
  expectInPlace(): void {
    if (this.#file === undefined || statOf(this.raw.name)?.ino === this.#file.ino) return;
    const detail = 'nothing was written. Put it back, or close the case and open it where it is now.';
    throw new RecceError('CASE_MOVED', path.dirname(this.raw.name), detail);
  }

  all<Row>(builder: Compilable<Row>): Row[] {
    const { sql, parameters } = builder.compile();
    return this.#statement(sql).all(...parameters) as Row[];
  }

  /**
   * Rows one by one, as they are asked for; until the last, or until it is left, nothing can be
   * written on this connection. The statement is its own: one that is being read cannot be run
   * again meanwhile.
   */
  *each<Row>(builder: Compilable<Row>): Generator<Row, void, undefined> {
    const { sql, parameters } = builder.compile();
    yield* this.raw.prepare(sql).iterate(...parameters) as IterableIterator<Row>;
  }

  /** The first row, or undefined. */
  first<Row>(builder: Compilable<Row>): Row | undefined {
    const { sql, parameters } = builder.compile();
    return this.#statement(sql).get(...parameters) as Row | undefined;
  }

  /** Runs a change; returns the id of the last row inserted and how many rows changed. */
  run(builder: Compilable<unknown>): { id: number; changes: number } {
    const { sql, parameters } = builder.compile();
    const { lastInsertRowid, changes } = this.#statement(sql).run(...parameters);
    return { id: Number(lastInsertRowid), changes };
  }

  /** All or nothing; nested calls join the outer one. Throws CASE_MOVED. */
  transaction<T>(work: () => T): T {
    if (this.raw.inTransaction) return work();
    this.expectInPlace();
    return this.raw.transaction(work).immediate();
  }

  /**
   * [Note: light writes] A change that need not survive a power cut on its own: a file's row before
   * its verdicts, a job's progress. It does not wait for the disk. The log is written in order, so
   * the next full write makes it lasting as well, and what a power cut takes is work that a resumed
   * scan does again. A killed process loses nothing either way.
   */
  lightTransaction<T>(work: () => T): T {
    if (this.raw.inTransaction) return work();
    this.raw.pragma('synchronous = NORMAL');
    try {
      return this.transaction(work);
    } finally {
      this.raw.pragma('synchronous = FULL');
    }
  }

  /**
   * Differs whenever anything was written, here or by another connection, since it was last asked
   * for.
   */
  stamp(): string {
    const here = this.#statement('SELECT total_changes()').pluck().get();
    return `${this.raw.pragma('data_version', { simple: true })}/${here}`;
  }

  close(): void {
    this.raw.close();
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= STATEMENT_LIMIT) this.#statements.delete(this.#statements.keys().next().value!);
    const prepared = this.raw.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}
