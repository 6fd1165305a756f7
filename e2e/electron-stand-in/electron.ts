// The stand-in for the `electron` module: what main imports, over a real Chromium and real
// processes. It has no behaviour of the workstation: whatever main does not decide here, it does
// not do.
import { app } from './app.ts';

export { app } from './app.ts';
export { BrowserWindow, webContents } from './browser-window.ts';
export { ipcMain } from './ipc.ts';
export { MessageChannelMain } from './ports.ts';
export { protocol, session } from './session.ts';
export { utilityProcess } from './utility-process.ts';

export const nativeTheme = { shouldUseDarkColors: false };

export const Menu = { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => {} };

/**
 * Native dialogs answer with what the test has laid out, one answer a dialog; cancelled when there
 * is none.
 */
const answers: string[][] = [];
process.on('message', (message: { kind: string; paths: string[] }) => {
  if (message.kind === 'dialog') answers.push(message.paths);
  if (message.kind === 'quit') app.quit();
});
export const dialog = {
  showOpenDialog: async () => ({ filePaths: answers.shift() ?? [] }),
  showSaveDialog: async () => {
    const [filePath] = answers.shift() ?? [];
    return filePath ? { canceled: false, filePath } : { canceled: true };
  },
  showErrorBox: (title: string, content: string) => console.error(`${title}: ${content}`),
};

/** What was shown in the file manager goes to the test. */
export const shell = { showItemInFolder: (file: string) => process.send?.({ kind: 'shown', file }) };
