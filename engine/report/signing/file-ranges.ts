// Parts of a file that is too large to be held: where some bytes stand in it, and the hash of
// stretches of it.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Bytes that are held at once. */
const PORTION = 2 ** 20;

async function* portionsOf(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const portion = await readRange(handle, at, Math.min(PORTION, end - at));
    if (portion.length === 0) throw new RangeError('The file is shorter than it says.');
    yield portion;
    at += portion.length;
  }
}

/** Where `needle` stands first, or -1. */
export async function findInFile(handle: FileHandle, needle: string): Promise<number> {
  const wanted = Buffer.from(needle, 'latin1');
  const { size } = await handle.stat();
  let before = Buffer.alloc(0);
  let at = 0;
  for await (const portion of portionsOf(handle, 0, size)) {
    const bytes = Buffer.concat([before, portion]);
    const found = bytes.indexOf(wanted);
    if (found >= 0) return at + found;
    before = bytes.subarray(Math.max(0, bytes.length - wanted.length + 1));
    at += bytes.length - before.length;
  }
  return -1;
}

/** Up to `length` bytes from `start`. */
export async function readRange(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
  return buffer.subarray(0, bytesRead);
}

/**
 * The hash of these stretches, one after the other. Throws RangeError where the file ends before
 * they do.
 */
export async function hashOfRanges(
  handle: FileHandle,
  ranges: readonly { start: number; length: number }[],
  algorithm: string,
): Promise<Buffer> {
  const hash = createHash(algorithm);
  for (const { start, length } of ranges)
    for await (const portion of portionsOf(handle, start, start + length)) hash.update(portion);
  return hash.digest();
}
