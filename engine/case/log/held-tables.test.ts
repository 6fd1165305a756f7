// Every table and column of a case is held by the log, or says why not: walked from the database
// itself, so that a new one cannot be forgotten.
import { expect, test } from 'vitest';
import { newDatabase } from '../db/case-layout.ts';
import { HELD } from './held-tables.ts';

test('every table of the newest layout, and every column of each, says how a change of it is found', () => {
  const db = newDatabase();
  const tables = db.raw
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as string[];
  // Generated columns (hidden 2 and 3) follow from the others.
  const stored = (table: string) =>
    db.raw.prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY name').pluck().all(table);
  const there = Object.fromEntries(tables.map((table) => [table, stored(table)]));
  const held = Object.fromEntries(
    Object.entries(HELD).map(([table, how]) => [
      table,
      [...how.columns, ...Object.keys('elsewhere' in how ? how.elsewhere : {})].sort(),
    ]),
  );
  expect(held).toEqual(there);
  db.close();
});
