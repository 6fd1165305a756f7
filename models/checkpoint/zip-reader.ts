// The part of ZIP that PyTorch writes: stored entries, found through the central directory, with
// the 64-bit extension. Views into the file, no copies. A general zip library would copy every
// entry and needs Node or the DOM, which models/ has not.
import { ByteReader, textFromUtf8 } from './byte-reader.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { crc32 } from './crc32.ts';

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Size of an entry of the table without its names. */
const CENTRAL_SIZE = 46;
/** Size of the end record without its comment, and the longest comment there can be. */
const END_SIZE = 22;
const COMMENT_LIMIT = 0xffff;

/** True when the bytes begin like a ZIP file. */
export const looksLikeZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

function findEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lowest = Math.max(0, bytes.length - END_SIZE - COMMENT_LIMIT);
  for (let at = bytes.length - END_SIZE; at >= lowest; at--) if (view.getUint32(at, true) === END) return at;
  throw new CheckpointError(
    'truncated',
    'The file begins like a PyTorch zip file, but its table of contents at the end is missing: it was cut short. Copy it again.',
  );
}

type Directory = { count: number; offset: number };

function directoryFrom(bytes: Uint8Array): Directory {
  const end = findEnd(bytes);
  const reader = new ByteReader(bytes, end + 10);
  const count = reader.u16();
  reader.u32();
  const offset = reader.u32();
  if (count !== 0xffff && offset !== 0xffffffff) return { count, offset };
  const locator = new ByteReader(bytes, end - 20);
  if (locator.u32() !== END64_LOCATOR) return { count, offset };
  locator.u32();
  const end64 = new ByteReader(bytes, locator.u64());
  if (end64.u32() !== END64)
    throw new CheckpointError('badStructure', 'The 64-bit end record of the zip file is missing.');
  end64.take(28);
  const entries = end64.u64();
  end64.u64();
  return { count: entries, offset: end64.u64() };
}

/**
 * The 64-bit sizes and offset of an entry, in the order ZIP writes those that do not fit 32 bits.
 */
function wideNumbers(extra: Uint8Array, numbers: readonly number[]): number[] {
  const reader = new ByteReader(extra);
  while (reader.at + 4 <= extra.length) {
    const id = reader.u16();
    const size = reader.u16();
    if (id !== 1) reader.take(size);
    else return numbers.map((number) => (number === 0xffffffff ? reader.u64() : number));
  }
  return [...numbers];
}

/**
 * Entries by name, each a view of the file. Throws CheckpointError on anything but whole, stored
 * entries, and where the bytes of one are not those that its CRC-32 was taken of.
 */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const { count, offset } = directoryFrom(bytes);
  if (count * CENTRAL_SIZE > bytes.length)
    throw new CheckpointError('badStructure', `The zip file announces ${count} entries, more than fit into it.`);
  const reader = new ByteReader(bytes, offset);
  const entries = new Map<string, Uint8Array>();
  const sums = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    if (reader.u32() !== CENTRAL)
      throw new CheckpointError('badStructure', "The zip file's table of contents is damaged.");
    reader.take(6);
    const method = reader.u16();
    reader.take(4);
    const sum = reader.u32();
    const [compressed, size] = [reader.u32(), reader.u32()];
    const [nameLength, extraLength, commentLength] = [reader.u16(), reader.u16(), reader.u16()];
    reader.take(8);
    const localAt = reader.u32();
    const name = textFromUtf8(reader.take(nameLength));
    const [wideSize, , wideAt] = wideNumbers(reader.take(extraLength), [size, compressed, localAt]);
    reader.take(commentLength);
    if (method !== 0)
      throw new CheckpointError('unsupported', `Entry ${name} is compressed; PyTorch stores its entries as they are.`);
    if (entries.has(name)) throw new CheckpointError('badStructure', `Entry ${name} is twice in the zip file.`);
    entries.set(name, entryAt(bytes, wideAt!, wideSize!, name));
    sums.set(name, sum);
  }
  expectUndamaged(entries, sums);
  return entries;
}

/**
 * PyTorch can be told to leave checksums out (`set_crc32_options`): then all of them are zero, and
 * nothing can be said.
 */
function expectUndamaged(entries: ReadonlyMap<string, Uint8Array>, sums: ReadonlyMap<string, number>): void {
  if ([...sums.values()].every((sum) => sum === 0)) return;
  for (const [name, data] of entries)
    if (crc32(data) !== sums.get(name))
      throw new CheckpointError(
        'damaged',
        `Entry ${name} of the file is damaged: its CRC-32 is not the one it was saved with. Copy the file again.`,
      );
}

function entryAt(bytes: Uint8Array, at: number, size: number, name: string): Uint8Array {
  const reader = new ByteReader(bytes, at);
  if (reader.u32() !== LOCAL)
    throw new CheckpointError('badStructure', `Entry ${name} of the zip file is not where the table says.`);
  reader.take(22);
  const skip = [reader.u16(), reader.u16()].reduce((a, b) => a + b, 0);
  reader.take(skip);
  return reader.take(size);
}
