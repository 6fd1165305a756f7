// Which files a worker may read, and where a file of the case's machine lies on this one. Whoever
// may write to the queue can ask for any path; a worker reads only below the folders it was started
// with.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { placeOnDisk } from '../../archives/place-in-archive.ts';

/** A folder as the machine with the case calls it, and the same folder here. */
export type EvidenceFolder = { there: string; here: string };

/**
 * `/evidence`, or `/case/evidence=/mnt/evidence` where the two machines call it by different names.
 */
export function folderFromText(text: string): EvidenceFolder {
  const at = text.indexOf('=');
  if (at < 0) return { there: path.resolve(text), here: path.resolve(text) };
  return { there: trimmed(text.slice(0, at)), here: path.resolve(text.slice(at + 1)) };
}

/** Without a separator at the end; also for a path of another system. */
const trimmed = (folder: string): string => folder.replace(/(.)[/\\]+$/, '$1');

/**
 * Where `file` of the case's machine lies here; undefined where it lies below none of the folders,
 * by its name or behind a link.
 */
export async function placeHere(folders: readonly EvidenceFolder[], file: string): Promise<string | undefined> {
  for (const { there, here } of folders) {
    const rest = restBelow(there, file);
    if (rest === undefined) continue;
    const place = path.join(here, rest);
    const [root, real] = await Promise.all(
      [here, placeOnDisk(place)].map((one) => realpath(one).catch(() => path.resolve(one))),
    );
    if (restBelow(root!, real!) !== undefined) return place;
  }
  return undefined;
}

/** The part of `file` below `folder`, with this system's separators; '' for the folder itself. */
function restBelow(folder: string, file: string): string | undefined {
  if (file === folder) return '';
  const isSeparated = /[/\\]$/.test(folder) || /[/\\]/.test(file[folder.length] ?? '');
  if (!file.startsWith(folder) || !isSeparated) return undefined;
  const rest = file.slice(folder.length);
  return (folder.includes('\\') || /^[a-z]:/i.test(folder) ? rest.replaceAll('\\', '/') : rest).replace(/^\/+/, '');
}
