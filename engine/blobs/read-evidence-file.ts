// Opening evidence: read-only, hashed, and checked not to have changed while it was read. A path may
// lead into an archive (engine/archives); every reader of evidence comes through here.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Sha256 } from '../../contract/brand.ts';
import type { Unreadable } from '../../contract/unreadable.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { ArchiveRefusal } from '../archives/archive-entry.ts';
import { portionsOf } from '../archives/byte-source.ts';
import {
  type ArchiveLook,
  type FileInArchive,
  fileInArchive,
  lookIntoArchive,
  namesInArchive,
} from '../archives/place-in-archive.ts';
import { type FileIdentity, identityFrom } from '../files/file-identity.ts';
import { refusalFromSystem } from '../files/system-error.ts';
import { timeOfChange } from '../files/time-of-change.ts';
import { sha256Of } from './blob-store.ts';
import { NOT_SAID } from './evidence-place.ts';
import { onDisk, openPlace, withRegular } from './open-place.ts';

/**
 * Why a file could not be taken in; `sha256` is known where its bytes could be read and only their
 * number is the trouble.
 */
export type FailedFile = Unreadable & {
  kind: 'failed';
  sha256: Sha256 | null;
  sizeBytes: number;
  modifiedAt: string | null;
};
/** A file's bytes with its hash, or why there are none. */
export type EvidenceFile = ({ kind: 'read'; bytes: Uint8Array; sha256: Sha256 } & Known) | FailedFile;
/** A file's hash alone, for what is never held in memory whole. */
export type HashedFile = ({ kind: 'hashed'; sha256: Sha256 } & Known) | FailedFile;

/**
 * Stills beyond this are hashed and not read: no still that can be decoded here (268 megapixels) is
 * larger as a file.
 */
export const STILL_SIZE_LIMIT_BYTES = 2 ** 31 - 1;

const failedFrom = (error: unknown): FailedFile => ({
  kind: 'failed',
  ...(error instanceof ArchiveRefusal
    ? error.unreadable
    : (refusalFromSystem(error) ?? {
        reason: 'corrupt',
        message: { kind: 'systemSaid', said: (error as Error).message },
      })),
  sha256: null,
  sizeBytes: 0,
  modifiedAt: null,
});

/**
 * What one file was when it was opened, and until it was read. Of one in an archive, time of change
 * and identity are the archive's.
 */
type Known = { sizeBytes: number; modifiedAt: string; identity: FileIdentity };

/** What is read of a regular file: itself, or a file in it. */
type Readable = { handle: FileHandle; file: FileInArchive | undefined };

/**
 * Opens read-only, refuses what is no regular file, lets `use` read, and makes sure that nothing
 * changed meanwhile. Rejects only with the abort of `signal`.
 */
