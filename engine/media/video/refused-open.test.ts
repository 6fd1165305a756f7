// A video that is refused while it is opened: nothing of it stays open, or a folder of sound files
// would hold the evidence's disk.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ffmpeg, testPicture } from './testing/make-media.ts';
import { VideoReader } from './video-reader.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-refused-open-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Files below `root` that this process has open. */
const openFiles = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((handle) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${handle}`);
      return file.startsWith(root) ? [file] : [];
    } catch {
      return [];
    }
  });

test('what is refused is let go of', { tags: ['ffmpeg', 'linux'] }, async () => {
  const [film, sound] = [path.join(root, 'film.mp4'), path.join(root, 'sound.mp4')];
  ffmpeg(...testPicture('64x48', 10, 1), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', film);
  ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', sound);
  const [torn, noise] = [path.join(root, 'torn.mp4'), path.join(root, 'noise.mkv')];
  writeFileSync(torn, readFileSync(film).subarray(0, 1000));
  writeFileSync(noise, Buffer.alloc(10_000, 7));
  for (let n = 0; n < 5; n++) {
    await expect(VideoReader.open(sound, { threads: 1 })).rejects.toThrow('It has no video');
    await expect(VideoReader.open(film, { threads: 1, pixelLimit: 1 })).rejects.toThrow('more than the limit');
    await expect(VideoReader.open(torn, { threads: 1 })).rejects.toThrow('cut off before its index');
    await expect(VideoReader.open(noise, { threads: 1 })).rejects.toThrow('cannot be read');
  }
  expect(openFiles()).toEqual([]);
  const reader = await VideoReader.open(film, { threads: 1 });
  expect(openFiles()).toEqual([film]);
  reader.close();
  expect(openFiles()).toEqual([]);
});
