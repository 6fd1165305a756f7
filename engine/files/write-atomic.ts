// A file written part by part under another name, flushed, and only then given its own: whole or not there, whatever happens in between.
// Engine process; every report is written here.
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { forEachYielding } from '../async/yielding.ts';
import { writeRefused } from './system-error.ts';
import { clearLeftovers, temporaryName } from './temporary-name.ts';

/** What is gathered before it is written, in bytes: always in the same memory. */
const PORTION = 2 ** 18;
/** UTF-8 takes at most so many bytes for a unit of a string. */
const BYTES_A_UNIT = 3;

export type WrittenFile = { sha256: Sha256; sizeBytes: number };

/**
 * Writes `parts` (text as UTF-8) to `file`; the hash is of the bytes as they go by. What lay there before stays until the new file is
 * whole; what a killed process left of the same file is removed. Throws WRITE_FAILED, DISK_FULL, what `parts` throws and the signal's reason, and leaves nothing behind then.
 */
export async function writeAtomic(
  file: string,
  parts: Iterable<string | Uint8Array>,
  signal?: AbortSignal,
): Promise<WrittenFile> {
  // Of its own: two that write to the same place at once each write a whole file.
  const temporary = temporaryName(file);
  const handle = await orRefused(file, async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await clearLeftovers(file);
    return open(temporary, 'wx');
  });
  try {
    const written = await writeParts(file, handle, parts, signal);
    signal?.throwIfAborted();
    await orRefused(file, () => handle.sync());
    await handle.close();
    await orRefused(file, () => rename(temporary, file));
    await syncFolder(path.dirname(file));
    return written;
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

async function writeParts(
  file: string,
  handle: FileHandle,
  parts: Iterable<string | Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  const gathered = Buffer.alloc(PORTION);
  let [sizeBytes, filled] = [0, 0];
  const write = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes);
    sizeBytes += bytes.length;
    await orRefused(file, () => handle.writeFile(bytes));
  };
  const flush = async (): Promise<void> => {
    const bytes = gathered.subarray(0, filled);
    filled = 0;
    if (bytes.length > 0) await write(bytes);
  };
  const add = (text: string): void => {
    filled += gathered.write(text, filled, 'utf8');
  };
  const take = (part: string | Uint8Array): Promise<void> | void => {
    const whole = typeof part !== 'string' || part.length * BYTES_A_UNIT > PORTION;
    if (whole) return flush().then(() => write(typeof part === 'string' ? Buffer.from(part, 'utf8') : part));
    if (filled + part.length * BYTES_A_UNIT > PORTION) return flush().then(() => add(part));
    add(part);
  };
  await forEachYielding(parts, take, signal);
  await flush();
  return { sha256: hash.digest('hex') as Sha256, sizeBytes };
}

/** After a power cut the new name is there. Systems that cannot flush a folder (Windows) keep names in their own journal. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {}
}

/** What the system refuses, as an error of the table. */
async function orRefused<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw writeRefused(cause, file);
  }
}
