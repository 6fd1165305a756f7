// The part of ZIP that PyTorch reads: stored entries whose data begins at a multiple of 64, so that
// files can be mapped. Files stay below 4 GiB; a RECCE checkpoint with its optimiser is a third of
// a gigabyte.
import { crc32 } from './crc32.ts';

const ALIGNMENT = 64;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;
/** 1 January 1980: the same content gives the same file. */
const DATE = 0x21;
const LIMIT = 2 ** 32 - 1;

type Placed = { name: Uint8Array; data: Uint8Array; at: number; padding: number; crc: number };

const asciiBytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/**
 * An extra field of `size` bytes in all: PyTorch's own id `FB`, filled with Z. Sizes below 4 cannot
 * hold one.
 */
function paddingField(size: number): Uint8Array {
  const field = new Uint8Array(size).fill(0x5a);
  if (size === 0) return field;
  const view = new DataView(field.buffer);
  view.setUint16(0, 0x4246, true);
  view.setUint16(2, size - 4, true);
  return field;
}

/** Bytes of a zip file of `entries`, in their order. */
export function writeZip(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  let at = 0;
  const placed: Placed[] = [...entries].map(([text, data]) => {
    const name = asciiBytes(text);
    const start = at + LOCAL_SIZE + name.length;
    const short = (ALIGNMENT - (start % ALIGNMENT)) % ALIGNMENT;
    const padding = short > 0 && short < 4 ? short + ALIGNMENT : short;
    const entry = { name, data, at, padding, crc: crc32(data) };
    at = start + padding + data.length;
    return entry;
  });
  const directoryAt = at;
  const directorySize = placed.reduce((size, { name }) => size + CENTRAL_SIZE + name.length, 0);
  if (directoryAt + directorySize > LIMIT) throw new RangeError('The file would be larger than 4 GiB.');
  const bytes = new Uint8Array(directoryAt + directorySize + END_SIZE);
  const view = new DataView(bytes.buffer);
  for (const entry of placed) writeLocal(bytes, view, entry);
  for (const entry of placed) at = writeCentral(bytes, view, entry, at);
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, placed.length, true);
  view.setUint16(at + 10, placed.length, true);
  view.setUint32(at + 12, directorySize, true);
  view.setUint32(at + 16, directoryAt, true);
  return bytes;
}

/**
 * What the local header and the directory say alike: time, date, checksum, sizes, length of the
 * name.
 */
function writeShared(view: DataView, at: number, { name, data, crc }: Placed): void {
  view.setUint16(at + 2, DATE, true);
  view.setUint32(at + 4, crc, true);
  view.setUint32(at + 8, data.length, true);
  view.setUint32(at + 12, data.length, true);
  view.setUint16(at + 16, name.length, true);
}

function writeLocal(bytes: Uint8Array, view: DataView, entry: Placed): void {
  const { at, name, padding, data } = entry;
  view.setUint32(at, 0x04034b50, true);
  writeShared(view, at + 10, entry);
  view.setUint16(at + 28, padding, true);
  bytes.set(name, at + LOCAL_SIZE);
  bytes.set(paddingField(padding), at + LOCAL_SIZE + name.length);
  bytes.set(data, at + LOCAL_SIZE + name.length + padding);
}

function writeCentral(bytes: Uint8Array, view: DataView, entry: Placed, at: number): number {
  view.setUint32(at, 0x02014b50, true);
  writeShared(view, at + 12, entry);
  view.setUint32(at + 42, entry.at, true);
  bytes.set(entry.name, at + CENTRAL_SIZE);
  return at + CENTRAL_SIZE + entry.name.length;
}
