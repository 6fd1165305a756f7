// A film is examined under the hash of its own bytes: another one that lies at its path when it is
// opened is refused, whatever size and times it states, and however short it lay there.
// @module-tag ffmpeg
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_SAMPLING } from '../../../contract/video.ts';
import { identityFrom, isStill } from '../../files/file-identity.ts';
import { ffmpeg, testPicture } from './testing/make-media.ts';
import { createVideoDecoder, type VideoPart } from './video-decoder.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-hashed-film-'));
const [seized, others] = [path.join(root, 'seized'), path.join(root, 'others')];
const film = path.join(seized, 'film.mp4');
const decoder = createVideoDecoder();

beforeAll(() => {
  for (const folder of [seized, others]) {
    mkdirSync(folder);
    ffmpeg(...testPicture('64x48', 10, 1), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', path.join(folder, 'film.mp4'));
  }
  const { atime, mtime } = statSync(film);
  utimesSync(path.join(others, 'film.mp4'), atime, mtime);
});
afterAll(async () => {
  await decoder.close();
  rmSync(root, { recursive: true, force: true });
});

/** As it is when the film is hashed. */
const identity = () => identityFrom(statSync(film, { bigint: true }));
async function walked(of: string): Promise<VideoPart[]> {
  const parts: VideoPart[] = [];
  for await (const part of decoder.walk(film, DEFAULT_SAMPLING, -1, of)) parts.push(part);
  return parts;
}
/** As the folder is for others: a film of the same size and times lies at the path. */
function exchange(): void {
  renameSync(seized, path.join(root, 'aside'));
  renameSync(others, seized);
  renameSync(path.join(root, 'aside'), others);
}

test('a film of the same size and times in its place is not walked through, and gives no frame', async () => {
  const hashed = identity();
  expect((await walked(hashed)).at(-1)!.kind).toBe('end');
  const { size, mtime } = statSync(film);
  exchange();
  expect(statSync(film)).toMatchObject({ size, mtime });
  expect(await walked(hashed)).toEqual([
    { kind: 'unreadable', reason: 'changedWhileRead', message: { kind: 'changedWhileRead' } },
  ]);
  expect(await decoder.frameAt(film, { pts: 0 }, undefined, hashed)).toMatchObject({ reason: 'changedWhileRead' });
  exchange();
  expect(await decoder.frameAt(film, { pts: 0 }, undefined, hashed)).toMatchObject({ kind: 'picture', widthPx: 64 });
  expect((await walked(hashed)).at(-1)!.kind).toBe('end');
});

test('what was written into, with its times put back, and what is gone is no longer the file that was hashed', async () => {
  const hashed = identity();
  const { atime, mtime } = statSync(film);
  writeFileSync(film, 'x', { flag: 'r+' });
  utimesSync(film, atime, mtime);
  expect(await isStill(film, hashed)).toBe(false);
  const now = identity();
  expect(await isStill(film, now)).toBe(true);
  rmSync(film);
  expect(await isStill(film, now)).toBe(false);
});
