// A file of a case beside its database, whose beginning an entry of the log holds by its hash. Bytes are
// only added; what lies behind those that are held was left by a run that was killed. Through a link
// another file would be read, or overwritten: none is followed.
import { createHash, type Hash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { constants, type FileHandle, open, rm } from 'node:fs/promises';
import type { Sha256 } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { isOwnFile } from '../../files/own-file.ts';
import { writeRefused } from '../../files/system-error.ts';

/** What is read, hashed or overwritten at once. */
export const CHUNK_BYTES = 2 ** 20;

export const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** Whether there is anything in its place. */
export const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** Throws SEARCH_REFUSED for what is no file, and for one of two names that would be written. */
export function expectOwn(file: string, isWritten: boolean): void {
  if (!isOwnFile(file) || (isWritten && lstatSync(file).nlink > 1))
    throw new RecceError('SEARCH_REFUSED', file, 'it is no file of this case alone: a link lies in its place.');
}

/** Throws SEARCH_REFUSED, see expectOwn. */
export async function openOwn(file: string, flags: number): Promise<FileHandle> {
  expectOwn(file, flags !== constants.O_RDONLY);
  return open(file, flags | NO_FOLLOW);
}

/** An empty one with its beginning. What is there is of a run that was killed before its first entry. */
export async function makeHeld(file: string, beginning: Buffer): Promise<{ handle: FileHandle; hash: Hash }> {
  await erase(file);
  try {
    const handle = await open(file, 'wx+', 0o600);
    await handle.write(beginning, 0, beginning.length, 0);
    return { handle, hash: createHash('sha256').update(beginning) };
  } catch (cause) {
    throw writeRefused(cause, file);
  }
}

/**
 * Adds to a file of which `hash` has the first `at` bytes: what it is given is brought to the disk; it
 * gives what an entry of the log has to say of all of it. Throws WRITE_FAILED, DISK_FULL.
 */
export function createHeldAppender(file: string, { handle, hash }: { handle: FileHandle; hash: Hash }, at: number) {
  let end = at;
  return async (parts: readonly Buffer[]): Promise<{ bytes: number; sha256: Sha256 }> => {
    const added = Buffer.concat(parts);
    try {
      await handle.write(added, 0, added.length, end);
      await handle.sync();
    } catch (cause) {
      throw writeRefused(cause, file);
    }
    hash.update(added);
    end += added.length;
    return { bytes: end, sha256: hash.copy().digest('hex') as Sha256 };
  };
}

/** Writes zeros over the file, then removes it; nothing where there is none. Throws SEARCH_REFUSED, WRITE_FAILED. */
export async function erase(file: string): Promise<void> {
  if (!isThere(file)) return;
  const handle = await openOwn(file, constants.O_RDWR);
  try {
    try {
      const { size } = await handle.stat();
      const zeros = Buffer.alloc(CHUNK_BYTES);
      for (let at = 0; at < size; at += CHUNK_BYTES) await handle.write(zeros, 0, Math.min(CHUNK_BYTES, size - at), at);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rm(file);
  } catch (cause) {
    throw writeRefused(cause, file);
  }
}
