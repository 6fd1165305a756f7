// The one IPC channel: the window's page asks for a port to the engine or to the desktop's dialogs,
// and gets it. Everything else it says goes over those ports. Askers other than the page itself are
// ignored.

import { RPCHandler } from '@orpc/server/message-port';
import { type IpcMainEvent, ipcMain, MessageChannelMain, type MessagePortMain, webContents } from 'electron';
import type { SupervisedEngine } from '../engine/supervise.ts';
import { isAppAddress } from './origins.ts';
import type { createShellRouter } from './shell.ts';

/** True when the main frame of a window, showing our page, sent this. */
const isFromOwnPage = ({ senderFrame, sender }: IpcMainEvent): boolean =>
  senderFrame !== null && senderFrame === sender.mainFrame && isAppAddress(senderFrame.url);

/** A port to the dialogs. */
function connectShell(handler: RPCHandler<Record<never, never>>): MessagePortMain {
  const { port1, port2 } = new MessageChannelMain();
  handler.upgrade(port1, { context: {} });
  port1.start();
  return port2;
}

export function handOutPorts(
  engine: Pick<SupervisedEngine<MessagePortMain>, 'connect' | 'onRestart'>,
  shellRouter: ReturnType<typeof createShellRouter>,
): void {
  const shell = new RPCHandler(shellRouter);
  engine.onRestart(() => {
    for (const contents of webContents.getAllWebContents()) contents.send('recce-lost');
  });
  ipcMain.on('recce-connect', async (event, what: unknown, request: unknown) => {
    if (!isFromOwnPage(event) || (what !== 'engine' && what !== 'shell') || typeof request !== 'string') return;
    const frame = event.senderFrame!;
    const port = what === 'engine' ? await engine.connect().catch(() => undefined) : connectShell(shell);
    if (!port) return;
    // The page may have been reloaded while the engine was being waited for; its new page asks for
    // itself.
    if (event.sender.isDestroyed() || frame.isDestroyed()) port.close();
    else frame.postMessage('recce-port', request, [port]);
  });
}
