// Two windows on one engine: what one does to the open case while the other does the same leaves
// exactly one case open.
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Client } from '../index.ts';
import { installations } from '../testing/installations.ts';

const { root, start } = installations('windows');
let here: Client;
let elsewhere: Client;

beforeAll(async () => {
  ({ client: here } = await start('here'));
  ({ client: elsewhere } = await start('elsewhere'));
});

const folderOf = (name: string): string => path.join(root, name);
const create = (name: string) =>
  here.case.create({ folder: folderOf(name), title: name, reference: '', examiner: `examiner of ${name}` });

test('of cases made at once the last stays open, the others are let go, and each has its own examiner', async () => {
  const names = ['one', 'two', 'three'];
  await Promise.all(names.map(create));
  expect((await here.case.current())?.title).toBe('three');
  await expect(elsewhere.case.open({ folder: folderOf('three') })).rejects.toMatchObject({ code: 'CASE_IN_USE' });
  for (const name of ['one', 'two']) {
    expect((await elsewhere.case.open({ folder: folderOf(name) })).title).toBe(name);
    expect((await elsewhere.session.examiners()).map((one) => one.name)).toEqual([`examiner of ${name}`]);
  }
});

test('a case that cannot be opened does not keep the next from being opened', async () => {
  const [failed, opened] = await Promise.allSettled([
    here.case.open({ folder: folderOf('none') }),
    here.case.open({ folder: folderOf('one') }),
  ]);
  expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'CASE_NOT_FOUND' } });
  expect(opened).toMatchObject({ status: 'fulfilled', value: { title: 'one' } });
});
