// Opening evidence: read-only, hashed, and checked not to have changed while it was read.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Sha256 } from '../../contract/brand.ts';
import type { Unreadable } from '../../contract/unreadable.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { type FileIdentity, identityFrom } from '../files/file-identity.ts';
import { refusalFromSystem } from '../files/system-error.ts';
import { timeOfChange } from '../files/time-of-change.ts';
import { sha256Of } from './blob-store.ts';
import { NOT_SAID } from './evidence-place.ts';

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
  ...(refusalFromSystem(error) ?? {
    reason: 'corrupt',
    message: { kind: 'systemSaid', said: (error as Error).message },
  }),
  sha256: null,
  sizeBytes: 0,
  modifiedAt: null,
});

/** What one file was when it was opened, and until it was read. */
type Known = { sizeBytes: number; modifiedAt: string; identity: FileIdentity };

/**
 * Opens read-only, refuses what is no regular file, lets `use` read, and makes sure that nothing
 * changed meanwhile. O_NONBLOCK keeps a named pipe from blocking. Rejects only with the abort of
 * `signal`.
 */
async function withUnchanged<T>(
  path: string,
  use: (handle: FileHandle, known: Known) => Promise<{ result: T; bytesRead: number } | FailedFile>,
  signal?: AbortSignal,
): Promise<T | FailedFile> {
  if (path === NOT_SAID) return { ...failedFrom({}), reason: 'disappeared', message: { kind: 'placeNotSaid' } };
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const before = await handle.stat({ bigint: true });
      if (!before.isFile()) return { ...failedFrom({ code: 'ENXIO' }), message: { kind: 'notRegular' } };
      const sizeBytes = Number(before.size);
      const known = { sizeBytes, modifiedAt: timeOfChange(before), identity: identityFrom(before) };
      const used = await use(handle, known);
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
  withUnchanged<EvidenceFile>(path, async (handle, known) => {
    if (known.sizeBytes > limitBytes) return tooLarge(handle, known, limitBytes);
    const bytes = await handle.readFile();
    return { result: { kind: 'read', bytes, sha256: sha256Of(bytes), ...known }, bytesRead: bytes.length };
  });

async function tooLarge(handle: FileHandle, known: Known, limitBytes: number): Promise<FailedFile> {
  const message = { kind: 'moreBytesThanLimit', bytes: known.sizeBytes, limit: limitBytes } as const;
  return { kind: 'failed', reason: 'tooLarge', message, sha256: (await hashOf(handle)).sha256, ...known };
}

/** Hashes a file of any size without holding it. Rejects only when `signal` aborts. */
export const hashEvidenceFile = (path: string, signal?: AbortSignal): Promise<HashedFile> =>
  withUnchanged<HashedFile>(
    path,
    async (handle, known) => {
      const { sha256, bytesRead } = await hashOf(handle, signal);
      return { result: { kind: 'hashed', sha256, ...known }, bytesRead };
    },
    signal,
  );

/** Bytes read at once while hashing. */
const CHUNK_BYTES = 1 << 20;

async function hashOf(handle: FileHandle, signal?: AbortSignal): Promise<{ sha256: Sha256; bytesRead: number }> {
  const hash = createHash('sha256');
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
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!(await handle.stat()).isFile()) return new Uint8Array();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return new Uint8Array();
  }
}

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
 * Opens a regular file for reading, whatever else may have come in its place. Rejects with what the
 * system said.
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Error(`${path}: It is not a regular file.`);
}
