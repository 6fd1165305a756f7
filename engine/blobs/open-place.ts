// The one way to open evidence: read-only, and where a path leads into an archive, that archive.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileSource } from '../archives/byte-source.ts';
import { fileInArchive, type OnDisk, placeInFile } from '../archives/place-in-archive.ts';
import { identityFrom } from '../files/file-identity.ts';

/** A file that was opened on the disk; `inside`: its names in it, where that is an archive. */
type Opened = { handle: FileHandle; inside: string };

/**
 * Opens read-only what lies at a path, or the archive it leads into. O_NONBLOCK keeps a named pipe
 * from blocking. Rejects with what the system said.
 */
export async function openPlace(path: string): Promise<Opened> {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  try {
    return { handle: await open(path, flags), inside: '' };
  } catch (error) {
    const place = await placeInFile(path);
    if (!place) throw error;
    return { handle: await open(place.file, flags), inside: place.inside };
  }
}

export const onDisk = (handle: FileHandle, stats: BigIntStats): OnDisk => ({
  source: fileSource(handle, Number(stats.size)),
  identity: identityFrom(stats),
});

/** What `use` makes of a regular file, or of one in an archive; undefined where it cannot be read. */
export async function withRegular<T>(
  path: string,
  use: (handle: FileHandle, stats: BigIntStats, inside: string) => Promise<T>,
): Promise<T | undefined> {
  try {
    const { handle, inside } = await openPlace(path);
    try {
      const stats = await handle.stat({ bigint: true });
      return stats.isFile() ? await use(handle, stats, inside) : undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/**
 * Size and times of a file that can be opened, of one in an archive the archive's times; undefined
 * for any other. Nothing but the archive's list is read.
 */
export const statEvidence = (path: string): Promise<{ sizeBytes: number; mtimeNs: bigint } | undefined> =>
  withRegular(path, async (handle, stats, inside) => ({
    sizeBytes: inside === '' ? Number(stats.size) : (await fileInArchive(onDisk(handle, stats), inside)).sizeBytes,
    mtimeNs: stats.mtimeNs,
  }));
