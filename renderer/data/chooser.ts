// Choosing a folder or files: the system's own dialog where a program around the window offers it, else a browser of the engine's machine.
import { bridge } from '../transport.ts';
import { createStore } from './store.ts';

export type ChooserRequest = {
  title: string;
  /** `folder`: one folder. `case`: one case folder. `media`: files and folders, several. `file`: one file. */
  mode: 'folder' | 'case' | 'media' | 'file';
  resolve: (paths: string[]) => void;
};

export const chooser = createStore<ChooserRequest | null>(null);

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
  if (bridge.pickFolder) return bridge.pickFolder(title);
  return (await browse(title, mode))[0];
}

/** Absolute paths of files; in the browser, of folders too. Empty when nothing was chosen. */
export async function chooseFiles(title: string, mode: 'media' | 'file' = 'media'): Promise<string[]> {
  if (bridge.pickFiles) return bridge.pickFiles(title);
  return browse(title, mode);
}

/** Absolute paths of what was dropped; undefined in a browser, which does not tell them. */
export function pathsFromDrop(transfer: DataTransfer): string[] | undefined {
  const { pathOf } = bridge;
  if (!pathOf) return undefined;
  return [...transfer.files].map((file) => pathOf(file)).filter(Boolean);
}
