// Files by SHA-256: crops, reconstructions, maps. Written once, never changed; the name is the
// proof of the content.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { ifExists } from '../files/optional-file.ts';
import { isLink, isOwnFile, readOwnFile } from '../files/own-file.ts';

export type BlobStore = {
  /**
   * Keeps bytes; the same bytes twice are one file. Safe against a crash at any moment. Rejects
   * where its folder is a link.
   */
  put(bytes: Uint8Array): Promise<Sha256>;
  /**
   * The bytes, or undefined when there is no such blob; a name that is no SHA-256 names none,
   * wherever it may lead. Rejects for a link, a pipe, a device, and what is larger than any
   * picture.
   */
  get(sha256: Sha256): Promise<Uint8Array | undefined>;
  has(sha256: Sha256): boolean;
  /**
   * Every blob there is, in order of name. Rejects where a folder is a link or cannot be read: what
   * is in it is not as if it were not there.
   */
  list(): Promise<Sha256[]>;
};

/** Where pictures go: the case's own store, or on another machine the way to it. */
export type BlobSink = Pick<BlobStore, 'put'>;

export const sha256Of = (bytes: Uint8Array): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;

/** What a blob may be called. The rows of a case that came from elsewhere may hold anything. */
export const isSha256 = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

/**
 * Writes a file that was not there, through to the disk; what could not be written whole is
 * removed.
 */
async function writeAndSync(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } catch (error) {
    await rm(file, { force: true }).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

/** No picture kept here is larger: the largest crop is a part of a still that can be decoded. */
const BLOB_LIMIT_BYTES = 2 ** 28;

/** Files that this process is writing now, by the name they have until they are whole. */
const unfinished = new Set<string>();

/**
 * What an unfinished blob is called, and nothing else: its hash, and a name that no two writers
 * share.
 */
const UNFINISHED = /^[0-9a-f]{64}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * True for a file left half-written by a process that was ended; the folder must be this process's
 * alone to write.
 */
export const isAbandoned = (file: string): boolean => UNFINISHED.test(path.basename(file)) && !unfinished.has(file);

/** Of a folder that is not there, none. */
const namesIn = (folder: string): Promise<string[]> => ifExists(readdir(folder), []);

/** Of a store's own folders none is a link: it would lead to the pictures of another case. */
const LINKED = 'Its folder is a link.';

/** A store in `folder`, two levels deep: ab/abcdef... */
export function createBlobStore(folder: string): BlobStore {
  const fileOf = (sha256: string) => path.join(folder, sha256.slice(0, 2), sha256);
  return {
    async put(bytes) {
      const sha256 = sha256Of(bytes);
      const file = fileOf(sha256);
      // What is there and is no file is replaced by one.
      if (isLink(path.dirname(file))) throw new Error(LINKED);
      if (isOwnFile(file)) return sha256;
      await mkdir(path.dirname(file), { recursive: true });
      const temporary = `${file}.${randomUUID()}.tmp`;
      unfinished.add(temporary);
      try {
        await writeAndSync(temporary, bytes);
        await rename(temporary, file);
      } finally {
        unfinished.delete(temporary);
      }
      return sha256;
    },
    async get(sha256) {
      if (!isSha256(sha256)) return undefined;
      const file = fileOf(sha256);
      if (isLink(path.dirname(file))) throw new Error(LINKED);
      return ifExists(readOwnFile(file, BLOB_LIMIT_BYTES), undefined);
    },
    has: (sha256) => isSha256(sha256) && !isLink(path.dirname(fileOf(sha256))) && isOwnFile(fileOf(sha256)),
    async list() {
      const groups = (await namesIn(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
      if (groups.some((group) => isLink(path.join(folder, group)))) throw new Error(LINKED);
      const names = await Promise.all(groups.map((group) => namesIn(path.join(folder, group))));
      return names.flat().filter(isSha256).sort() as Sha256[];
    },
  };
}
