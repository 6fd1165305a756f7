// Choosing a folder or files: the system's own dialog where a program around the window offers it,
// else a browser of the engine's machine.
import { bridge } from '../transport.ts';
import { createStore } from './store.ts';

export type ChooserRequest = {
  title: string;
  /**
   * `folder`: one folder. `folders`: several. `case`: one case folder. `media`: files and folders,
   * several. `file`: one file.
   */
  mode: 'folder' | 'folders' | 'case' | 'media' | 'file';
  resolve: (paths: string[]) => void;
};

export const chooser = createStore<ChooserRequest | null>(null);

/** Paths known to be folders, since they were chosen or dropped as such. */
const folders = new Set<string>();
export const noteFolder = (path: string): void => void folders.add(path);
export const isFolder = (path: string): boolean => folders.has(path);

const browse = (title: string, mode: ChooserRequest['mode']): Promise<string[]> =>
  new Promise((resolve) =>
    chooser.set({
      title,
      mode,
      resolve: (paths) => {
        chooser.set(null);
        resolve(paths);
      },
    }),
  );

/** Absolute path of a folder, or undefined when nothing was chosen. */
export async function chooseFolder(title: string, mode: 'folder' | 'case' = 'folder'): Promise<string | undefined> {
  const folder = bridge.pickFolder ? await bridge.pickFolder(title) : (await browse(title, mode))[0];
  if (folder) noteFolder(folder);
  return folder;
}

/** Absolute paths of folders; empty when nothing was chosen. */
export async function chooseFolders(title: string): Promise<string[]> {
  const folder = await bridge.pickFolder?.(title);
  const chosen = bridge.pickFolder ? (folder ? [folder] : []) : await browse(title, 'folders');
  for (const one of chosen) noteFolder(one);
  return chosen;
}

/** Absolute paths of files; in the browser, of folders too. Empty when nothing was chosen. */
export async function chooseFiles(title: string, mode: 'media' | 'file' = 'media'): Promise<string[]> {
  if (bridge.pickFiles) return bridge.pickFiles(title);
  return browse(title, mode);
}

/** Absolute path of a file that is there, or undefined when nothing was chosen. */
export const chooseFile = async (title: string): Promise<string | undefined> => (await chooseFiles(title, 'file'))[0];

/**
 * Absolute path of a file to be written, or undefined when nothing was chosen. In the browser its
 * folder is chosen.
 */
export async function chooseSave(title: string, fileName: string): Promise<string | undefined> {
  if (bridge.pickSave) return bridge.pickSave(title, fileName);
  const folder = await chooseFolder(title);
  return folder && `${folder.replace(/[\\/]$/, '')}${folder.includes('\\') ? '\\' : '/'}${fileName}`;
}

/** Absolute paths of what was dropped; undefined in a browser, which does not tell them. */
export function pathsFromDrop(transfer: DataTransfer): string[] | undefined {
  const { pathOf } = bridge;
  if (!pathOf) return undefined;
  const dropped = [...transfer.items].map((item) => item.webkitGetAsEntry()?.isDirectory ?? false);
  return [...transfer.files].flatMap((file, i) => {
    const path = pathOf(file);
    if (path && dropped[i]) noteFolder(path);
    return path ? [path] : [];
  });
}
