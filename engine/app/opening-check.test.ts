// A database too large to be gone through before its case opens: what another program left out of
// an index is found all the same, and one that is whole is not gone through again.
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import type { Client } from '../index.ts';
import { installations } from '../testing/installations.ts';
import { scan } from '../testing/scanned.ts';
import { isKnownWhole, stampOf } from './whole-cases.ts';

const { root, start } = installations('opening-check');
const at = (...names: string[]): string => path.join(root, ...names);
let client: Client;
let n = 0;

beforeAll(async () => {
  writeFileSync(at('notes.txt'), 'no picture');
  ({ client } = await start('here'));
});

/** A closed case whose database has more than forty megabytes: of something that says nothing. */
async function largeCase(change: (db: Database.Database) => void = () => {}): Promise<string> {
  const folder = at(`case ${n++}`);
  await client.case.create({ folder, title: 'Large', reference: '' });
  expect(await scan(client, [at('notes.txt')])).toBe('done');
  await client.case.close();
  const db = new Database(path.join(folder, 'case.sqlite'));
  db.exec("INSERT INTO saved_view (name, filter, sort) VALUES ('x', hex(zeroblob(20000000)), '')");
  change(db);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return folder;
}

/** An index on verdicts without any row, its text put back. */
function shorten(db: Database.Database): void {
  db.unsafeMode();
  const [index] = db
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'verdict' AND sql IS NOT NULL")
    .all() as { name: string; sql: string }[];
  db.exec(`DROP INDEX ${index!.name}; ${index!.sql} WHERE id <> 1`);
  db.pragma('writable_schema = ON');
  db.prepare('UPDATE sqlite_master SET sql = ? WHERE name = ?').run(index!.sql, index!.name);
}

test('an index that lacks rows is found beside the open case, which is only looked at from then on, every time', async () => {
  const folder = await largeCase(shorten);
  for (let time = 0; time < 2; time++) {
    await client.case.open({ folder });
    await expect(
      client.report.export({ format: 'json', path: at(`report ${time}.json`), options: {} }),
    ).rejects.toMatchObject({ code: 'CASE_DAMAGED' });
    await expect.poll(async () => (await client.case.current())?.writable).toBe(false);
    expect((await client.case.current())!.readOnlyBecause).toMatch(/lists would leave rows out/);
    await expect(client.session.set({ examiner: `Reader ${time}` })).rejects.toMatchObject({ code: 'CASE_READ_ONLY' });
    await client.case.close();
    expect(await isKnownWhole(at('here'), folder, await stampOf(folder))).toBe(false);
  }
});

test('one that is whole is remembered as it lies, until a byte of it or its place is another', async () => {
  const folder = await largeCase();
  await client.case.open({ folder });
  const known = async () => isKnownWhole(at('here'), folder, await stampOf(folder));
  // The look goes on beside everything else; a case that is closed before its end is not known.
  await expect
    .poll(
      async () => {
        await client.case.close();
        const is = await known();
        if (!is) await client.case.open({ folder });
        return is;
      },
      { interval: 2000 },
    )
    .toBe(true);
  await client.case.open({ folder });
  await client.session.set({ examiner: 'A. Reader' });
  await client.case.close();
  expect(await known()).toBe(true);
  const file = path.join(folder, 'case.sqlite');
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
  // Whoever changes it can put the time of change back, but not that of its entry.
  utimesSync(file, new Date('2026-01-01'), new Date('2026-01-01'));
  expect(await known()).toBe(false);
});
