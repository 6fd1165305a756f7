// What the window asks of the desktop: native dialogs and the file manager, as the contract of
// contract/shell.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { implement } from '@orpc/server';
import { type BaseWindow, dialog, shell } from 'electron';
import { shellContract } from '../contract/shell.ts';

const procedures = implement(shellContract);

/** Dialogs hang on the window `owner` gives. */
export const createShellRouter = (owner: () => BaseWindow) =>
  procedures.router({
    chooseFolder: procedures.chooseFolder.handler(async ({ input }) => {
      const { filePaths } = await dialog.showOpenDialog(owner(), {
        title: input.title,
        properties: ['openDirectory', 'createDirectory'],
      });
      return filePaths;
    }),
    chooseFiles: procedures.chooseFiles.handler(async ({ input }) => {
      const { filePaths } = await dialog.showOpenDialog(owner(), {
        title: input.title,
        properties: ['openFile', 'multiSelections'],
      });
      return filePaths;
    }),
    chooseSave: procedures.chooseSave.handler(async ({ input }) => {
      const { canceled, filePath } = await dialog.showSaveDialog(owner(), {
        title: input.title,
        defaultPath: path.basename(input.fileName),
      });
      return canceled || !filePath ? null : filePath;
    }),
    showInFolder: procedures.showInFolder.handler(({ input }) => {
      // Shown, never opened: what is in it is not run.
      if (path.isAbsolute(input.path) && existsSync(input.path)) shell.showItemInFolder(input.path);
      return null;
    }),
  });
