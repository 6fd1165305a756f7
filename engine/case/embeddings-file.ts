// The embeddings of a case's faces: one file of its own beside the database, so that nothing else
// holds a copy. No backup, no portable case and no report has it, and erasing it erases all of them.
// Made from the evidence and its faces, it can be made again; what it must hold, the log says.
//
// Little endian. 64 bytes: what it is (16), numbers of one face (u32), 0 (u32), the SHA-256 of the
// network (32), zeros. Then one record a face: its number (u32), 0 (u32), its numbers (f32).
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { constants, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { FaceId, Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { isOwnFile } from '../files/own-file.ts';
import { createRecordCheck, type RecordCheck } from './embedding-records.ts';
import { createHeldAppender, erase, isThere, makeHeld, NO_FOLLOW, openOwn } from './log/held-file.ts';
import { isHash, type Steps } from './log/segment.ts';
import type { FaceText, SaidOfEmbeddings } from './rows/persons.ts';

export const EMBEDDINGS_FILE = 'face-embeddings.bin';
const MAGIC = 'RECCE embedding1';
const HEADER_BYTES = 64;
/** Numbers of one face. */
export const NUMBERS = 128;
/** A record in 32-bit words: number of the face, nothing, and its numbers. */
export const RECORD_WORDS = NUMBERS + 2;
const RECORD_BYTES = RECORD_WORDS * 4;
/** What is read and checked at once: whole records. */
const PART_BYTES = 2000 * RECORD_BYTES;
/** More are not held in memory: 4 GB of numbers. */
const MOST_EMBEDDINGS = 8_000_000;

export const embeddingsFile = (folder: string): string => path.join(folder, EMBEDDINGS_FILE);

/** Embeddings in memory: record i is words i x RECORD_WORDS and on, the same bytes as whole numbers and as floats. */
export type Embeddings = { count: number; words: Uint32Array; floats: Float32Array };

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

/**
 * What is other in the file than the log and the case say, as words; undefined where nothing is.
 * Embeddings behind those it holds are of a run that has not ended.
 */
export function* whyNotAsHeld(folder: string, said: SaidOfEmbeddings, textOf: FaceText): Steps<string | undefined> {
  const file = embeddingsFile(folder);
  if (!isOwnFile(file)) return 'a link, a pipe or a device in its place';
  const handle = openSync(file, constants.O_RDONLY | NO_FOLLOW);
  try {
    const { size } = fstatSync(handle);
    if (size < sizeOf(said.embeddings)) return `${size} bytes, of ${sizeOf(said.embeddings)}`;
    const check = createHeldCheck(said, createRecordCheck(textOf));
    const part = Buffer.alloc(PART_BYTES);
    for (const { at, length } of partsOf(said.embeddings)) {
      if (readSync(handle, part, 0, length, at) < length) return 'an end within its embeddings';
      check.take(part.subarray(0, length));
      yield;
    }
    return check.end();
  } finally {
    closeSync(handle);
  }
}

/** Where the header lies, then parts of whole records. */
function* partsOf(embeddings: number): Generator<{ at: number; length: number }, void, undefined> {
  yield { at: 0, length: HEADER_BYTES };
  for (let at = HEADER_BYTES; at < sizeOf(embeddings); at += PART_BYTES)
    yield { at, length: Math.min(PART_BYTES, sizeOf(embeddings) - at) };
}

/** Takes the parts in their order; `end` says what is other, the bytes before what they mean. */
function createHeldCheck({ networkSha256, sha256, facesSha256 }: SaidOfEmbeddings, records: RecordCheck) {
  const hash = createHash('sha256');
  let why: string | undefined;
  let isHeader = true;
  return {
    hash,
    take(part: Buffer): void {
      hash.update(part);
      if (isHeader && !part.equals(headerOf(networkSha256))) why = OTHER_BEGINNING;
      for (let at = 0; !isHeader && why === undefined && at < part.length; at += RECORD_BYTES)
        why = records.take(part.subarray(at, at + RECORD_BYTES));
      isHeader = false;
    },
    end(): string | undefined {
      const found = hash.copy().digest('hex');
      if (why === OTHER_BEGINNING) return why;
      if (found !== sha256) return found;
      if (why !== undefined || facesSha256 === undefined || records.facesSha256() === facesSha256) return why;
      return 'embeddings of other faces than the case has under their numbers';
    },
  };
}

/**
 * The embeddings that the log holds. Throws SEARCH_REFUSED where they are not those, are no
 * embeddings of the case's faces, or too many.
 */
export async function readEmbeddings(folder: string, said: SaidOfEmbeddings, textOf: FaceText): Promise<Embeddings> {
  const file = embeddingsFile(folder);
  if (said.embeddings > MOST_EMBEDDINGS)
    throw new RecceError('SEARCH_REFUSED', file, `it has more than ${MOST_EMBEDDINGS} embeddings.`);
  const bytes = new Uint8Array(sizeOf(said.embeddings));
  const handle = await openOwn(file, constants.O_RDONLY);
  try {
    await readHeld(handle, file, said, { records: createRecordCheck(textOf), into: bytes });
  } finally {
    await handle.close();
  }
  const words = (said.embeddings * RECORD_BYTES) / 4;
  return {
    count: said.embeddings,
    words: new Uint32Array(bytes.buffer, HEADER_BYTES, words),
    floats: new Float32Array(bytes.buffer, HEADER_BYTES, words),
  };
}

/** Reads what the log holds, into `into` where it is given; gives the hash so far. Throws SEARCH_REFUSED. */
async function readHeld(
  handle: FileHandle,
  file: string,
  said: SaidOfEmbeddings,
  { records, into }: { records: RecordCheck; into?: Uint8Array },
) {
  const check = createHeldCheck(said, records);
  for (const { at, length } of partsOf(said.embeddings)) {
    const part = into ? Buffer.from(into.buffer, at, length) : Buffer.alloc(length);
    const { bytesRead } = await handle.read(part, 0, length, at);
    if (bytesRead < length) throw notAsHeld(file, CHANGED);
    check.take(part);
  }
  const why = check.end();
  if (why === undefined) return check.hash;
  throw notAsHeld(file, isHash(why) || why === OTHER_BEGINNING ? CHANGED : `${why}.`);
}

const OTHER_BEGINNING = 'another beginning';
const CHANGED = 'somebody has changed it.';

const notAsHeld = (file: string, why: string): RecceError =>
  new RecceError(
    'SEARCH_REFUSED',
    file,
    `it is not what the log and the case hold: ${why} Erase the embeddings and have them made again.`,
  );

/** Embeddings being added behind those that are held. */
export type EmbeddingsWriter = {
  /** Gives why these cannot be an embedding of a face of the case; then nothing was added. */
  add(faceId: FaceId, numbers: Float32Array): string | undefined;
  /** Brings what was added to the disk; gives what an entry of the log has to say of all of it. */
  flush(): Promise<Omit<SaidOfEmbeddings, 'networkSha256'> & { facesSha256: Sha256 }>;
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
  textOf: FaceText,
): Promise<EmbeddingsWriter> {
  const file = embeddingsFile(folder);
  const records = createRecordCheck(textOf);
  const opened = await (held ? openHeld(file, held, records) : makeHeld(file, headerOf(networkSha256)));
  let embeddings = held?.embeddings ?? 0;
  const append = createHeldAppender(file, opened, sizeOf(embeddings));
  let waiting: Buffer[] = [];
  return {
    add(faceId, numbers) {
      if (numbers.length !== NUMBERS) throw new RangeError(`${numbers.length} numbers, not ${NUMBERS}.`);
      const record = Buffer.alloc(RECORD_BYTES);
      record.writeUInt32LE(faceId, 0);
      for (const [i, value] of numbers.entries()) record.writeFloatLE(value, 8 + i * 4);
      const why = records.take(record);
      if (why === undefined) waiting.push(record);
      return why;
    },
    async flush() {
      const { sha256 } = await append(waiting);
      embeddings += waiting.length;
      waiting = [];
      return { embeddings, sha256, facesSha256: records.facesSha256() };
    },
    close: () => opened.handle.close(),
  };
}

async function openHeld(file: string, held: SaidOfEmbeddings, records: RecordCheck) {
  const handle = await openOwn(file, constants.O_RDWR);
  try {
    const hash = await readHeld(handle, file, held, { records });
    await handle.truncate(sizeOf(held.embeddings));
    return { handle, hash };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Writes zeros over all of them; nothing where there are none. Throws SEARCH_REFUSED, WRITE_FAILED. */
export const eraseEmbeddings = (folder: string): Promise<void> => erase(embeddingsFile(folder));
