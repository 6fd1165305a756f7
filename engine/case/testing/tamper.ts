// What a person with a database tool could do to a closed case who takes the guards off and puts
// them back. Tests only.

/** What is used of a connection of better-sqlite3. */
type Connection = {
  prepare(sql: string): { all(): unknown[] };
  exec(sql: string): unknown;
  pragma(words: string): unknown;
};

/** Runs `sql` as if nothing refused it; the database's layout is afterwards what it was. */
export function tamperWith(db: Connection, sql: string): void {
  const guards = db
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%append_only%'")
    .all();
  db.pragma('foreign_keys = OFF');
  for (const { name } of guards as { name: string }[]) db.exec(`DROP TRIGGER ${name}`);
  db.exec(sql);
  for (const guard of guards as { sql: string }[]) db.exec(guard.sql);
  db.pragma('foreign_keys = ON');
}
