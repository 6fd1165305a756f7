// What an archive is, from its first bytes, and what it lists.
import { createGunzip } from 'node:zlib';
import { type ArchiveFormat, ArchiveRefusal, type Directory } from './archive-entry.ts';
import { type ByteSource, memorySource, portionsOf } from './byte-source.ts';
import { namedApart } from './entry-names.ts';
import { MOST_HELD_BYTES, MOST_RATIO, TOTAL_FREE_BYTES } from './limits.ts';
import { BLOCK_BYTES, isTarHeader, readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

/** An archive that can be read from: of one packed as a whole, what it is unpacked in memory. */
export type OpenedArchive = { directory: Directory; unpacked: Buffer | undefined };

/** Packed bytes that are looked at to see whether a tar begins in them. */
const PEEKED_BYTES = 2 ** 16;

/** A file with entries, an empty one, and the first part of one in several. */
const ZIP_BEGINNINGS = new Set([0x04034b50, 0x06054b50, 0x08074b50]);

/** Undefined for what is no archive known here. Of a file that lies packed alone (`a.jpg.gz`) too. */
export async function archiveFormat(source: ByteSource): Promise<ArchiveFormat | undefined> {
  const head = await source.read(0, BLOCK_BYTES);
  if (head.length >= 22 && ZIP_BEGINNINGS.has(head.readUInt32LE(0))) return 'zip';
  if (isTarHeader(head)) return 'tar';
  if (head.length < 18 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) return undefined;
  const { bytes } = await gunzip(source, BLOCK_BYTES, PEEKED_BYTES);
  return isTarHeader(bytes) ? 'tar.gz' : undefined;
}

/** What comes of it up to `most` bytes, with more behind them or not, and whether it broke off. */
async function gunzip(
  source: ByteSource,
  most: number,
  packedMost = source.sizeBytes,
): Promise<{ bytes: Buffer; isMore: boolean; isBroken: boolean; behindBytes: number }> {
  const unpack = createGunzip({ chunkSize: 2 ** 20 });
  const chunks: Buffer[] = [];
  let [size, packed, isBroken] = [0, 0, false];
  const feed = async (): Promise<void> => {
    for await (const portion of portionsOf(source)) {
      if (unpack.destroyed || packed >= packedMost) break;
      const part = portion.subarray(0, packedMost - packed);
      packed += part.length;
      if (!unpack.write(part)) await new Promise((go) => unpack.once('drain', go).once('close', go));
    }
    if (!unpack.destroyed) unpack.end();
  };
  const feeding = feed().catch((error: Error) => unpack.destroy(error));
  try {
    for await (const chunk of unpack) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > most) break;
    }
  } catch (error) {
    if (!/^(Z_|ERR_STREAM_PREMATURE)/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    isBroken = true;
  }
  unpack.destroy();
  await feeding;
  return {
    bytes: Buffer.concat(chunks).subarray(0, most),
    isMore: size > most,
    isBroken,
    behindBytes: isBroken ? 0 : source.sizeBytes - unpack.bytesWritten,
  };
}

/** Undefined for what is no archive. Throws ArchiveRefusal for one that is not gone into. */
export async function openArchive(source: ByteSource): Promise<OpenedArchive | undefined> {
  const format = await archiveFormat(source);
  if (!format) return undefined;
  if (format !== 'tar.gz')
    return {
      directory: named(format === 'zip' ? await readZip(source) : await readTar(source, format), source.sizeBytes),
      unpacked: undefined,
    };
  const { bytes, isMore, isBroken, behindBytes } = await gunzip(source, MOST_HELD_BYTES);
  if (isMore) throw new ArchiveRefusal('tooLarge', { kind: 'archiveHeld', most: MOST_HELD_BYTES });
  const directory = named(await readTar(memorySource(bytes), format), source.sizeBytes);
  const unlistedBytes = directory.unlistedBytes + behindBytes;
  return {
    directory: { ...directory, unlistedBytes, cut: isBroken ? 'damaged' : directory.cut },
    unpacked: bytes,
  };
}

function named(listed: Awaited<ReturnType<typeof readZip>>, archiveBytes: number): Directory {
  const total = listed.entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const most = archiveBytes * MOST_RATIO + TOTAL_FREE_BYTES;
  if (total > most) throw new ArchiveRefusal('tooLarge', { kind: 'archiveTotal', bytes: total, most });
  return { ...listed, entries: namedApart(listed.entries) };
}
