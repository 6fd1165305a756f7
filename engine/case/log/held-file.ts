// A file of a case beside its database, whose beginning an entry of the log holds by its hash. Bytes are
// only added; what lies behind those that are held was left by a run that was killed. Through a link
// another file would be read, or overwritten: none is followed.
import { lstatSync } from 'node:fs';
import { constants, type FileHandle, open, rm } from 'node:fs/promises';
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
