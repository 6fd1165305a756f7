// ipcMain of the stand-in: an emitter that the page's binding feeds.
import { EventEmitter } from 'node:events';

export const ipcMain = new EventEmitter();
