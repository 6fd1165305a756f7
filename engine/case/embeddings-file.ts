// The embeddings of a case's faces: one file of its own beside the database, so that nothing else
// holds a copy. No backup, no portable case and no report has it, and erasing it erases all of them.
// Made from the evidence and its faces, it can be made again; what it must hold, the log says.
//
// Little endian. 64 bytes: what it is (16), numbers of one face (u32), 0 (u32), the SHA-256 of the
// network (32), zeros. Then one record a face: its number (u32), 0 (u32), its numbers (f32).
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { constants, type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FaceId, Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { isOwnFile } from '../files/own-file.ts';
import { writeRefused } from '../files/system-error.ts';

export const EMBEDDINGS_FILE = 'face-embeddings.bin';
const MAGIC = 'RECCE embedding1';
const HEADER_BYTES = 64;
/** Numbers of one face. */
export const NUMBERS = 128;
/** A record in 32-bit words: number of the face, nothing, and its numbers. */
export const RECORD_WORDS = NUMBERS + 2;
const RECORD_BYTES = RECORD_WORDS * 4;
/** What is read, hashed or overwritten at once. */
const CHUNK_BYTES = 2 ** 20;
/** More are not held in memory: 4 GB of numbers. */
const MOST_EMBEDDINGS = 8_000_000;

export const embeddingsFile = (folder: string): string => path.join(folder, EMBEDDINGS_FILE);

/** Embeddings in memory: record i is words i x RECORD_WORDS and on, the same bytes as whole numbers and as floats. */
export type Embeddings = { count: number; words: Uint32Array; floats: Float32Array };

const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** Whether there is anything in its place. */
export const hasEmbeddings = (folder: string): boolean => isThere(embeddingsFile(folder));

function headerOf(networkSha256: Sha256): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'ascii');
  header.writeUInt32LE(NUMBERS, 16);
  header.write(networkSha256, 24, 'hex');
  return header;
}

const sizeOf = (embeddings: number): number => HEADER_BYTES + embeddings * RECORD_BYTES;

/** What an entry of the log says of the file. */
export type SaidOfEmbeddings = { embeddings: number; networkSha256: Sha256; sha256: Sha256 };

/**
 * What is other in the file than the log says, as words; undefined where nothing is. Embeddings
 * behind those it holds are of a run that has not ended.
 */
export function whyNotAsHeld(
  folder: string,
  { embeddings, networkSha256, sha256 }: SaidOfEmbeddings,
): string | undefined {
  const file = embeddingsFile(folder);
  if (!isOwnFile(file)) return 'a link, a pipe or a device in its place';
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = fstatSync(handle);
    if (size < sizeOf(embeddings)) return `${size} bytes, of ${sizeOf(embeddings)}`;
    const hash = createHash('sha256');
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at < sizeOf(embeddings); ) {
      const read = readSync(handle, chunk, 0, Math.min(CHUNK_BYTES, sizeOf(embeddings) - at), at);
      if (read === 0) return 'an end within its embeddings';
      if (at === 0 && !chunk.subarray(0, HEADER_BYTES).equals(headerOf(networkSha256))) return 'another beginning';
      hash.update(chunk.subarray(0, read));
      at += read;
    }
    const found = hash.digest('hex');
    return found === sha256 ? undefined : found;
  } finally {
    closeSync(handle);
  }
}

/** The embeddings that the log holds. Throws SEARCH_REFUSED where they are not those, or too many. */
export async function readEmbeddings(folder: string, held: SaidOfEmbeddings): Promise<Embeddings> {
  const file = embeddingsFile(folder);
  if (held.embeddings > MOST_EMBEDDINGS)
    throw new RecceError('SEARCH_REFUSED', file, `it has more than ${MOST_EMBEDDINGS} embeddings.`);
  const bytes = new Uint8Array(sizeOf(held.embeddings));
  const handle = await openOwn(file, constants.O_RDONLY);
  try {
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK_BYTES, bytes.length - at), at);
      if (bytesRead === 0) throw notAsHeld(file);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  const isHeld = createHash('sha256').update(bytes).digest('hex') === held.sha256;
  if (!isHeld || !headerOf(held.networkSha256).equals(bytes.subarray(0, HEADER_BYTES))) throw notAsHeld(file);
  const words = (held.embeddings * RECORD_BYTES) / 4;
  return {
    count: held.embeddings,
    words: new Uint32Array(bytes.buffer, HEADER_BYTES, words),
    floats: new Float32Array(bytes.buffer, HEADER_BYTES, words),
  };
}

