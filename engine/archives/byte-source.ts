// Bytes that an archive is read from by place: a file on the disk, a part of one, or what was
// inflated in memory.
import type { FileHandle } from 'node:fs/promises';

export type ByteSource = {
  readonly sizeBytes: number;
  /** Where the first byte lies in the file on the disk; undefined of what lies in memory alone. */
  readonly onDiskAt: number | undefined;
  /** Fewer than `length` only where the source ends. Rejects with what the system says. */
  read(at: number, length: number): Promise<Buffer>;
};

export const fileSource = (handle: FileHandle, sizeBytes: number): ByteSource => ({
  sizeBytes,
  onDiskAt: 0,
  async read(at, length) {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, sizeBytes - at)));
    for (let done = 0; done < buffer.length; ) {
      const { bytesRead } = await handle.read(buffer, done, buffer.length - done, at + done);
      if (bytesRead === 0) return buffer.subarray(0, done);
      done += bytesRead;
    }
    return buffer;
  },
});

export const memorySource = (bytes: Buffer): ByteSource => ({
  sizeBytes: bytes.length,
  onDiskAt: undefined,
  read: async (at, length) => bytes.subarray(at, at + length),
});

/** `length` bytes of a source from `from` on, as a source. */
export const partOf = (source: ByteSource, from: number, length: number): ByteSource => ({
  sizeBytes: length,
  onDiskAt: source.onDiskAt === undefined ? undefined : source.onDiskAt + from,
  read: (at, wanted) => source.read(from + at, Math.max(0, Math.min(wanted, length - at))),
});

/** Bytes read at once where all of a source is gone through. */
const PORTION_BYTES = 1 << 20;

/** All of it, portion by portion; ends early where the source does. */
export async function* portionsOf(source: ByteSource): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < source.sizeBytes; ) {
    const portion = await source.read(at, PORTION_BYTES);
    if (portion.length === 0) return;
    yield portion;
    at += portion.length;
  }
}
