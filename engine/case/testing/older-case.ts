// A case as an earlier version of the workstation left it. Tests only.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { connect } from '../db/connect.ts';
import { MIGRATIONS } from '../db/migrations.ts';

/**
 * Writes into a new `folder` the database of the case in `from` with every row, as far as the layout
 * of `version` has its columns.
 */
export function writeOlderCase(from: string, folder: string, version: number): void {
  mkdirSync(folder);
  const { raw: older } = connect(path.join(folder, 'case.sqlite'), false, folder);
  for (const step of MIGRATIONS.slice(0, version)) older.exec(step);
  older.prepare('ATTACH ? AS newer').run(path.join(from, 'case.sqlite'));
  older.pragma('foreign_keys = OFF');
  const columns = (schema: string, table: string) =>
    (older.pragma(`${schema}.table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const tables = older.prepare("SELECT name FROM main.sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const copy = (table: string): void => {
    const shared = columns('main', table).filter((name) => columns('newer', table).includes(name));
    if (table !== 'opinion') older.exec(`DELETE FROM main.${table}`);
    older.exec(`INSERT INTO main.${table} (${shared}) SELECT ${shared} FROM newer.${table} ORDER BY 1`);
  };
  const triggers = older.prepare("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) older.exec(`DROP TRIGGER main.${name}`);
  const others = tables.filter((table) => !['opinion', 'current_opinion'].includes(table));
  others.forEach(copy);
  // What stands is what the triggers of that version make of the opinions.
  for (const { sql } of triggers) older.exec(sql);
  copy('opinion');
  older.exec('DETACH newer');
  older.pragma(`user_version = ${version}`);
  older.close();
}
