// Is a database that came from elsewhere one of ours, and nothing more? Its tables, indexes and triggers must be exactly those of
// the migrations, so that a crafted file cannot bring a trigger or a view of its own.
import Database from 'better-sqlite3';
import { MIGRATIONS } from './migrations.ts';

/** The query planner's own tables, by name, kind and definition: a trigger with such a name is not passed over. */
const IS_STATISTICS = "type = 'table' AND name GLOB 'sqlite_stat[14]' AND sql GLOB 'CREATE TABLE sqlite_stat[14](*'";

type Definition = { type: string; name: string; sql: string | null };

const definitions = (db: Database.Database): string[] =>
  (
    db
      .prepare(`SELECT type, name, sql FROM sqlite_master WHERE NOT (${IS_STATISTICS}) ORDER BY type, name`)
      .all() as Definition[]
  ).map(({ type, name, sql }) => `${type} ${name}: ${sql?.replace(/\s+/g, ' ')}`);

/** Opens the file read-only and says what is wrong with it; undefined when it is whole and of a version known here. */
export function findSchemaProblem(file: string): string | undefined {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true });
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version < 1 || version > MIGRATIONS.length)
      return `the database has version ${version}, this workstation knows 1 to ${MIGRATIONS.length}`;
    const whole = String(db.pragma('integrity_check(1)', { simple: true }));
    if (whole !== 'ok') return `the database is damaged: ${whole}`;
    const wanted = expectedDefinitions(version);
    const odd = definitions(db).find((one, i) => one !== wanted[i]) ?? wanted[definitions(db).length];
    return odd && `the database is not laid out as version ${version} is: ${odd.slice(0, 80)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    db?.close();
  }
}

function expectedDefinitions(version: number): string[] {
  const db = new Database(':memory:');
  for (const step of MIGRATIONS.slice(0, version)) db.exec(step);
  const found = definitions(db);
  db.close();
  return found;
}
