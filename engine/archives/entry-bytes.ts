// The bytes of a file in an archive, inflated as they are asked for and held against what the
// archive says of them.
import { crc32, createInflateRaw } from 'node:zlib';
import { type ArchiveEntry, type ArchiveRefusal, isRefused, refusalOf, refusedEntry } from './archive-entry.ts';
import { type ByteSource, partOf, portionsOf } from './byte-source.ts';

const refusal = (problem: Parameters<typeof refusedEntry>[0]): ArchiveRefusal => refusalOf(refusedEntry(problem));

/**
 * Portion by portion, exactly as many bytes as the archive states, of the checksum it states.
 * Throws ArchiveRefusal.
 */
export async function* entryPortions(
  source: ByteSource,
  { bytes, sizeBytes }: ArchiveEntry,
): AsyncGenerator<Buffer, void, undefined> {
  if (isRefused(bytes)) throw refusalOf(bytes);
  const packed = partOf(source, bytes.at, bytes.length);
  let [size, sum] = [0, 0];
  for await (const portion of bytes.method === 'stored' ? portionsOf(packed) : inflated(packed)) {
    size += portion.length;
    if (size > sizeBytes) throw refusal('otherSize');
    if (bytes.crc32 !== undefined) sum = crc32(portion, sum);
    yield portion;
  }
  if (size < sizeBytes) throw refusal('otherSize');
  if (bytes.crc32 !== undefined && sum !== bytes.crc32) throw refusal('checksum');
}

async function* inflated(packed: ByteSource): AsyncGenerator<Buffer, void, undefined> {
  const inflate = createInflateRaw({ chunkSize: 2 ** 18 });
  const feed = async (): Promise<void> => {
    for await (const portion of portionsOf(packed)) {
      if (inflate.destroyed) return;
      if (!inflate.write(portion)) await new Promise((go) => inflate.once('drain', go).once('close', go));
    }
    if (!inflate.destroyed) inflate.end();
  };
  const feeding = feed().catch((error: Error) => inflate.destroy(error));
  try {
    for await (const portion of inflate) yield portion as Buffer;
    // What lies behind the end of what is packed no program shows.
    if (inflate.bytesWritten !== packed.sizeBytes) throw refusal('otherSize');
  } catch (error) {
    throw /^Z_/.test(String((error as NodeJS.ErrnoException).code)) ? refusal('damaged') : error;
  } finally {
    inflate.destroy();
    await feeding;
  }
}
