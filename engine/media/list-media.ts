// From the paths an examiner names to the files to look at, in an order that does not depend on the disk. Opens nothing for
// writing and follows no link out of the folder that was named.
import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';

/** A file to take in, or one that cannot be and why. */
export type ListedFile = {
  path: string;
  /** Below the named folder, with `/`. */
  relativePath: string;
  /** Where its bytes lie when not at `path`: in a case that brought its evidence along. */
  readFrom?: string;
  problem?: 'outsideFolder' | 'notARegularFile' | 'permissionDenied' | 'disappeared';
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Every file below `paths` (files or folders, absolute), sorted by name inside each folder; a file named twice comes once.
 * A file inside a folder is listed whatever its name; what it is, is decided by its content.
 */
export async function* listMedia(paths: readonly string[]): AsyncGenerator<ListedFile> {
  const seen = new Set<string>();
  for (const named of paths) {
    const root = await realpath(named).catch(() => named);
    for await (const file of walk(named, '', root)) {
      if (seen.has(file.path)) continue;
      seen.add(file.path);
      yield file.relativePath === '' ? { ...file, relativePath: path.basename(named) } : file;
    }
  }
}

async function* walk(at: string, relativePath: string, root: string): AsyncGenerator<ListedFile> {
  const stat = await lstat(at).catch((error: NodeJS.ErrnoException) => error);
  if (stat instanceof Error)
    yield { path: at, relativePath, problem: stat.code === 'EACCES' ? 'permissionDenied' : 'disappeared' };
  else if (stat.isSymbolicLink()) yield* followLink(at, relativePath, root);
  else if (stat.isDirectory()) yield* walkFolder(at, relativePath, root);
  else if (stat.isFile()) yield { path: at, relativePath };
  else yield { path: at, relativePath, problem: 'notARegularFile' };
}

/** A link is followed only to a file inside the named folder. A link to a folder is not: it could lead in circles. */
async function* followLink(at: string, relativePath: string, root: string): AsyncGenerator<ListedFile> {
  const target = await realpath(at).catch(() => undefined);
  if (target === undefined) yield { path: at, relativePath, problem: 'disappeared' };
  else if (target !== root && !target.startsWith(root + path.sep))
    yield { path: at, relativePath, problem: 'outsideFolder' };
  else if ((await lstat(target)).isFile()) yield { path: at, relativePath };
}

async function* walkFolder(at: string, relativePath: string, root: string): AsyncGenerator<ListedFile> {
  const names = await readdir(at).catch((error: NodeJS.ErrnoException) => error);
  if (names instanceof Error) {
    yield { path: at, relativePath, problem: 'permissionDenied' };
    return;
  }
  // The named folder itself is no part of the relative path; folders below it are.
  const prefix = relativePath === '' ? '' : `${relativePath}/`;
  for (const name of names.sort(compare)) yield* walk(path.join(at, name), `${prefix}${name}`, root);
}
