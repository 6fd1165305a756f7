// One row of a case that somebody has made unreadable: the case opens, verify says which row it is,
// and looks at everything else.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tamperWith } from '../case/testing/tamper.ts';
import type { Client } from '../index.ts';
import { installations } from '../testing/installations.ts';
import { scan } from '../testing/scanned.ts';

const { root, start } = installations('unreadable-rows');
const at = (...names: string[]): string => path.join(root, ...names);
let client: Client;
let folder: string;
let n = 0;

const tamper = (sql: string): void => {
  const db = new Database(path.join(folder, 'case.sqlite'));
  tamperWith(db, sql);
  db.close();
};

beforeAll(async () => {
  writeFileSync(at('notes.txt'), 'no picture');
  writeFileSync(at('other.txt'), 'no picture either');
  ({ client } = await start());
});

beforeEach(async () => {
  folder = at(`case ${n++}`);
  await client.case.create({ folder, title: 'Unreadable', reference: 'U-1', examiner: 'A. Reader' });
  expect(await scan(client, [at('notes.txt'), at('other.txt')])).toBe('done');
  await client.case.close();
});

const seen = async () => {
  const opened = await client.case.open({ folder });
  const verification = await client.case.verify();
  await client.job.list();
  await client.case.close();
  return { opened, ...verification };
};

test('a case that nobody has changed has no problem', async () => {
  expect(await seen()).toMatchObject({ evidenceChecked: 2, problems: [] });
});

describe('is named, and both files are looked at', () => {
  test.each([
    ['a path', `UPDATE evidence SET path = 'x' WHERE id = 1`, /evidence rows 1 to 2|exhibit/],
    ['a path in the exhibit', `UPDATE evidence SET relative_path = 'x' WHERE id = 1`, /evidence rows 1 to 2/],
    ['no exhibits', 'DELETE FROM source', /exhibit 1/],
    ['a verdict that says null', `UPDATE verdict SET outcome = 'null' WHERE id = 1`, /^verdict 1, outcome$/],
    ['a verdict that is no JSON', `UPDATE verdict SET outcome = 'x' WHERE id = 1`, /^verdict 1, outcome$/],
    ['a verdict of no kind', `UPDATE verdict SET outcome = '{"kind":"fine"}' WHERE id = 2`, /^verdict 2, outcome$/],
    ['a state that is no JSON', `UPDATE evidence SET state = 'x' WHERE id = 2`, /^evidence row 2, state$/],
    ['a state of no kind', `UPDATE evidence SET state = '{"kind":"x"}' WHERE id = 2`, /^evidence row 2, state$/],
    ['parameters', `UPDATE parameters SET json = '[' WHERE id = 1`, /^set of parameters 1, json$/],
    ['a model that says null', `UPDATE model SET json = 'null'`, /^model [0-9a-f]{64}, json$/],
    ['no case', 'DELETE FROM case_info', /^the case's title and settings$/],
    ['a time that is none', `UPDATE case_info SET created_at = 'x'`, /^the case's time of making$/],
    ['a rule there is not', `UPDATE case_info SET reason_rule = 'x'`, /^the case's rule on reasons$/],
    ['an entry that says null', `UPDATE audit SET details = 'null' WHERE seq = 2`, /^entry 2$/],
    ['an entry that is no JSON', `UPDATE audit SET details = 'x' WHERE seq = 3`, /^entry 3$/],
    ['the hash of the newest entry', `UPDATE audit SET hash = 'x' WHERE seq = (SELECT max(seq) FROM audit)`, /^entry/],
  ])('%s', async (_, sql, subject) => {
    tamper(sql);
    const { opened, problems, evidenceChecked } = await seen();
    expect(opened.reference).toBe('U-1');
    expect(problems.map((one) => one.subject)).toContainEqual(expect.stringMatching(subject));
    expect(problems.map((one) => one.subject)).not.toContainEqual(expect.stringContaining('a part of the record'));
    expect(evidenceChecked).toBe(2);
  });
});

test('a job that cannot be read keeps nobody from opening the case', async () => {
  tamper(`UPDATE job SET input = 'x'; INSERT INTO job (kind, state, input, progress, created_at) SELECT 'odd', 'done', '{}', '{}', created_at
    FROM job`);
  expect((await seen()).problems).toEqual([]);
});
