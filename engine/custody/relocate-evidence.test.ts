// Evidence that moved to another folder: told to the case by hash, and nothing of it twice. What
// does not fit stays and is counted.
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Relocation, RelocationRequest } from '../../contract/relocation.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { findingsOf, rowsOf, scan } from '../testing/scanned.ts';
import { namesBelow } from './relocate-evidence.ts';

const { root, start } = installations('relocate');
const at = (...parts: string[]): string => path.join(root, ...parts);

async function relocate(client: Client, request: Omit<RelocationRequest, 'check'> & { check?: boolean }) {
  let relocation: Relocation | undefined;
  for await (const event of await client.case.relocate(request))
    if (event.kind === 'done') relocation = event.relocation;
  return relocation!;
}

test('a moved folder is the same evidence: its rows say that it is missing until it is found, none is doubled, pictures are shown (case 3)', async () => {
  const { client, engine } = await start();
  mkdirSync(at('e', 'deep'), { recursive: true });
  copyFileSync(samplePhotograph(1), at('e', 'deep', 'a.jpg'));
  copyFileSync(samplePhotograph(6), at('e', 'b.jpg'));
  await client.case.create({ folder: at('case'), title: 'R', reference: '', examiner: 'E. Xaminer' });
  expect(await scan(client, [at('e')])).toBe('done');
  const [before, counts] = [await findingsOf(client), (await client.case.current())!.counts];
  renameSync(at('e'), at('f'));
  expect((await client.case.verify()).problems.map(({ kind }) => kind)).toEqual(['evidenceMissing', 'evidenceMissing']);
  const marked = await findingsOf(client);
  expect(new Set(marked.map(({ altered }) => altered))).toEqual(new Set(['missing']));
  const looked = await relocate(client, { from: at('e'), to: at('f'), check: true });
  expect(looked).toMatchObject({ files: 2, moved: 2, refused: {}, entered: false });
  expect((await client.case.activity({ limit: 50 })).some((one) => one.action === 'evidence.relocated')).toBe(false);
  const moved = await relocate(client, { from: at('e'), to: at('f') });
  expect(moved).toMatchObject({ files: 2, moved: 2, refused: {}, entered: true });
  const entries = (await client.case.activity({ limit: 50 })).filter((one) => one.action === 'evidence.relocated');
  expect(entries.map(({ who, subject, details }) => [who, subject, details.to, details.moved])).toEqual([
    ['E. Xaminer', at('e'), at('f'), 2],
  ]);
  for (const paths of [[at('f')], []]) expect(await scan(client, paths)).toBe('done');
  expect(await findingsOf(client)).toEqual(before);
  expect((await client.case.current())!.counts).toEqual(counts);
  expect((await client.case.verify()).problems).toEqual([]);
  const { evidence } = await client.finding.inspect({ verdictId: before[0]!.verdictId });
  expect(evidence.path.startsWith(at('e'))).toBe(true);
  expect(evidence.movedTo!.path.startsWith(at('f'))).toBe(true);
  expect(await engine.readPicture({ kind: 'evidence', id: evidence.id, maxPx: 64 })).toBeDefined();
  // Another file at the old place is another file, and moving back is a relocation like any other.
  mkdirSync(at('e'));
  copyFileSync(samplePhotograph(3), at('e', 'b.jpg'));
  expect(await scan(client, [at('e')])).toBe('done');
  expect((await client.case.current())!.counts.evidence).toBe(3);
  expect((await findingsOf(client)).some(({ kind }) => kind === 'unreadable')).toBe(false);
  const back = await relocate(client, { from: at('f'), to: at('e') });
  expect(back).toMatchObject({ files: 2, moved: 0, refused: { placeTaken: 1, missing: 1 }, entered: false });
  await client.case.close();
});

test('what does not fit is refused with its number and reason, and the rest is moved (case 3)', async () => {
  const { client } = await start();
  mkdirSync(at('old'));
  for (const n of [1, 3, 6]) copyFileSync(samplePhotograph(n), at('old', `${n}.jpg`));
  await client.case.create({ folder: at('case2'), title: 'R', reference: '' });
  expect(await scan(client, [at('old')])).toBe('done');
  const rows = await rowsOf(client);
  renameSync(at('old'), at('new'));
  writeFileSync(at('new', '3.jpg'), Buffer.concat([readFileSync(at('new', '3.jpg')), Buffer.from([0])]));
  rmSync(at('new', '6.jpg'));
  const found = await relocate(client, { from: at('old'), to: at('new') });
  expect(found).toMatchObject({ files: 3, moved: 1, refused: { otherContent: 1, missing: 1 }, entered: true });
  expect(found.refusals.map(({ shownPath, reason }) => [shownPath, reason])).toEqual([
    ['old/3.jpg', 'otherContent'],
    ['old/6.jpg', 'missing'],
  ]);
  expect(await rowsOf(client)).toEqual(rows);
  const paths = (await client.evidence.list({ offset: 0, limit: 10 })).rows.map((one) => one.movedTo?.path ?? one.path);
  expect(paths.sort()).toEqual([at('new', '1.jpg'), at('old', '3.jpg'), at('old', '6.jpg')].sort());
  await expect(relocate(client, { from: at('nowhere'), to: at('new') })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(relocate(client, { from: at('old'), to: 'new' })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
});

test('a folder is told by its names, in the separators of the system the case came from', () => {
  expect(namesBelow('/a/b/c.jpg', '/a')).toEqual(['b', 'c.jpg']);
  expect(namesBelow('/a/b/c.jpg', '/a/')).toEqual(['b', 'c.jpg']);
  expect(namesBelow('/a/b', '/a/b')).toEqual([]);
  expect(namesBelow('/ab/c', '/a')).toBeUndefined();
  expect(namesBelow('a/b', '/a')).toBeUndefined();
  expect(namesBelow('E:\\evidence\\Küche\\1.jpg', 'E:\\evidence')).toEqual(['Küche', '1.jpg']);
  expect(namesBelow('E:\\evidence\\1.jpg', 'E:/evidence/')).toEqual(['1.jpg']);
  expect(namesBelow('/a/with\\backslash/1.jpg', '/a')).toEqual(['with\\backslash', '1.jpg']);
  expect(namesBelow('\\\\server\\share\\x\\1.jpg', '\\\\server\\share')).toEqual(['x', '1.jpg']);
});