async function withUnchanged<T>(
  path: string,
  use: (readable: Readable, known: Known) => Promise<{ result: T; bytesRead: number } | FailedFile>,
  signal?: AbortSignal,
): Promise<T | FailedFile> {
  if (path === NOT_SAID) return { ...failedFrom({}), reason: 'disappeared', message: { kind: 'placeNotSaid' } };
  try {
    const { handle, inside } = await openPlace(path);
    try {
      const before = await handle.stat({ bigint: true });
      if (!before.isFile()) return { ...failedFrom({ code: 'ENXIO' }), message: { kind: 'notRegular' } };
      const file = inside === '' ? undefined : await fileInArchive(onDisk(handle, before), inside);
      const sizeBytes = file?.sizeBytes ?? Number(before.size);
      const known = { sizeBytes, modifiedAt: timeOfChange(before), identity: identityFrom(before) };
      const used = await use({ handle, file }, known);
      if ('kind' in used) return used;
      const after = await handle.stat({ bigint: true });
      if (identityFrom(after) !== known.identity || used.bytesRead !== sizeBytes)
        return { ...failedFrom({}), reason: 'changedWhileRead', message: { kind: 'changedWhileRead' }, ...known };
      return used.result;
    } finally {
      await handle.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    return failedFrom(error);
  }
}

/** Reads a whole still with its hash. Never rejects. */
export const readEvidenceFile = (path: string, limitBytes = STILL_SIZE_LIMIT_BYTES): Promise<EvidenceFile> =>
  withUnchanged<EvidenceFile>(path, async (readable, known) => {
    if (known.sizeBytes > limitBytes) return tooLarge(readable, known, limitBytes);
    const { handle, file } = readable;
    const bytes = file ? await allOf(file) : await handle.readFile();
    return { result: { kind: 'read', bytes, sha256: sha256Of(bytes), ...known }, bytesRead: bytes.length };
  });

/** Never more than the archive states. */
async function allOf(file: FileInArchive): Promise<Buffer> {
  const portions: Buffer[] = [];
  for await (const portion of file.portions()) portions.push(portion);
  return Buffer.concat(portions);
}

async function tooLarge(readable: Readable, known: Known, limitBytes: number): Promise<FailedFile> {
  const message = { kind: 'moreBytesThanLimit', bytes: known.sizeBytes, limit: limitBytes } as const;
  return { kind: 'failed', reason: 'tooLarge', message, sha256: (await hashOf(readable)).sha256, ...known };
}

/** Hashes a file of any size without holding it. Rejects only when `signal` aborts. */
export const hashEvidenceFile = (path: string, signal?: AbortSignal): Promise<HashedFile> =>
  withUnchanged<HashedFile>(
    path,
    async (readable, known) => {
      const { sha256, bytesRead } = await hashOf(readable, signal);
      return { result: { kind: 'hashed', sha256, ...known }, bytesRead };
    },
    signal,
  );

/** Bytes read at once while hashing. */
const CHUNK_BYTES = 1 << 20;

async function hashOf(
  { handle, file }: Readable,
  signal?: AbortSignal,
): Promise<{ sha256: Sha256; bytesRead: number }> {
  const hash = createHash('sha256');
  if (file) {
    let bytesRead = 0;
    for await (const portion of file.portions()) {
      signal?.throwIfAborted();
      hash.update(portion);
      bytesRead += portion.length;
    }
    return { sha256: hash.digest('hex') as Sha256, bytesRead };
  }
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return { sha256: hash.digest('hex') as Sha256, bytesRead: at };
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** The first bytes of a file, for finding out what it is; empty when it cannot be read. */
export async function readHead(path: string, size: number): Promise<Uint8Array> {
  const head = await withRegular(path, async (handle, stats, inside) => {
    if (inside !== '') return headOf(await fileInArchive(onDisk(handle, stats), inside), size);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
    return buffer.subarray(0, bytesRead);
  });
  return head ?? new Uint8Array();
}

async function headOf(file: FileInArchive, size: number): Promise<Uint8Array> {
  const head = Buffer.alloc(size);
  let at = 0;
  for await (const portion of file.portions()) {
    at += portion.copy(head, at);
    if (at === size) break;
  }
  return head.subarray(0, at);
}

/**
 * What the archive at a path lists, or why nothing in it is looked at; undefined for what is none,
 * or cannot be read.
 */
export const lookIntoArchiveAt = (path: string): Promise<ArchiveLook | ArchiveRefusal | undefined> =>
  withRegular(path, async (handle, stats, inside) => {
    try {
      return await lookIntoArchive(onDisk(handle, stats), inside);
    } catch (error) {
      if (error instanceof ArchiveRefusal) return error;
      throw error;
    }
  });

/** The files in the archive at a path, by their names in it with `/`; none where it is no archive. */
export const listArchiveAt = async (path: string): Promise<readonly string[]> =>
  (await withRegular(path, (handle, stats) => namesInArchive(onDisk(handle, stats)))) ?? [];

/**
 * SHA-256 of a regular file of any size that is no evidence, by the same opener. Rejects with what
 * the system said.
 */
export async function hashFile(path: string): Promise<Sha256> {
  const hashed = await hashEvidenceFile(path);
  if (hashed.kind === 'failed') throw new Error(unreadableWords(hashed));
  return hashed.sha256;
}

/**
 * The bytes of a regular file, or of one in an archive, whatever else may have come in its place.
 * Rejects with what the system said.
 */
export async function* readPortions(path: string): AsyncGenerator<Buffer, void, undefined> {
  const { handle, inside } = await openPlace(path);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new Error(`${path}: It is not a regular file.`);
    const disk = onDisk(handle, stats);
    yield* inside === '' ? portionsOf(disk.source) : (await fileInArchive(disk, inside)).portions();
  } catch (error) {
    throw error instanceof ArchiveRefusal ? new Error(`${path}: ${unreadableWords(error.unreadable)}`) : error;
  } finally {
    await handle.close();
  }
}
