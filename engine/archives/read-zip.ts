// The directory of a zip (APPNOTE 6.3.10), each of its entries held against the header before its
// bytes. One that is not as it must be is refused by itself; the others are listed.
import { crc32 } from 'node:zlib';
import type { Unreadable, WhyUnreadable } from '../../contract/unreadable.ts';
import { ArchiveRefusal, type Directory, type EntryBytes, type RawEntry, refusedEntry } from './archive-entry.ts';
import type { ByteSource } from './byte-source.ts';
import { nameFromUtf8, nameFromZip } from './entry-names.ts';
import { MOST_DIRECTORY_BYTES, MOST_ENTRIES, MOST_RATIO, RATIO_FREE_BYTES } from './limits.ts';

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** A signature, a checksum and two sizes of 64 bits behind bytes whose header could not state them. */
const MOST_DESCRIPTOR_BYTES = 24;
/** Flags of an encrypted entry, of a strongly encrypted one, and of an encrypted directory. */
const ENCRYPTED = 0x2041;
const U16 = 0xffff;
const U32 = 0xffffffff;

type ListProblem = Extract<WhyUnreadable, { kind: 'archiveNotListed' }>['problem'];
const notListed = (problem: ListProblem): ArchiveRefusal =>
  new ArchiveRefusal(problem === 'noDirectory' ? 'truncated' : 'corrupt', {
    kind: 'archiveNotListed',
    problem,
  });

/** What the end of a zip says of its directory, and where that end begins and ends. */
type End = { count: number; at: number; sizeBytes: number; from: number; to: number };

async function readEnd(source: ByteSource): Promise<End> {
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + U16);
  const tail = await source.read(source.sizeBytes - tailBytes, tailBytes);
  const ends: { at: number; rest: number }[] = [];
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    if (tail.readUInt32LE(at) === 0x06054b50)
      ends.push({ at, rest: tail.length - at - END_BYTES - tail.readUInt16LE(at + 20) });
  // The one whose comment reaches to the end of the file, else the last.
  const at = (ends.find(({ rest }) => rest === 0) ?? ends.find(({ rest }) => rest > 0))?.at;
  if (at === undefined) throw notListed('noDirectory');
  // One inside the comment of another, whatever comment of its own it states: programs differ in which they
  // take. One before it is of an archive that lies in this one.
  if (ends.some((one) => one.at > at || (one.at < at && one.rest === 0))) throw notListed('twoDirectories');
  const end = tail.subarray(at);
  const from = source.sizeBytes - tail.length + at;
  const to = from + END_BYTES + end.readUInt16LE(20);
  const own = {
    disk: end.readUInt16LE(4),
    count: end.readUInt16LE(10),
    sizeBytes: end.readUInt32LE(12),
    at: end.readUInt32LE(16),
  };
  const end64 = await readEnd64(source, from);
  if (!end64) {
    if (own.disk !== 0 && own.disk !== U16) throw notListed('severalParts');
    return { ...own, from, to };
  }
  const { disk, count, sizeBytes, at: at64 } = end64;
  if (disk !== 0) throw notListed('severalParts');
  const isSame = (short: number, long: number, none: number): boolean => short === none || short === long;
  if (!isSame(own.count, count, U16) || !isSame(own.sizeBytes, sizeBytes, U32) || !isSame(own.at, at64, U32))
    throw notListed('twoDirectories');
  return { count, sizeBytes, at: at64, from: end64.from, to };
}

/** The longer end of a zip beyond what 32 bits count, which a locator right before the short one names. */
async function readEnd64(source: ByteSource, endAt: number): Promise<(Omit<End, 'to'> & { disk: number }) | undefined> {
  if (endAt < LOCATOR_BYTES) return undefined;
  const locator = await source.read(endAt - LOCATOR_BYTES, LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== 0x07064b50) return undefined;
  const from = numberAt(locator, 8);
  const end = await source.read(from, END64_BYTES);
  if (end.length < END64_BYTES || end.readUInt32LE(0) !== 0x06064b50) throw notListed('noDirectory');
  // Some programs look for it right before its locator, without asking where that leads.
  if (from + END64_BYTES !== endAt - LOCATOR_BYTES || numberAt(end, 4) !== END64_BYTES - 12)
    throw notListed('otherPlace');
  return {
    disk: end.readUInt32LE(16),
    count: numberAt(end, 32),
    sizeBytes: numberAt(end, 40),
    at: numberAt(end, 48),
    from,
  };
}

/** Of 64 bits; what no file reaches is beyond every limit here. */
const numberAt = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

/** An entry of the directory, with what its local header is held against. */
type Listed = {
  number: number;
  nameBytes: Buffer;
  name: string;
  isFolder: boolean;
  isLink: boolean;
  flags: number;
  method: number;
  crc32: number;
  packedBytes: number;
  sizeBytes: number;
  at: number;
};

