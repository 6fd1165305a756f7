// What an engine takes up when it starts: a case that is there is open; one that is not is named
// with the reason until another is opened.
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Client, Engine } from '../index.ts';
import { installations } from '../testing/installations.ts';
import { readResumePoint, takeUp } from './resume.ts';

const { root, start } = installations('resume');
const folder = path.join(root, 'case');
let engine: Engine;
let client: Client;

beforeAll(async () => {
  ({ engine, client } = await start());
  await client.case.create({ folder, title: 'T', reference: '', examiner: 'A' });
});

test('a case that cannot be opened is told with its folder and the reason, until another is opened', async () => {
  expect(await client.case.notOpened()).toBeNull();
  const missing = path.join(root, 'missing');
  await takeUp(engine, { folder: missing, examiner: null, blind: false });
  expect(await client.case.current()).toBeNull();
  expect(await client.case.notOpened()).toEqual({
    folder: missing,
    message: expect.stringMatching(/^There is no case in this folder\. .*missing: it has no case\.sqlite\.$/),
  });
  await client.case.open({ folder });
  expect(await client.case.notOpened()).toBeNull();
});

test('a case that is there is taken up with who worked on it', async () => {
  const point = { folder, examiner: 'A', blind: true };
  await takeUp(engine, point);
  expect(await readResumePoint(client)).toEqual(point);
  expect(await client.case.notOpened()).toBeNull();
});
