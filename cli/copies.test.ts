// `recce copies` as it is typed: looked at, listed in stacks, searched by a picture from outside.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test, vi } from 'vitest';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { main } from './main.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-cli-copies-'));
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
vi.stubEnv('RECCE_HOME', path.join(root, 'home'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function recce(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const to = (stream: 'out' | 'err') => (text: unknown) => {
    said[stream] += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(to('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(to('err')),
  ];
  try {
    return { code: await main(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test('near copies are listed in stacks and found by a picture from outside, with distances and what they are not', async () => {
  mkdirSync(media);
  copyFileSync(samplePhotograph(2), path.join(media, 'one.jpg'));
  await sharp(samplePhotograph(2)).resize(300).jpeg({ quality: 40 }).toFile(path.join(media, 'smaller.jpg'));
  copyFileSync(samplePhotograph(4), path.join(media, 'other.jpg'));
  const outside = path.join(root, 'out\u202eside.png');
  await sharp(samplePhotograph(4)).resize(500).png().toFile(outside);
  expect((await recce('scan', media, '--case', folder, '--examiner', 'A. Examiner')).code).toBe(0);
  expect((await recce('copies', 'find', folder)).out).toContain('0 of 3 pictures have been looked at.');
  expect(await recce('copies', 'make', folder, '--examiner', 'A. Examiner')).toMatchObject({
    code: 0,
    out: '3 of 3 pictures have been looked at.\n',
  });
  const found = await recce('copies', 'find', folder);
  expect(found.out).toMatch(
    /^Stack 1: 2 files\n {2}media\/one\.jpg\n {2}media\/smaller\.jpg\n {2}\d+ of 256 bits, likeness 0\.99\d: media\/one\.jpg and media\/smaller\.jpg\n1 stack of near copies\.\n3 of 3/,
  );
  expect(found.out).toContain('nothing of genuine or forged');
  const json = JSON.parse((await recce('copies', 'find', folder, '--json')).out);
  expect(json).toMatchObject({ total: 1, state: { kept: 3 }, stacks: [{ pairs: [{ isMirrored: false }] }] });
  expect(JSON.stringify(json)).not.toMatch(/score|lean|logit/i);
  const like = await recce('copies', 'like', folder, outside, '--examiner', 'A. Examiner');
  expect(like.out).toMatch(
    /^Looked for: out\[U\+202E\]side\.png\n\d+ of 256 bits, likeness [01]\.\d{3}: media\/other\.jpg\n1 file has a near copy of it, of 3 pictures compared\.\n/,
  );
  expect(like.out).not.toContain('\u202e');
  expect((await recce('copies', 'like', folder, path.join(root, 'none.png'))).code).toBe(1);
  expect((await recce('copies', 'like', folder)).code).toBe(2);
  expect((await recce('verify', folder)).code).toBe(0);
});