/** Fields of an entry that no length belongs to end the list; those before stay. */
function fieldsOf(extra: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= extra.length; ) {
    const id = extra.readUInt16LE(at);
    const to = at + 4 + extra.readUInt16LE(at + 2);
    if (to > extra.length) break;
    if (!fields.has(id)) fields.set(id, extra.subarray(at + 4, to));
    at = to;
  }
  return fields;
}

/** Sizes and place, from the longer field where the short one is full. */
function longNumbers(fields: Map<number, Buffer>, short: readonly number[]): number[] {
  const long = fields.get(1);
  let at = 0;
  return short.map((one) => {
    if (one !== U32 || !long || at + 8 > long.length) return one;
    at += 8;
    return numberAt(long, at - 8);
  });
}

/** Systems whose programs write `\` between folders: DOS, OS/2's and Windows' file systems. */
const WITH_BACKSLASHES = new Set([0, 6, 10, 11, 14]);
const UNIX = 3;

function nameOf(
  nameBytes: Buffer,
  { flags, system, fields }: { flags: number; system: number; fields: Map<number, Buffer> },
): string {
  const unicode = fields.get(0x7075);
  const isOfName = unicode && unicode.length > 5 && unicode[0] === 1 && unicode.readUInt32LE(1) === crc32(nameBytes);
  const name = isOfName
    ? nameFromUtf8(unicode.subarray(5))
    : (flags & 0x800) !== 0
      ? nameFromUtf8(nameBytes)
      : nameFromZip(nameBytes);
  return WITH_BACKSLASHES.has(system) ? name.replaceAll('\\', '/') : name;
}

/** Entries until the directory ends or is none. */
function listedIn(directory: Buffer): { listed: Listed[]; isWhole: boolean } {
  const listed: Listed[] = [];
  let at = 0;
  while (at + ENTRY_BYTES <= directory.length && directory.readUInt32LE(at) === 0x02014b50) {
    const nameTo = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const extraTo = nameTo + directory.readUInt16LE(at + 30);
    const to = extraTo + directory.readUInt16LE(at + 32);
    if (to > directory.length) break;
    if (listed.length === MOST_ENTRIES)
      throw new ArchiveRefusal('tooLarge', { kind: 'archiveTooMany', most: MOST_ENTRIES });
    const system = directory[at + 5]!;
    const flags = directory.readUInt16LE(at + 8);
    const nameBytes = directory.subarray(at + ENTRY_BYTES, nameTo);
    const fields = fieldsOf(directory.subarray(nameTo, extraTo));
    const short = [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)];
    const [sizeBytes, packedBytes, place] = longNumbers(fields, short) as [number, number, number];
    const name = nameOf(nameBytes, { flags, system, fields });
    const kind = system === UNIX ? (directory.readUInt32LE(at + 38) >>> 16) & 0xf000 : 0;
    listed.push({
      number: listed.length + 1,
      nameBytes,
      name,
      // One with bytes is a file, whatever its name ends with.
      isFolder: name.endsWith('/') && sizeBytes === 0 && packedBytes === 0,
      isLink: kind !== 0 && kind !== 0x8000 && kind !== 0x4000,
      flags,
      method: directory.readUInt16LE(at + 10),
      crc32: directory.readUInt32LE(at + 16),
      packedBytes,
      sizeBytes,
      at: place,
    });
    at = to;
  }
  return { listed, isWhole: at === directory.length };
}

/** Where an entry's header begins and its bytes end, and whether the two headers say the same. */
type Span = { from: number; dataAt: number; to: number; fits: boolean };

async function spanOf(source: ByteSource, one: Listed): Promise<Span> {
  const none = { from: one.at, dataAt: one.at, to: one.at, fits: false };
  if (!Number.isSafeInteger(one.at + one.packedBytes) || one.at >= source.sizeBytes) return none;
  const local = await source.read(one.at, LOCAL_BYTES + one.nameBytes.length);
  if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== 0x04034b50) return none;
  const nameBytes = local.readUInt16LE(26);
  const extraBytes = local.readUInt16LE(28);
  const dataAt = one.at + LOCAL_BYTES + nameBytes + extraBytes;
  const flags = local.readUInt16LE(6);
  const short = [local.readUInt32LE(22), local.readUInt32LE(18)];
  const extra = short.includes(U32) ? await source.read(one.at + LOCAL_BYTES + nameBytes, extraBytes) : Buffer.alloc(0);
  const [sizeBytes, packedBytes] = longNumbers(fieldsOf(extra), short);
  const stated: readonly [number, number][] = [
    [local.readUInt32LE(14), one.crc32],
    [sizeBytes!, one.sizeBytes],
    [packedBytes!, one.packedBytes],
  ];
  // With that flag they stand behind the bytes, and are nothing or the same here.
  const isBehind = (flags & 8) !== 0;
  const fits =
    nameBytes === one.nameBytes.length &&
    one.nameBytes.equals(local.subarray(LOCAL_BYTES)) &&
    local.readUInt16LE(8) === one.method &&
    (flags & ENCRYPTED) === (one.flags & ENCRYPTED) &&
    stated.every(([here, there]) => here === there || (isBehind && here === 0)) &&
    (one.method !== 0 || one.packedBytes === one.sizeBytes || isEncrypted(one));
  return { from: one.at, dataAt, to: dataAt + one.packedBytes, fits };
}

