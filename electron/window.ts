// The workstation's window.
import path from 'node:path';
import { BrowserWindow, nativeTheme, type Session } from 'electron';
import { WEB_PREFERENCES } from './lock-down.ts';
import { START_ADDRESS } from './origins.ts';

/**
 * Opens the window; it is shown with its first paint. A page that dies is loaded again: it holds
 * nothing that could be lost.
 */
export function openWindow(session: Session, developer: boolean): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Recce Workstation',
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: {
      ...WEB_PREFERENCES,
      session,
      devTools: developer,
      preload: path.join(import.meta.dirname, 'preload.cjs'),
    },
  });
  window.once('ready-to-show', () => window.show());
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  void window.loadURL(START_ADDRESS);
  return window;
}
