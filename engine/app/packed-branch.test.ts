// A portable case that comes back to the workstation that wrote it: a branch of the case, and nothing
// to warn of, while what they share is the same.
import { cpSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Client } from '../index.ts';
import { installations } from '../testing/installations.ts';

const { root, start } = installations('packed-branch');

const folderOf = (name: string): string => path.join(root, name);
const wentBack = async (client: Client) =>
  (await client.case.activity({})).filter(({ action }) => action === 'record.wentBack');

test('a case that was packed here, worked on elsewhere or here and opened again is no history that was changed', async () => {
  const [{ client: here }, { client: there }] = [await start('here'), await start('there')];
  const original = folderOf('original');
  await here.case.create({ folder: original, title: 'B', reference: '', examiner: 'Ada' });
  const file = folderOf('portable.recce');
  await here.case.pack({ file, evidence: false, models: false });
  await here.session.set({ examiner: 'Bo' });
  // A copy of the folder, which nobody packed.
  await here.case.close();
  cpSync(original, folderOf('plain-copy'), { recursive: true });
  await here.case.open({ folder: original });
  await here.session.set({ examiner: 'Cy' });

  await there.case.unpack({ file, folder: folderOf('worked-on') });
  await there.session.set({ examiner: 'Dee' });
  await there.case.close();
  const sentBack = await here.case.open({ folder: folderOf('worked-on') });
  expect([sentBack.warnings ?? [], await wentBack(here)]).toEqual([[], []]);
  expect((await here.case.verify()).problems).toEqual([]);

  const unpacked = await here.case.unpack({ file, folder: folderOf('unpacked-here') });
  expect(unpacked.warnings).toEqual([expect.stringMatching(/^This is a branch of the case in .*original: /)]);
  await here.session.set({ examiner: 'Eve' });
  await here.case.close();
  expect((await here.case.open({ folder: folderOf('unpacked-here') })).warnings ?? []).toEqual([]);

  expect((await here.case.open({ folder: original })).warnings ?? []).toEqual([]);
  // What was not unpacked is still held against all that was seen.
  const copy = await here.case.open({ folder: folderOf('plain-copy') });
  expect(copy.warnings?.join()).toContain('The log was cut short or an older state was put in its place');
});
