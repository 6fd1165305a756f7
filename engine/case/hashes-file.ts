// What the pictures of a case look like, in hashes, and which of them are near copies: one file of its
// own beside the database. It follows from the evidence and can be made again; what it must hold, the
// log says. No backup and no portable case has it.
//
// Lines of JSON: what it is; then one a picture, in the order in which they were made. What is said of
// near copies is of earlier lines alone, by their number from 0.
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { constants, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { canonicalJson } from '../files/canonical-json.ts';
import { isOwnFile } from '../files/own-file.ts';
import type { ReadableCase } from './db/case-handle.ts';
import { CHUNK_BYTES, createHeldAppender, isThere, makeHeld, NO_FOLLOW, openOwn } from './log/held-file.ts';
import type { Steps } from './log/segment.ts';
import { type HeldHashes, heldHashes, type SaidOfHashes } from './rows/copies.ts';

export const HASHES_FILE = 'picture-hashes.ndjson';
const FIRST_LINE = Buffer.from(`${canonicalJson({ what: 'RECCE picture hashes 1' })}\n`);
/** More is not read into memory: some 500,000 pictures. */
const MOST_BYTES = 2 ** 30;
/** Lines read between two turns of others. */
const PART = 2000;

/** Files said of one picture at most: the nearest, each by its nearest picture. */
export const MOST_NEAR = 16;

const hashText = z.string().regex(/^[0-9a-f]{64}$/);
/**
 * A picture as it is kept. `of`: SHA-256 of its file. `frame`: its number and time stamp in a film.
 * `detail`: 0 to 100. `hash`: absent where there is too little in it. `near`: number of an earlier
 * line, bits, likeness, 1 for mirrored.
 */
const keptPictureSchema = z.strictObject({
  of: sha256Schema,
  frame: z.strictObject({ index: z.int().nonnegative(), pts: z.int(), timeMs: z.number() }).nullable(),
  detail: z.int().min(0).max(100),
  hash: z.strictObject({ whole: hashText, inner: hashText, small: z.base64().length(1368) }).optional(),
  near: z
    .array(z.tuple([z.int().nonnegative(), z.int().min(0).max(256), z.number().min(0).max(1), z.literal([0, 1])]))
    .max(MOST_NEAR)
    .optional(),
});
export type KeptPicture = z.infer<typeof keptPictureSchema>;

export const hashesFile = (folder: string): string => path.join(folder, HASHES_FILE);

/** Whether there is anything in its place. */
export const hasHashes = (folder: string): boolean => isThere(hashesFile(folder));

/** As the log holds them; undefined where the file is not there: it is in no portable case, and is made anew. */
export const keptHashes = (opened: ReadableCase): HeldHashes | undefined =>
  hasHashes(opened.folder) ? heldHashes(opened) : undefined;

const refusal = (file: string, why: string): RecceError => new RecceError('SEARCH_REFUSED', file, why);
const CHANGED =
  'it is not what the log holds: somebody has changed it. Remove the file and have the hashes made again.';

/** What is other in the file than the log says, as words; undefined where nothing is. */
export function* whyHashesNotAsHeld(folder: string, said: SaidOfHashes): Steps<string | undefined> {
  const file = hashesFile(folder);
  if (!isOwnFile(file)) return 'a link, a pipe or a device in its place';
  const descriptor = openSync(file, constants.O_RDONLY | NO_FOLLOW);
  try {
    const hash = createHash('sha256');
    const part = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at < said.bytes; ) {
      const read = readSync(descriptor, part, 0, Math.min(CHUNK_BYTES, said.bytes - at), at);
      if (read === 0) return `${at} bytes, of ${said.bytes}`;
      hash.update(part.subarray(0, read));
      at += read;
      yield;
    }
    const found = hash.digest('hex');
    return found === said.sha256 ? undefined : found;
  } finally {
    closeSync(descriptor);
  }
}

/** The first bytes, as the log holds them. Throws SEARCH_REFUSED where they are others. */
async function readHeld(handle: FileHandle, file: string, said: SaidOfHashes): Promise<{ bytes: Buffer; hash: Hash }> {
  if (said.bytes > MOST_BYTES) throw refusal(file, `it is longer than ${MOST_BYTES} bytes.`);
  const bytes = Buffer.alloc(said.bytes);
  const hash = createHash('sha256');
  for (let at = 0; at < said.bytes; ) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK_BYTES, said.bytes - at), at);
    if (bytesRead === 0) throw refusal(file, CHANGED);
    hash.update(bytes.subarray(at, at + bytesRead));
    at += bytesRead;
  }
  if (hash.copy().digest('hex') !== said.sha256) throw refusal(file, CHANGED);
  return { bytes, hash };
}

/** A line each, in parts between which others get their turn. Throws SEARCH_REFUSED. */
async function parse(bytes: Buffer, file: string, pictures: number): Promise<KeptPicture[]> {
  const all: KeptPicture[] = [];
  if (!bytes.subarray(0, FIRST_LINE.length).equals(FIRST_LINE)) throw refusal(file, CHANGED);
  try {
    for (let at = FIRST_LINE.length; at < bytes.length; ) {
      const end = bytes.indexOf(10, at);
      const one = keptPictureSchema.parse(JSON.parse(bytes.toString('utf8', at, end)));
      if (one.near?.some(([earlier]) => earlier >= all.length)) throw new Error('a near copy that comes later');
      all.push(one);
      at = end + 1;
      if (all.length % PART === 0) await setImmediate();
    }
  } catch {
    throw refusal(file, 'it is not as the workstation writes it.');
  }
  if (all.length !== pictures) throw refusal(file, CHANGED);
  return all;
}

/** The pictures that the log holds. Throws SEARCH_REFUSED where they are not those. */
export async function readHashes(folder: string, said: SaidOfHashes): Promise<KeptPicture[]> {
  const file = hashesFile(folder);
  const handle = await openOwn(file, constants.O_RDONLY);
  try {
    const { bytes } = await readHeld(handle, file, said);
    return await parse(bytes, file, said.pictures);
  } finally {
    await handle.close();
  }
}

/** Pictures being added behind those that are held. */
export type HashesWriter = {
  add(picture: KeptPicture): void;
  /** Brings what was added to the disk; gives what an entry of the log has to say of all of it. */
  flush(): Promise<SaidOfHashes>;
  close(): Promise<void>;
};

/**
 * Opens the file for adding, makes it where there is none. What lies behind what the log holds was left
 * by a run that was killed, and is cut off. Throws SEARCH_REFUSED, WRITE_FAILED, DISK_FULL.
 */
export async function openHashes(folder: string, held: SaidOfHashes | undefined): Promise<HashesWriter> {
  const file = hashesFile(folder);
  const opened = await (held ? openHeld(file, held) : makeHeld(file, FIRST_LINE));
  const append = createHeldAppender(file, opened, held?.bytes ?? FIRST_LINE.length);
  let pictures = held?.pictures ?? 0;
  let waiting: Buffer[] = [];
  return {
    add(picture) {
      waiting.push(Buffer.from(`${canonicalJson(keptPictureSchema.parse(picture))}\n`));
    },
    async flush() {
      const said = await append(waiting);
      pictures += waiting.length;
      waiting = [];
      return { pictures, ...said };
    },
    close: () => opened.handle.close(),
  };
}

async function openHeld(file: string, held: SaidOfHashes) {
  const handle = await openOwn(file, constants.O_RDWR);
  try {
    const { hash } = await readHeld(handle, file, held);
    await handle.truncate(held.bytes);
    return { handle, hash };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
