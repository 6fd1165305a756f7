// Texts and pictures of a data set, which may have come from elsewhere: a link in it leads to
// pictures that are of no concern to it, a pipe would be waited for without end, a device read
// without end.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import { ifExists } from '../files/optional-file.ts';
import { isNoFile, linkOnTheWay, readOwnFile } from '../files/own-file.ts';

/** More than the list of any published set has. */
const TEXT_LIMIT_BYTES = 2 ** 28;
/** More than any face or portrait has; evidence is read elsewhere. */
const PICTURE_LIMIT_BYTES = 2 ** 28;

/** Rejects as the system does, and for what is no regular file or has more than 256 MB. */
export const readSetText = async (file: string): Promise<string> =>
  Buffer.from(await readOwnFile(file, TEXT_LIMIT_BYTES)).toString('utf8');

/** Rejects as readSetText does. */
export const readSetPicture = (file: string): Promise<Uint8Array> => readOwnFile(file, PICTURE_LIMIT_BYTES);

/** Throws MATERIAL_REFUSED where a name leads to something else than a regular file inside the set. */
export async function refuseOutside(folder: string, names: readonly string[]): Promise<void> {
  const refused = (name: string): RecceError =>
    new RecceError(
      'MATERIAL_REFUSED',
      path.join(folder, name),
      'it is a link, a pipe or a device, or lies behind a link that leads out of the set. Only the set’s own files are read.',
    );
  const folders = new Map<string, boolean>();
  for (const name of names) {
    const within = path.dirname(name);
    if (!folders.has(within))
      folders.set(within, linkOnTheWay(folder, name) !== undefined && (await leadsOut(folder, within)));
    if (folders.get(within) || isNoFile(path.join(folder, name))) throw refused(name);
  }
}

/**
 * True where a folder behind a link lies outside the set; not where it is not there: whoever reads
 * of it says so.
 */
async function leadsOut(folder: string, within: string): Promise<boolean> {
  const root = await realpath(folder);
  const real = await ifExists(realpath(path.join(folder, within)), root);
  return real !== root && !real.startsWith(root + path.sep);
}
