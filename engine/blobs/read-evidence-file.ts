// Opening evidence: read-only, hashed, and checked not to have changed while it was read.
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Sha256 } from '../../contract/brand.ts';
import type { UnreadableReason } from '../../contract/evidence.ts';
import { sha256Of } from './blob-store.ts';

/** A file's bytes with its hash, or why there are none. */
export type EvidenceFile =
  | { kind: 'read'; bytes: Uint8Array; sha256: Sha256; sizeBytes: number; modifiedAt: string }
  | { kind: 'failed'; reason: UnreadableReason; message: string; sizeBytes: number; modifiedAt: string | null };

/** Stills beyond this are refused before they are read: 2 GB is more than any still this workstation can decode. */
export const STILL_SIZE_LIMIT_BYTES = 2 ** 31 - 1;

const REASONS: Readonly<Record<string, UnreadableReason>> = {
  EACCES: 'permissionDenied',
  EPERM: 'permissionDenied',
  ENOENT: 'disappeared',
  ENXIO: 'notARegularFile',
  EISDIR: 'notARegularFile',
};

/** Reads a whole file. O_NONBLOCK keeps a named pipe from blocking; anything but a regular file is refused. Never rejects. */
export async function readEvidenceFile(path: string): Promise<EvidenceFile> {
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const before = await handle.stat();
      const known = { sizeBytes: before.size, modifiedAt: before.mtime.toISOString() };
      if (!before.isFile())
        return {
          kind: 'failed',
          reason: 'notARegularFile',
          message: 'It is not a regular file.',
          sizeBytes: 0,
          modifiedAt: null,
        };
      if (before.size > STILL_SIZE_LIMIT_BYTES)
        return {
          kind: 'failed',
          reason: 'tooLarge',
          message: `${before.size} bytes are more than the limit of ${STILL_SIZE_LIMIT_BYTES}.`,
          ...known,
        };
      const bytes = await handle.readFile();
      const after = await handle.stat();
      if (after.mtimeMs !== before.mtimeMs || after.size !== before.size || bytes.length !== before.size)
        return { kind: 'failed', reason: 'changedWhileRead', message: 'It changed while it was read.', ...known };
      return { kind: 'read', bytes, sha256: sha256Of(bytes), ...known };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { kind: 'failed', reason: REASONS[code ?? ''] ?? 'corrupt', message, sizeBytes: 0, modifiedAt: null };
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

/** SHA-256 of a file of any size, read as a stream. Rejects with the system's own error. */
export async function hashFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex') as Sha256;
}
