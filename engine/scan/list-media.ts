// From the paths an examiner names to the files to look at, in an order that does not depend on the
// disk. Opens nothing for writing and follows no link out of the folder that was named.
import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';

/** A file to take in, or one that cannot be and why. */
export type ListedFile = {
  path: string;
  /** Below the named folder, with `/`. */
  relativePath: string;
  /** Where its bytes lie when not at `path`: in a case that brought its evidence along. */
  readFrom?: string;
  problem?: 'outsideFolder' | 'notARegularFile' | 'permissionDenied' | 'disappeared' | 'nameNotUnicode';
};

/**
 * Where a walk began: the folder links may not leave, and the folders it does not enter. All
 * without links.
 */
type Bounds = { root: string; except: ReadonlySet<string> };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Every file below `paths` (files or folders, absolute), sorted by name inside each folder; a file
 * named twice comes once. A file inside a folder is listed whatever its name; what it is, is
 * decided by its content. `except` are folders that are never evidence: the case itself, when it
 * lies inside the folder that is scanned.
 */
export async function* listMedia(paths: readonly string[], except: readonly string[] = []): AsyncGenerator<ListedFile> {
  const seen = new Set<string>();
  const real = (named: string): Promise<string> => realpath(named).catch(() => named);
  const excepted = new Set(await Promise.all(except.map(real)));
  for (const named of paths) {
    for await (const file of walk(named, { root: await real(named), except: excepted })) {
      if (seen.has(file.path)) continue;
      seen.add(file.path);
      yield file.relativePath === '' ? { ...file, relativePath: path.basename(named) } : file;
    }
  }
}

/**
 * A place of the walk, with what it is called without links; or one whose problem is known before
 * it is looked at.
 */
type Place = { at: string; real: string; relativePath: string; problem?: 'nameNotUnicode' };

/**
 * What lies at a place and below it, each folder's names in order. [Note: no link is resolved
 * twice] Below the named folder only links lead elsewhere, and none is followed into a folder: what
 * a folder is called without links is its parent's name and its own.
 */
async function* walk(named: string, bounds: Bounds): AsyncGenerator<ListedFile> {
  const left: Place[] = [{ at: named, real: bounds.root, relativePath: '' }];
  for (let place = left.pop(); place; place = left.pop()) {
    const { at, relativePath, problem } = place;
    if (problem) {
      yield { path: at, relativePath, problem };
      continue;
    }
    const stat = await lstat(at).catch((error: NodeJS.ErrnoException) => error);
    if (stat instanceof Error) yield { path: at, relativePath, problem: problemFrom(stat) };
    else if (stat.isSymbolicLink()) yield* followLink(at, relativePath, bounds);
    else if (stat.isDirectory()) {
      const found = bounds.except.has(place.real) ? [] : await placesIn(place);
      if (found instanceof Error) yield { path: at, relativePath, problem: problemFrom(found) };
      // The last is looked at first.
      else for (const one of found.reverse()) left.push(one);
    } else if (stat.isFile()) yield { path: at, relativePath };
    else yield { path: at, relativePath, problem: 'notARegularFile' };
  }
}

const problemFrom = ({ code }: NodeJS.ErrnoException): 'permissionDenied' | 'disappeared' =>
  code === 'EACCES' || code === 'EPERM' ? 'permissionDenied' : 'disappeared';

/**
 * A link is followed only to a file inside the named folder. A link to a folder is not: it could
 * lead in circles.
 */
async function* followLink(at: string, relativePath: string, { root, except }: Bounds): AsyncGenerator<ListedFile> {
  const target = await realpath(at).catch(() => undefined);
  const stat = target === undefined ? undefined : await lstat(target).catch(() => undefined);
  if (target === undefined || stat === undefined) yield { path: at, relativePath, problem: 'disappeared' };
  else if ([...except].some((one) => isInside(target, one))) return;
  else if (!isInside(target, root)) yield { path: at, relativePath, problem: 'outsideFolder' };
  else if (stat.isFile()) yield { path: at, relativePath };
  // A folder inside the named one is walked where it lies.
  else if (!stat.isDirectory()) yield { path: at, relativePath, problem: 'notARegularFile' };
}

/** True for the folder itself and everything below it. */
function isInside(target: string, folder: string): boolean {
  return target === folder || target.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** What lies in a folder, sorted by name; or why it cannot be listed. */
async function placesIn({ at, real, relativePath }: Place): Promise<Place[] | NodeJS.ErrnoException> {
  const names = await readdir(at, { encoding: 'buffer' }).catch((error: NodeJS.ErrnoException) => error);
  if (names instanceof Error) return names;
  // The named folder itself is no part of the relative path; folders below it are.
  const prefix = relativePath === '' ? '' : `${relativePath}/`;
  return names
    .map(nameFromBytes)
    .sort((a, b) => compare(a.name, b.name))
    .map(({ name, valid }) => ({
      at: path.join(at, name),
      real: path.join(real, name),
      relativePath: `${prefix}${name}`,
      ...(valid ? {} : { problem: 'nameNotUnicode' as const }),
    }));
}

/**
 * [Note: names are bytes] On Linux a name is bytes, and archives from older systems bring names in
 * other encodings. Such a name has no faithful text: its foreign bytes are written \xNN, it gets
 * its row, and the examiner renames a copy.
 */
function nameFromBytes(bytes: Buffer): { name: string; valid: boolean } {
  try {
    return { name: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), valid: true };
  } catch {
    const shown = [...bytes].map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : `\\x${b.toString(16)}`));
    return { name: shown.join(''), valid: false };
  }
}