const isEncrypted = ({ flags, method }: Pick<Listed, 'flags' | 'method'>): boolean =>
  (flags & ENCRYPTED) !== 0 || method === 99;

/** Headers asked for at a time. */
const AT_ONCE = 64;

async function spansOf(source: ByteSource, listed: readonly Listed[]): Promise<Span[]> {
  const spans: Span[] = [];
  for (let at = 0; at < listed.length; at += AT_ONCE)
    spans.push(...(await Promise.all(listed.slice(at, at + AT_ONCE).map((one) => spanOf(source, one)))));
  return spans;
}

/** Those that share a byte with another, or reach into the directory; and bytes between them that are of none. */
function laidOut(
  spans: readonly Span[],
  listed: readonly Listed[],
  directoryAt: number,
): { overlapping: Set<number>; unlisted: number } {
  const order = spans.map((_, i) => i).sort((a, b) => spans[a]!.from - spans[b]!.from || a - b);
  const overlapping = new Set<number>();
  let [unlisted, reached, last] = [0, 0, -1];
  for (const i of order) {
    const { from, to } = spans[i]!;
    if (to > directoryAt) overlapping.add(i);
    if (last >= 0 && from < reached) {
      overlapping.add(i);
      overlapping.add(last);
    } else unlisted += gapBytes(from - reached, listed[last]);
    if (to >= reached) [reached, last] = [to, i];
  }
  return { overlapping, unlisted: unlisted + gapBytes(Math.max(0, directoryAt - reached), listed[last]) };
}

const gapBytes = (gap: number, before: Listed | undefined): number =>
  before && (before.flags & 8) !== 0 && gap <= MOST_DESCRIPTOR_BYTES ? 0 : gap;

function bytesOf(one: Listed, { dataAt, fits }: Span, overlaps: boolean): EntryBytes | Unreadable {
  const { sizeBytes, packedBytes, method } = one;
  if (overlaps) return refusedEntry('overlaps');
  if (!fits) return refusedEntry('headersDiffer');
  if (one.isLink) return refusedEntry('notRegular');
  if (isEncrypted(one)) return refusedEntry('encrypted');
  if (method !== 0 && method !== 8) return { reason: 'codecMissing', message: { kind: 'archiveMethod', method } };
  if (sizeBytes > RATIO_FREE_BYTES && sizeBytes > packedBytes * MOST_RATIO)
    return {
      reason: 'tooLarge',
      message: { kind: 'archiveRatio', bytes: sizeBytes, packed: packedBytes, most: MOST_RATIO },
    };
  return { at: dataAt, length: packedBytes, method: method === 0 ? 'stored' : 'deflated', crc32: one.crc32 };
}

/** Throws ArchiveRefusal where it cannot be listed at all. */
export async function readZip(source: ByteSource): Promise<Directory<RawEntry>> {
  const end = await readEnd(source);
  if (end.sizeBytes > MOST_DIRECTORY_BYTES)
    throw new ArchiveRefusal('tooLarge', { kind: 'archiveTooMany', most: MOST_ENTRIES });
  // Programs look for it where it is said to lie, or right before its end.
  if (end.at + end.sizeBytes !== end.from) throw notListed('otherPlace');
  const { listed, isWhole } = listedIn(await source.read(end.at, end.sizeBytes));
  // Programs of before the longer end count on from nothing.
  const isOfCount = listed.length === end.count || listed.length % (U16 + 1) === end.count;
  const spans = await spansOf(source, listed);
  const { overlapping, unlisted } = laidOut(spans, listed, end.at);
  return {
    format: 'zip',
    entries: listed.flatMap((one, i) =>
      one.isFolder
        ? []
        : [
            {
              number: one.number,
              name: one.name,
              sizeBytes: one.sizeBytes,
              bytes: bytesOf(one, spans[i]!, overlapping.has(i)),
            },
          ],
    ),
    unlistedBytes: unlisted + source.sizeBytes - end.to,
    cut: isWhole ? (isOfCount ? null : 'otherCount') : 'damaged',
  };
}
