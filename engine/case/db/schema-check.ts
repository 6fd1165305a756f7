// Is a database laid out as ours, and nothing more? Its tables, indexes and triggers must be
// exactly those of the migrations: a trigger, a view or a changed body would act on what is written
// or shown. Asked on every opening, of every backup, and of what came from elsewhere.
import Database from 'better-sqlite3';
import { isNoFile } from '../../files/own-file.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * The query planner's own tables, by name, kind and definition: a trigger with such a name is not
 * passed over.
 */
const IS_STATISTICS = "type = 'table' AND name GLOB 'sqlite_stat[14]' AND sql GLOB 'CREATE TABLE sqlite_stat[14](*'";

/**
 * Something that is not as the migrations make it; `expected` or `found` is null where there is
 * none of that name.
 */
export type LayoutDifference = { name: string; expected: string | null; found: string | null };

/**
 * Every definition by its kind and name. Runs of white space count as one: there are none inside
 * the text of ours.
 */
function definitionsOf(db: Database.Database): Map<string, string> {
  const rows = db
    .prepare(`SELECT type, name, tbl_name, sql FROM sqlite_master WHERE NOT (${IS_STATISTICS}) ORDER BY type, name`)
    .raw()
    .all() as [string, string, string, string | null][];
  return new Map(
    rows.map(([type, name, table, sql]) => [
      `${type} ${name}`,
      `on ${table}: ${sql?.replace(/\s+/g, ' ') ?? 'of SQLite'}`,
    ]),
  );
}

const expected = new Map<number, ReadonlyMap<string, string>>();

/** What a database of a version known here holds. */
function expectedDefinitions(version: number): ReadonlyMap<string, string> {
  const known = expected.get(version);
  if (known) return known;
  const db = new Database(':memory:');
  db.pragma('foreign_keys = OFF');
  for (const step of MIGRATIONS.slice(0, version)) db.exec(step);
  const found = definitionsOf(db);
  db.close();
  expected.set(version, found);
  return found;
}

/** What differs from the layout of the database's own version, which must be one known here. */
export function layoutDifferences(db: Database.Database): LayoutDifference[] {
  const wanted = expectedDefinitions(Number(db.pragma('user_version', { simple: true })));
  const there = definitionsOf(db);
  return [...new Set([...wanted.keys(), ...there.keys()])].flatMap((name) => {
    const [expected, found] = [wanted.get(name) ?? null, there.get(name) ?? null];
    return expected === found ? [] : [{ name, expected, found }];
  });
}

/** A few words for one difference. */
export const layoutDifferenceWords = ({ name, expected, found }: LayoutDifference): string =>
  expected === null ? `${name} is not of ours` : found === null ? `${name} is missing` : `${name} was changed`;

/**
 * Opens the file read-only and says what is wrong with it; undefined when it is whole and of a
 * version known here.
 */
export function findSchemaProblem(file: string): string | undefined {
  let db: Database.Database | undefined;
  if (['', '-wal', '-shm', '-journal'].some((ending) => isNoFile(`${file}${ending}`))) return 'it is no file';
  try {
    db = new Database(file, { readonly: true });
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version < 1 || version > MIGRATIONS.length)
      return `the database has version ${version}, this workstation knows 1 to ${MIGRATIONS.length}`;
    const whole = String(db.pragma('integrity_check(1)', { simple: true }));
    if (whole !== 'ok') return `the database is damaged: ${whole}`;
    const [odd] = layoutDifferences(db);
    return odd && `the database is not laid out as version ${version} is: ${layoutDifferenceWords(odd).slice(0, 80)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    db?.close();
  }
}