const notAsHeld = (file: string): RecceError =>
  new RecceError(
    'SEARCH_REFUSED',
    file,
    'it is not what the log holds: somebody has changed it. Erase the embeddings and have them made again.',
  );

/** Throws SEARCH_REFUSED for what is no file: through a link another one would be read, or overwritten. */
async function openOwn(file: string, flags: number): Promise<FileHandle> {
  if (!isOwnFile(file) || (lstatSync(file).nlink > 1 && flags !== constants.O_RDONLY))
    throw new RecceError('SEARCH_REFUSED', file, 'it is no file of this case alone: a link lies in its place.');
  return open(file, flags | (constants.O_NOFOLLOW ?? 0));
}

/** Embeddings being added behind those that are held. */
export type EmbeddingsWriter = {
  add(faceId: FaceId, numbers: Float32Array): void;
  /** Brings what was added to the disk; gives how many there are now, and the hash of all of it. */
  flush(): Promise<{ embeddings: number; sha256: Sha256 }>;
  close(): Promise<void>;
};

/**
 * Opens the file for adding, makes it where there is none. What lies behind the embeddings that the
 * log holds was left by a run that was killed, and is cut off. Throws SEARCH_REFUSED, WRITE_FAILED,
 * DISK_FULL.
 */
export async function openEmbeddings(
  folder: string,
  networkSha256: Sha256,
  held: SaidOfEmbeddings | undefined,
): Promise<EmbeddingsWriter> {
  const file = embeddingsFile(folder);
  const hash = createHash('sha256');
  const handle = await (held ? openHeld(file, held, hash) : makeEmpty(file, networkSha256, hash));
  let embeddings = held?.embeddings ?? 0;
  let at = sizeOf(embeddings);
  let waiting: Buffer[] = [];
  return {
    add(faceId, numbers) {
      if (numbers.length !== NUMBERS) throw new RangeError(`${numbers.length} numbers, not ${NUMBERS}.`);
      const record = Buffer.alloc(RECORD_BYTES);
      record.writeUInt32LE(faceId, 0);
      for (const [i, value] of numbers.entries()) record.writeFloatLE(value, 8 + i * 4);
      waiting.push(record);
    },
    async flush() {
      const bytes = Buffer.concat(waiting);
      try {
        await handle.write(bytes, 0, bytes.length, at);
        await handle.sync();
      } catch (cause) {
        throw writeRefused(cause, file);
      }
      hash.update(bytes);
      at += bytes.length;
      embeddings += waiting.length;
      waiting = [];
      return { embeddings, sha256: hash.copy().digest('hex') as Sha256 };
    },
    close: () => handle.close(),
  };
}

async function openHeld(file: string, held: SaidOfEmbeddings, hash: Hash): Promise<FileHandle> {
  const handle = await openOwn(file, constants.O_RDWR);
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at < sizeOf(held.embeddings); ) {
      const length = Math.min(CHUNK_BYTES, sizeOf(held.embeddings) - at);
      const { bytesRead } = await handle.read(chunk, 0, length, at);
      if (bytesRead === 0) throw notAsHeld(file);
      hash.update(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    if (hash.copy().digest('hex') !== held.sha256) throw notAsHeld(file);
    await handle.truncate(sizeOf(held.embeddings));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A file that no entry holds is of a run that was killed before its first. */
async function makeEmpty(file: string, networkSha256: Sha256, hash: Hash): Promise<FileHandle> {
  if (isThere(file)) await overwrite(file);
  const header = headerOf(networkSha256);
  try {
    const handle = await open(file, 'wx+', 0o600);
    await handle.write(header, 0, header.length, 0);
    hash.update(header);
    return handle;
  } catch (cause) {
    throw writeRefused(cause, file);
  }
}

/** Writes zeros over the file, then removes it; nothing where there is none. Throws SEARCH_REFUSED, WRITE_FAILED. */
export async function eraseEmbeddings(folder: string): Promise<void> {
  if (hasEmbeddings(folder)) await overwrite(embeddingsFile(folder));
}

async function overwrite(file: string): Promise<void> {
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
