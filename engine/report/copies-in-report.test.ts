// Near copies in a report: the stacks with their hashes and distances, and what they are and are not;
// nothing of them where they are not what the log holds.
// @module-tag poppler
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { hashesFile } from '../case/hashes-file.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, scan } from '../testing/scanned.ts';

const { root, start } = installations('copies-in-report');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
let client: Client;

beforeAll(async () => {
  mkdirSync(media);
  copyFileSync(samplePhotograph(2), path.join(media, 'one.jpg'));
  await sharp(samplePhotograph(2)).resize(300).jpeg({ quality: 40 }).toFile(path.join(media, 'smaller.jpg'));
  copyFileSync(samplePhotograph(4), path.join(media, 'other.jpg'));
  ({ client } = await start());
  await client.case.create({ folder, title: 'C', reference: '' });
  expect(await scan(client, [media])).toBe('done');
});

async function report(): Promise<{ json: { copies?: object }; text: string }> {
  const [json, pdf] = [path.join(root, 'r.json'), path.join(root, 'r.pdf')];
  for (const [file, format] of [
    [json, 'json'],
    [pdf, 'pdf'],
  ] as const)
    await client.report.export({ format, path: file, options: {} });
  const text = execFileSync('pdftotext', ['-layout', pdf, '-']).toString().replace(/\s+/g, ' ');
  return { json: JSON.parse(readFileSync(json, 'utf8')), text };
}

test('a report of a case whose pictures were not looked at says nothing of any; then it has the stacks, the same each time', async () => {
  const before = await report();
  expect(before.json.copies).toBeUndefined();
  expect(before.text).not.toMatch(/near cop/i);
  expect(await ended(client, (await client.copies.make({ examiner: 'Anna' })).id)).toBe('done');
  const { json, text } = await report();
  expect(json.copies).toMatchObject({
    ...{ kept: 3, pictures: 3, plain: 0, total: 1, notAsHeld: false },
    stacks: [
      { files: [{ shownPath: 'media/one.jpg' }, { shownPath: 'media/smaller.jpg' }], pairs: [{ isMirrored: false }] },
    ],
  });
  expect(text).toMatch(/nothing of which came first, and nothing of genuine or forged/);
  expect(text).toMatch(/media\/one\.jpg and media\/smaller\.jpg: \d+ of 256 bits, likeness/);
  expect((await report()).text).toBe(text);
});

test('hashes that are not what the log holds are said to be so, and nothing of them is said', async () => {
  const file = hashesFile(folder);
  const whole = readFileSync(file);
  writeFileSync(file, whole.toString('utf8').replace('"detail":1', '"detail":2'));
  const { json, text } = await report();
  expect(json.copies).toMatchObject({ notAsHeld: true, total: 0, stacks: [] });
  expect(text).toContain('Nothing of them is in this report');
  expect(text).not.toContain('of 256 bits');
  writeFileSync(file, whole);
  appendFileSync(file, 'left by a killed run');
  expect((await report()).json.copies).toMatchObject({ notAsHeld: false, total: 1 });
});

test('of a stack of many files twenty are named and the others counted; the record has all of them', async () => {
  for (let i = 0; i < 24; i++)
    await sharp(samplePhotograph(2))
      .resize(240 + i * 4)
      .jpeg({ quality: 60 })
      .toFile(path.join(media, `again ${i}.jpg`));
  expect(await scan(client, [media])).toBe('done');
  expect(await ended(client, (await client.copies.make({})).id)).toBe('done');
  const { json, text } = await report();
  const { stacks } = json.copies as { stacks: { files: object[]; pairs: object[] }[] };
  expect(stacks.map(({ files }) => files.length)).toEqual([26]);
  expect(stacks[0]!.pairs.length).toBeGreaterThan(100);
  expect(text).toContain('and 6 further files');
  expect(text).toMatch(/and \d+ further pairs/);
});
