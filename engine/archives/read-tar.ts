// The files of a tar (POSIX.1-2001 pax, ustar, GNU and the oldest), header by header.
import type { Unreadable } from '../../contract/unreadable.ts';
import { ArchiveRefusal, type Directory, type EntryBytes, type RawEntry, refusedEntry } from './archive-entry.ts';
import { type ByteSource, partOf, portionsOf } from './byte-source.ts';
import { nameFromUtf8 } from './entry-names.ts';
import { MOST_ENTRIES } from './limits.ts';

export const BLOCK_BYTES = 512;
/** A long name, or the records of a pax header. */
const MOST_RECORD_BYTES = 2 ** 20;
/** Records that are for all files. */
const MOST_OF_ALL = 100;
/** What the header of a file can state in octal. */
const MOST_OCTAL = 8 ** 11 - 1;

const text = (bytes: Buffer): Buffer => {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
};

/** Octal digits, or a number of 64 bits where the first bit says so; undefined for neither. */
function numberOf(field: Buffer): number | undefined {
  if (field[0] === 0x80) return Number(field.readBigUInt64BE(field.length - 8));
  const digits = text(field).toString('latin1').trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
}

/** Some programs of old summed signed bytes. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < BLOCK_BYTES || block[0] === 0) return false;
  const stated = numberOf(block.subarray(148, 156));
  if (!stated) return false;
  let [sum, signed] = [0, 0];
  for (const [i, byte] of block.subarray(0, BLOCK_BYTES).entries()) {
    const counted = i >= 148 && i < 156 ? 0x20 : byte;
    sum += counted;
    signed += counted > 127 ? counted - 256 : counted;
  }
  return stated === sum || stated === signed;
}

/** Records `17 path=a/b.jpg\n`; those behind one that is none are not read. */
function recordsOf(bytes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number.parseInt(bytes.toString('latin1', at, Math.max(at, space)), 10);
    const equals = bytes.indexOf(0x3d, space);
    if (space < 0 || equals < 0 || !(length > 0) || equals >= at + length || at + length > bytes.length) break;
    records.set(bytes.toString('latin1', space + 1, equals), bytes.subarray(equals + 1, at + length - 1));
    at += length;
  }
  return records;
}

function nameOf(header: Buffer): Buffer {
  const name = text(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(header.subarray(345, 500)) : Buffer.alloc(0);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

/** What the headers before a file's own say of it. */
type Before = { name?: Buffer; records: Map<string, Buffer> };

const isSparse = (kind: string, said: readonly ReadonlyMap<string, Buffer>[]): boolean =>
  kind === 'S' || said.some((records) => [...records.keys()].some((key) => key.startsWith('GNU.sparse.')));

/** Links, devices, pipes and folders have no bytes. */
const WITHOUT_BYTES = /[1-6]/;
/** A folder; also as GNU lists it, and a name of the whole, where they have no bytes: programs make files of those that have. */
const isNoFile = (kind: string, sizeBytes: number): boolean => kind === '5' || (/[VD]/.test(kind) && sizeBytes === 0);
/** What is taken of a header for all files; not a size, which some programs do not take. */
const OF_ALL = /^(path|GNU\.sparse\..*)$/;

export async function readTar(source: ByteSource, format: 'tar' | 'tar.gz'): Promise<Directory<RawEntry>> {
  const entries: RawEntry[] = [];
  const all = new Map<string, Buffer>();
  let before: Before = { records: new Map() };
  const done = (at: number, cut: Directory['cut'], unlistedBytes = source.sizeBytes - at): Directory<RawEntry> => ({
    format,
    entries,
    unlistedBytes,
    cut,
  });
  let number = 0;
  for (let at = 0; at < source.sizeBytes; ) {
    const header = await source.read(at, BLOCK_BYTES);
    if (header.length < BLOCK_BYTES) return done(at, 'ends');
    if (header.every((byte) => byte === 0)) return done(at, null, await writtenBehind(source, at));
    if (!isTarHeader(header)) return done(at, 'damaged');
    const kind = String.fromCharCode(header[156]!);
    const short = numberOf(header.subarray(124, 136));
    const long = before.records.get('size')?.toString('latin1');
    // One that states another size than it could: programs differ in which they take, and go on at different places.
    const isAnother =
      long !== undefined && (!/^\d+$/.test(long) || (Number(long) !== short && Number(long) <= MOST_OCTAL));
    // So they do of a link that has a size.
    const isOdd = WITHOUT_BYTES.test(kind) && kind !== '1' && short !== 0;
    const sizeBytes = WITHOUT_BYTES.test(kind) ? 0 : long === undefined ? short : Number(long);
    if (isAnother || isOdd || sizeBytes === undefined || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
      return done(at, 'damaged');
    const dataAt = at + BLOCK_BYTES;
    const next = dataAt + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
    number += 1;
    if (/[xgLK]/.test(kind)) {
      if (sizeBytes > MOST_RECORD_BYTES) return done(at, 'damaged');
      const bytes = await source.read(dataAt, sizeBytes);
      if (bytes.length < sizeBytes) return done(at, 'ends');
      if (kind === 'g') {
        const records = recordsOf(bytes);
        if (records.has('size')) return done(at, 'damaged');
        for (const [key, value] of records) if (OF_ALL.test(key)) all.set(key, value);
        if (all.size > MOST_OF_ALL) return done(at, 'damaged');
      }
      if (kind === 'x') before = { ...before, records: recordsOf(bytes) };
      if (kind === 'L') before = { ...before, name: text(bytes) };
      at = next;
      continue;
    }
    if (!isNoFile(kind, sizeBytes)) {
      if (entries.length === MOST_ENTRIES)
        throw new ArchiveRefusal('tooLarge', { kind: 'archiveTooMany', most: MOST_ENTRIES });
      const name = nameFromUtf8(before.records.get('path') ?? all.get('path') ?? before.name ?? nameOf(header));
      // Before pax a folder was a file whose name ends like one.
      const isFolder = name.endsWith('/') && sizeBytes === 0;
      const bytes = bytesOf(
        kind,
        [before.records, all],
        { at: dataAt, length: sizeBytes, method: 'stored', crc32: undefined },
        source,
      );
      if (!isFolder) entries.push({ number, name, sizeBytes, bytes });
    }
    before = { records: new Map() };
    if (dataAt + sizeBytes > source.sizeBytes) return done(source.sizeBytes, 'ends');
    at = next;
  }
  // Without the empty blocks that end it: cut there, or written so.
  return done(source.sizeBytes, 'ends');
}

function bytesOf(
  kind: string,
  said: readonly ReadonlyMap<string, Buffer>[],
  bytes: EntryBytes,
  source: ByteSource,
): EntryBytes | Unreadable {
  if (isSparse(kind, said) || kind === 'M') return refusedEntry('sparse');
  if (WITHOUT_BYTES.test(kind)) return refusedEntry('notRegular');
  return bytes.at + bytes.length > source.sizeBytes ? refusedEntry('cut') : bytes;
}

/** Bytes behind the end of a tar, where they are not all zeros, which fill it up. */
async function writtenBehind(source: ByteSource, at: number): Promise<number> {
  for await (const portion of portionsOf(partOf(source, at, source.sizeBytes - at)))
    if (portion.some((byte) => byte !== 0)) return source.sizeBytes - at;
  return 0;
}
