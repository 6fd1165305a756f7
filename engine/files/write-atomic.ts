// A file written part by part under another name, flushed, and only then given its own: whole or
// not there, whatever happens in between. Engine process; every report is written here.
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { forEachYielding } from '../async/yielding.ts';
import { writeRefused } from './system-error.ts';

// A file's name while it is written says which process of which machine writes it, so that the next
// one to write there can clear away what a killed process left, and never what is still being
// written.

/**
 * Eight hexadecimal digits of this machine's name: a number of a process means nothing on another
 * one.
 */
const machine = (): string => createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);

/**
 * What follows the file's name: machine, process, and eight digits of its own for each of two that
 * are written at once.
 */
const PASSING = /^\.([0-9a-f]{8})-([1-9]\d{0,9})-[0-9a-f]{8}\.tmp$/;

/** `<file>.<machine>-<process>-<8 hex>.tmp` of this process. */
const temporaryName = (file: string): string =>
  `${file}.${machine()}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;

/**
 * Removes the passing names of `file` that processes of this machine left which are no more. A
 * number that was given to another process since keeps its leftover: rather one too many than one
 * of a living process. What cannot be listed or removed stays; nothing is thrown.
 */
async function clearLeftovers(file: string): Promise<void> {
  const [folder, base] = [path.dirname(file), path.basename(file)];
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(base) && isLeftBehind(name.slice(base.length)));
  await Promise.all(left.map((name) => rm(path.join(folder, name), { force: true }).catch(() => {})));
}

function isLeftBehind(suffix: string): boolean {
  const [, where, pid] = PASSING.exec(suffix) ?? [];
  return where === machine() && !isAlive(Number(pid));
}

/** True as well of a process that may not be asked. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** What is gathered before it is written, in bytes: always in the same memory. */
const PORTION = 2 ** 18;
/** UTF-8 takes at most so many bytes for a unit of a string. */
const BYTES_A_UNIT = 3;

export type WrittenFile = { sha256: Sha256; sizeBytes: number };

/** Takes what a file is made of, part after part: text as UTF-8, or bytes. */
export type Write = (part: string | Uint8Array) => Promise<void> | void;

/**
 * Writes `parts` to `file`; the hash is of the bytes as they go by. What lay there before stays
 * until the new file is whole; what a killed process left of the same file is removed. Throws
 * WRITE_FAILED, DISK_FULL, what `parts` throws and the signal's reason, and leaves nothing behind
 * then.
 */
export const writeAtomic = async (
  file: string,
  parts: Iterable<string | Uint8Array>,
  signal?: AbortSignal,
): Promise<WrittenFile> => {
  const { written } = await fillAtomic(file, (write) => forEachYielding(parts, write, signal), signal);
  return written;
};

/**
 * The same for what hands its parts on by itself: `fill` calls `write` for each and resolves when
 * there is no more. `patch` may change bytes of the written file while it has its passing name; the
 * hash is of what is there then.
 */
export async function fillAtomic<T>(
  file: string,
  fill: (write: Write) => Promise<T>,
  signal?: AbortSignal,
  patch?: (handle: FileHandle) => Promise<void>,
): Promise<{ written: WrittenFile; filled: T }> {
  // Of its own: two that write to the same place at once each write a whole file.
  const temporary = temporaryName(file);
  const handle = await orRefused(file, async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await clearLeftovers(file);
    return open(temporary, 'wx+');
  });
  try {
    const { filled, written } = await fillFile(file, handle, fill);
    signal?.throwIfAborted();
    if (patch) await patch(handle);
    const now = patch ? { ...written, sha256: await hashOf(handle, signal) } : written;
    await orRefused(file, () => handle.sync());
    await handle.close();
    await orRefused(file, () => rename(temporary, file));
    await syncFolder(path.dirname(file));
    return { written: now, filled };
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

async function hashOf(handle: FileHandle, signal?: AbortSignal): Promise<Sha256> {
  const hash = createHash('sha256');
  const portion = Buffer.alloc(PORTION);
  for (let at = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(portion, 0, portion.length, at);
    if (bytesRead === 0) return hash.digest('hex') as Sha256;
    hash.update(portion.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function fillFile<T>(
  file: string,
  handle: FileHandle,
  fill: (write: Write) => Promise<T>,
): Promise<{ written: WrittenFile; filled: T }> {
  const hash = createHash('sha256');
  const gathered = Buffer.alloc(PORTION);
  let [sizeBytes, filled] = [0, 0];
  const put = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes);
    sizeBytes += bytes.length;
    await orRefused(file, () => handle.writeFile(bytes));
  };
  const flush = async (): Promise<void> => {
    const bytes = gathered.subarray(0, filled);
    filled = 0;
    if (bytes.length > 0) await put(bytes);
  };
  const add = (part: string | Uint8Array): void => {
    if (typeof part === 'string') filled += gathered.write(part, filled, 'utf8');
    else {
      gathered.set(part, filled);
      filled += part.length;
    }
  };
  const write: Write = (part) => {
    const room = typeof part === 'string' ? part.length * BYTES_A_UNIT : part.length;
    if (room > PORTION) return flush().then(() => put(typeof part === 'string' ? Buffer.from(part, 'utf8') : part));
    if (filled + room > PORTION) return flush().then(() => add(part));
    add(part);
  };
  const result = await fill(write);
  await flush();
  return { written: { sha256: hash.digest('hex') as Sha256, sizeBytes }, filled: result };
}

/**
 * After a power cut the new name is there. Systems that cannot flush a folder (Windows) keep names
 * in their own journal.
 */
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
