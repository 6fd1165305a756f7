// Paths that lead into archives: `/evidence/export.zip/DCIM/IMG_1.jpg`. What lies below a file as
// below a folder can be nothing else, so that such a path needs no spelling of its own. Whoever
// opens evidence comes through here; nothing is written to a disk.

import { statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { constants, inflateRawSync } from 'node:zlib';
import { type FileIdentity, identityFrom } from '../files/file-identity.ts';
import {
  type ArchiveEntry,
  ArchiveRefusal,
  type Directory,
  type EntryBytes,
  isRefused,
  refusalOf,
} from './archive-entry.ts';
import { type ByteSource, fileSource, memorySource, partOf } from './byte-source.ts';
import { entryPortions } from './entry-bytes.ts';
import { MOST_DEPTH, MOST_ENTRIES, MOST_HELD_BYTES, TOTAL_FREE_BYTES } from './limits.ts';
import { archiveFormat, type OpenedArchive, openArchive } from './read-archive.ts';

/** A file on the disk, and which of the files in it; no names where it is meant itself. */
export type Place = { file: string; inside: string };

const leadsNowhere = (error: unknown): boolean =>
  /^(ENOTDIR|ENOENT)$/.test((error as NodeJS.ErrnoException).code ?? '');

const insideOf = (whole: string, file: string): string =>
  whole
    .slice(file.length)
    .split(path.sep)
    .filter((part) => part !== '')
    .join('/');

/** Undefined where no file lies on the way. Asked where `whole` cannot be opened as it stands. */
export async function placeInFile(whole: string): Promise<Place | undefined> {
  for (let at = path.dirname(whole); at !== path.dirname(at); at = path.dirname(at)) {
    const found = await stat(at).catch((error: Error) => error);
    if (!(found instanceof Error)) return found.isFile() ? { file: at, inside: insideOf(whole, at) } : undefined;
    if (!leadsNowhere(found)) return undefined;
  }
  return undefined;
}

/** What of a path is a place on the disk: of one into an archive, the archive. */
export function placeOnDisk(whole: string): string {
  for (let at = whole; at !== path.dirname(at); at = path.dirname(at))
    try {
      if (at === whole || statSync(at).isFile()) {
        statSync(at);
        return at;
      }
      return whole;
    } catch (error) {
      if (!leadsNowhere(error)) return whole;
    }
  return whole;
}

/** An archive on the disk, or one inside it, kept as long as others are not used more. */
type Kept = { opened: OpenedArchive | undefined; refusal: ArchiveRefusal | undefined; held: Buffer | undefined };

/** Bytes of memory that what is kept may take, about. */
const MOST_KEPT_BYTES = 2 ** 30;
const ENTRY_BYTES = 400;
/** One that lists nothing, or is not gone into, is kept by its key. */
const KEY_BYTES = 1000;
/** What is kept, by which file it is of and the names on the way; the latest used last. */
const kept = new Map<string, { made: Promise<Kept>; bytes: number }>();
/** Of all that is kept. */
let keptBytes = 0;

function keep(key: string, make: () => Promise<Kept>): Promise<Kept> {
  const known = kept.get(key);
  kept.delete(key);
  const one = known ?? { made: make(), bytes: 0 };
  kept.set(key, one);
  if (!known)
    one.made.then(
      ({ opened, refusal, held }) => {
        // Most files in an archive are none.
        if (!opened && !refusal) {
          kept.delete(key);
          return;
        }
        const entries = (opened?.directory.entries.length ?? 0) * ENTRY_BYTES;
        one.bytes = KEY_BYTES + entries + (opened?.unpacked?.length ?? 0) + (held?.length ?? 0);
        keptBytes += one.bytes;
        forgetOldest(key);
      },
      () => kept.delete(key),
    );
  return one.made;
}

function forgetOldest(but: string): void {
  for (const [key, { bytes }] of kept) {
    if (keptBytes <= MOST_KEPT_BYTES) return;
    // What is being made has no size yet.
    if (key === but || bytes === 0) continue;
    kept.delete(key);
    keptBytes -= bytes;
  }
}

async function opened(source: ByteSource, held: Buffer | undefined): Promise<Kept> {
  try {
    return { opened: await openArchive(source), refusal: undefined, held };
  } catch (refusal) {
    if (!(refusal instanceof ArchiveRefusal)) throw refusal;
    return { opened: undefined, refusal, held };
  }
}

/** An archive with the bytes that its entries' places count from. */
type Reached = { key: string; depth: number; directory: Directory; from: ByteSource };

const reached = (key: string, depth: number, source: ByteSource, one: Kept): Reached | ArchiveRefusal | undefined => {
  if (!one.opened) return one.refusal;
  const { directory, unpacked } = one.opened;
  return { key, depth, directory, from: unpacked ? memorySource(unpacked) : source };
};

/** The archive that a file on the disk is, or why it is not gone into; undefined where it is none. */
async function archiveOn(source: ByteSource, identity: FileIdentity): Promise<Reached | ArchiveRefusal | undefined> {
  return reached(identity, 1, source, await keep(identity, () => opened(source, undefined)));
}

/** What may still be gone through below one file of the disk: files, and bytes that are inflated for it. */
type Room = { files: number; inflated: number };

/** Throws ArchiveRefusal where it is used up. */
function use(room: Room | undefined, bytes: number): void {
  if (!room) return;
  room.inflated -= bytes;
  const most = TOTAL_FREE_BYTES;
  if (room.inflated < 0)
    throw new ArchiveRefusal('tooLarge', { kind: 'archiveTotal', bytes: most - room.inflated, most });
}

/** The archive that an entry of another is, or why it is not gone into; undefined of what is none. */
async function archiveIn(
  outer: Reached,
  entry: ArchiveEntry,
  room?: Room,
): Promise<Reached | ArchiveRefusal | undefined> {
  const { bytes } = entry;
  if (isRefused(bytes)) return undefined;
  const key = `${outer.key}\0${entry.name}`;
  const depth = outer.depth + 1;
  const part = bytes.method === 'stored' ? partOf(outer.from, bytes.at, bytes.length) : undefined;
  const one = await keep(key, async () => {
    const none = { opened: undefined, refusal: undefined, held: undefined };
    const head = part ?? (await beginningOf(outer.from, bytes));
    use(room, part ? 0 : head.sizeBytes);
    if (!(await archiveFormat(head))) return none;
    const refusal = (why: ConstructorParameters<typeof ArchiveRefusal>[1]) => ({
      ...none,
      refusal: new ArchiveRefusal('tooLarge', why),
    });
    if (depth > MOST_DEPTH) return refusal({ kind: 'archiveTooDeep', most: MOST_DEPTH });
    if (part) return opened(part, undefined);
    if (entry.sizeBytes > MOST_HELD_BYTES) return refusal({ kind: 'archiveHeld', most: MOST_HELD_BYTES });
    use(room, entry.sizeBytes);
    const held = await allOf(outer.from, entry);
    // Its own row says what is wrong with its bytes.
    return held ? opened(memorySource(held), held) : none;
  });
  return reached(key, depth, part ?? memorySource(one.held ?? Buffer.alloc(0)), one);
}

/** Packed bytes that the beginning of a file is inflated from: they become a thousand times as many at most. */
const BEGINNING_BYTES = 1024;

/** Its first bytes; nothing of one that cannot be inflated. */
async function beginningOf(from: ByteSource, { at, length }: EntryBytes): Promise<ByteSource> {
  const packed = await from.read(at, Math.min(length, BEGINNING_BYTES));
  try {
    return memorySource(inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch {
    return memorySource(Buffer.alloc(0));
  }
}

async function allOf(from: ByteSource, entry: ArchiveEntry): Promise<Buffer | undefined> {
  const portions: Buffer[] = [];
  try {
    for await (const portion of entryPortions(from, entry)) portions.push(portion);
    return Buffer.concat(portions);
  } catch (error) {
    if (error instanceof ArchiveRefusal) return undefined;
    throw error;
  }
}

const byName = new WeakMap<Directory, ReadonlyMap<string, ArchiveEntry>>();

function namesOf(directory: Directory): ReadonlyMap<string, ArchiveEntry> {
  let names = byName.get(directory);
  if (!names) {
    names = new Map(directory.entries.map((one) => [one.name, one]));
    byName.set(directory, names);
  }
  return names;
}

/** A file in an archive, by its names on the way; undefined where none is there. */
async function findIn(
  archive: Reached,
  inside: string,
): Promise<{ archive: Reached; entry: ArchiveEntry } | undefined> {
  const names = namesOf(archive.directory);
  const entry = names.get(inside);
  if (entry) return { archive, entry };
  for (let at = inside.indexOf('/'); at >= 0; at = inside.indexOf('/', at + 1)) {
    const outer = names.get(inside.slice(0, at));
    const within = outer && (await archiveIn(archive, outer));
    if (within instanceof ArchiveRefusal) throw within;
    const found = within && (await findIn(within, inside.slice(at + 1)));
    if (found) return found;
  }
  return undefined;
}

/** An opened file of the disk: what it is read by, and which it is. */
export type OnDisk = { source: ByteSource; identity: FileIdentity };
/**
 * A file in an archive. `onDisk`: where its bytes lie as they are in the file on the disk; undefined
 * where they are packed.
 */
export type FileInArchive = {
  sizeBytes: number;
  onDisk: { at: number; length: number } | undefined;
  portions(): AsyncGenerator<Buffer, void, undefined>;
};

const notThere = (inside: string): Error =>
  Object.assign(new Error(`ENOENT: no such file in the archive, ${inside}`), { code: 'ENOENT' });

/** Throws ArchiveRefusal for one that is not read, and ENOENT where there is none. */
export async function fileInArchive({ source, identity }: OnDisk, inside: string): Promise<FileInArchive> {
  const outer = await archiveOn(source, identity);
  if (outer instanceof ArchiveRefusal) throw outer;
  const found = outer && (await findIn(outer, inside));
  if (!found) throw notThere(inside);
  const { archive, entry } = found;
  const { bytes, sizeBytes } = entry;
  if (isRefused(bytes)) throw refusalOf(bytes);
  const at = archive.from.onDiskAt;
  return {
    sizeBytes,
    onDisk: at === undefined || bytes.method !== 'stored' ? undefined : { at: at + bytes.at, length: bytes.length },
    portions: () => entryPortions(archive.from, entry),
  };
}

/** Bytes of a file on the disk. */
export type PartOfFile = { file: string; at: number; length: number };

/**
 * Where in its file the bytes lie of what a path into an archive names, as they are; undefined where
 * the path leads into none. Throws as `fileInArchive` does.
 */
export async function partAt(whole: string): Promise<PartOfFile | 'packed' | undefined> {
  const place = await placeInFile(whole);
  if (!place) return undefined;
  const handle = await open(place.file, 'r');
  try {
    const stats = await handle.stat({ bigint: true });
    const disk = { source: fileSource(handle, Number(stats.size)), identity: identityFrom(stats) };
    const { onDisk } = await fileInArchive(disk, place.inside);
    return onDisk ? { file: place.file, ...onDisk } : 'packed';
  } finally {
    await handle.close();
  }
}

/** An archive that was looked into: what of it has rows of its own, and what does not. */
export type ArchiveLook = Omit<Directory, 'entries'> & { files: number; refused: number };

async function archiveAt({ source, identity }: OnDisk, inside: string): Promise<Reached | ArchiveRefusal | undefined> {
  const outer = await archiveOn(source, identity);
  if (inside === '' || !outer || outer instanceof ArchiveRefusal) return outer;
  const found = await findIn(outer, inside);
  return found && archiveIn(found.archive, found.entry);
}

/**
 * What the archive at a place lists; undefined where there is none. Throws ArchiveRefusal for one
 * that is not gone into.
 */
export async function lookIntoArchive(disk: OnDisk, inside: string): Promise<ArchiveLook | undefined> {
  const archive = await archiveAt(disk, inside);
  if (archive instanceof ArchiveRefusal) throw archive;
  if (!archive) return undefined;
  if (inside === '') {
    const names = await namesInTree(archive);
    if (names instanceof ArchiveRefusal) throw names;
  }
  const { entries, ...said } = archive.directory;
  return { ...said, files: entries.length, refused: entries.filter(({ bytes }) => isRefused(bytes)).length };
}

/** Names of all files in an archive on the disk, those of archives in it behind their own. */
export async function namesInArchive(disk: OnDisk): Promise<readonly string[]> {
  const archive = await archiveOn(disk.source, disk.identity);
  if (!archive || archive instanceof ArchiveRefusal) return [];
  const names = await namesInTree(archive);
  // Its own row says so, and that nothing in it was looked at.
  return names instanceof ArchiveRefusal ? [] : names;
}

const trees = new WeakMap<Directory, Promise<readonly string[] | ArchiveRefusal>>();

/** Gone through once. */
function namesInTree(archive: Reached): Promise<readonly string[] | ArchiveRefusal> {
  let tree = trees.get(archive.directory);
  if (!tree) {
    tree = collected(archive);
    trees.set(archive.directory, tree);
    tree.catch(() => trees.delete(archive.directory));
  }
  return tree;
}

async function collected(archive: Reached): Promise<readonly string[] | ArchiveRefusal> {
  const names: string[] = [];
  try {
    for await (const name of namesBelow(archive, '', { files: MOST_ENTRIES, inflated: TOTAL_FREE_BYTES }))
      names.push(name);
    return names;
  } catch (error) {
    if (error instanceof ArchiveRefusal) return error;
    throw error;
  }
}

/** Throws ArchiveRefusal where there are more below one file of the disk than are gone through. */
async function* namesBelow(archive: Reached, before: string, room: Room): AsyncGenerator<string, void, undefined> {
  const entries = archive.directory.entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    room.files -= 1;
    if (room.files < 0) throw new ArchiveRefusal('tooLarge', { kind: 'archiveTooMany', most: MOST_ENTRIES });
    yield `${before}${entry.name}`;
    const within = await archiveIn(archive, entry, room);
    if (within && !(within instanceof ArchiveRefusal)) yield* namesBelow(within, `${before}${entry.name}/`, room);
  }
}
