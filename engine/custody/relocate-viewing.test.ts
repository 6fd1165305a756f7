// A case that can only be looked at, whose evidence lies elsewhere: the viewer says where, each file
// is held against its recorded hash, and nothing of it is written into the case.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import type { Relocation } from '../../contract/relocation.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { scan } from '../testing/scanned.ts';

const { root, start } = installations('viewing');
const at = (...parts: string[]): string => path.join(root, ...parts);
const folder = at('case');

async function relocate(client: Client, from: string, to: string, check = false): Promise<Relocation> {
  let relocation: Relocation | undefined;
  for await (const event of await client.case.relocate({ from, to, check }))
    if (event.kind === 'done') relocation = event.relocation;
  return relocation!;
}

/** Of every file of the case: nothing may differ after it was looked at. */
const bytesOfCase = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => path.join(one.parentPath, one.name))
      .map((file) => [path.relative(folder, file), sha256Of(readFileSync(file))]),
  );

beforeAll(async () => {
  const { client } = await start('here');
  mkdirSync(at('e', 'deep'), { recursive: true });
  copyFileSync(samplePhotograph(1), at('e', 'deep', 'a.jpg'));
  copyFileSync(samplePhotograph(6), at('e', 'b.jpg'));
  writeFileSync(at('e', 'deep', 'notes.txt'), 'what was said of it');
  await client.case.create({ folder, title: 'Seen', reference: '' });
  expect(await scan(client, [at('e')])).toBe('done');
  await client.case.close();
  // Something of another program in its database: whoever opens it can only look, with any rights.
  const db = new Database(path.join(folder, 'case.sqlite'));
  db.exec('CREATE INDEX of_another_program ON evidence (media_type)');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  cpSync(at('e'), at('f'), { recursive: true });
  rmSync(at('e'), { recursive: true });
});

test('a viewer names a folder: what has the recorded hash is read there, also by the next command', async () => {
  const { client, engine } = await start('viewer');
  expect((await client.case.open({ folder })).writable).toBe(false);
  const before = bytesOfCase();
  const rows = (await client.evidence.list({})).rows;
  const deep = rows.find((one) => one.path.endsWith('a.jpg'))!;
  const picture = () => engine.readPicture({ kind: 'evidence', id: deep.id, maxPx: 64 });
  expect(await client.case.verify()).toMatchObject({ evidenceChecked: 0 });
  expect(await picture()).toBeUndefined();
  writeFileSync(at('f', 'b.jpg'), 'another file under this name');
  expect(await relocate(client, at('e'), at('f'), true)).toMatchObject({ moved: 2, entered: false });
  expect(await client.case.verify()).toMatchObject({ evidenceChecked: 0 });
  expect(await relocate(client, at('e'), at('f'))).toMatchObject({
    files: 3,
    moved: 2,
    refused: { otherContent: 1 },
    entered: true,
    keptBy: 'workstation',
  });
  expect(await picture()).toBeDefined();
  // The other file was not accepted, and is not opened: its hash is told to nobody.
  const found = await client.case.verify();
  expect(found).toMatchObject({ evidenceChecked: 2 });
  expect(JSON.stringify(found)).not.toContain(sha256Of(readFileSync(at('f', 'b.jpg'))));
  await client.case.close();
  expect(bytesOfCase()).toEqual(before);
  const { client: next } = await start('viewer');
  await next.case.open({ folder });
  expect(await next.case.verify()).toMatchObject({ evidenceChecked: 2 });
  expect((await next.case.activity({})).map((one) => one.action)).not.toContain('evidence.relocated');
  // A place is one for its hash alone: what is put there later is named, not shown.
  copyFileSync(samplePhotograph(3), at('f', 'deep', 'a.jpg'));
  expect((await next.case.verify()).problems.map((one) => one.kind)).toContain('evidenceChanged');
  await next.case.close();
  copyFileSync(samplePhotograph(1), at('f', 'deep', 'a.jpg'));
  const { client: other } = await start('another viewer');
  await other.case.open({ folder });
  expect(await other.case.verify()).toMatchObject({ evidenceChecked: 0 });
  await other.case.close();
});

test('a report cannot be written over what was found so', async () => {
  const { client } = await start('viewer 2');
  await client.case.open({ folder });
  await relocate(client, at('e', 'deep'), at('f', 'deep'));
  const notes = at('f', 'deep', 'notes.txt');
  await expect(client.report.export({ format: 'json', path: notes, options: {} })).rejects.toMatchObject({
    code: 'WRITE_FAILED',
  });
  expect(readFileSync(notes, 'utf8')).toBe('what was said of it');
  await client.case.close();
});

test('of a case from elsewhere nothing is read through a link that leads out of the folder that was named', async () => {
  const { client } = await start('viewer 3');
  mkdirSync(at('secret'));
  renameSync(at('f', 'deep', 'a.jpg'), at('secret', 'a.jpg'));
  rmSync(at('f', 'deep'), { recursive: true });
  symlinkSync(at('secret'), at('f', 'deep'));
  await client.case.open({ folder });
  const { refusals } = await relocate(client, at('e', 'deep'), at('f', 'deep', '..'));
  expect(refusals).toMatchObject([{ reason: 'missing' }, { reason: 'missing' }]);
  const found = await relocate(client, at('e'), at('f'));
  expect(found.moved).toBe(0);
  expect(found.refusals).toContainEqual(
    expect.objectContaining({ reason: 'unreadable', message: expect.stringContaining('A link leads out') }),
  );
  expect(existsSync(at('f', 'deep', 'a.jpg'))).toBe(true);
  await client.case.close();
});
