// A window names places in words: they are refused where they would be taken from the folder the
// engine happens to run in.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { installations } from '../testing/installations.ts';

const { root, start } = installations('whole-path');
const { client } = await start();

test('a case, a portable case and a report are made at a whole path or not at all', async () => {
  const refusal = { code: 'WRITE_FAILED', message: expect.stringContaining('give the whole path') };
  await expect(client.case.create({ folder: 'kept/case', title: 'A' })).rejects.toMatchObject(refusal);
  await client.case.create({ folder: path.join(root, 'case'), title: 'A' });
  await expect(client.case.pack({ file: 'kept/case.recce', evidence: false, models: false })).rejects.toMatchObject(
    refusal,
  );
  await expect(client.report.export({ format: 'json', options: {}, path: 'kept/report.json' })).rejects.toMatchObject(
    refusal,
  );
  expect(existsSync('kept')).toBe(false);
});

test('a folder that is a case says so, so that it can be opened from within', async () => {
  expect(await client.app.browse({ folder: path.join(root, 'case') })).toMatchObject({ isCase: true });
  expect(await client.app.browse({ folder: root })).toMatchObject({ isCase: false });
});
