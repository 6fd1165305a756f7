// The line to the engine in Electron: the preload asks the main process for a port and passes it on
// to this page.
import type { ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { type Connection, ReconnectingLink } from './reconnecting-link.ts';

/** What the preload exposes: nothing of Electron, one question about dropped files. */
export type DesktopBridge = { pathOf(file: File): string };

/** The preload's bridge, undefined in the browser. */
export const desktopBridge = (): DesktopBridge | undefined => (globalThis as { recce?: DesktopBridge }).recce;

/** Asks for a port to `what`: the engine, or the main process's own dialogs. */
function requestPort(what: 'engine' | 'shell'): Promise<MessagePort> {
  const request = crypto.randomUUID();
  return new Promise((resolve) => {
    const receive = ({ source, data, ports: [port] }: MessageEvent): void => {
      if (source !== window || data !== `recce-port:${request}` || !port) return;
      window.removeEventListener('message', receive);
      resolve(port);
    };
    window.addEventListener('message', receive);
    window.postMessage(`recce-connect:${what}:${request}`, location.origin);
  });
}

/**
 * The main process says that the engine died: the port closes, whether or not it has noticed
 * itself.
 */
function closeWhenLost(port: MessagePort): void {
  const receive = ({ source, data }: MessageEvent): void => {
    if (source === window && data === 'recce-lost:engine') port.dispatchEvent(new Event('close'));
  };
  window.addEventListener('message', receive);
  port.addEventListener('close', () => window.removeEventListener('message', receive));
}

async function connect(what: 'engine' | 'shell'): Promise<Connection> {
  const port = await requestPort(what);
  const closed = new Promise<void>((resolve) => port.addEventListener('close', () => resolve()));
  if (what === 'engine') closeWhenLost(port);
  const link = new RPCLink({ port });
  port.start();
  return { link, closed };
}

export const connectToDesktopEngine = (): Promise<Connection> => connect('engine');

/** A link to the main process's dialogs. */
export const desktopShell = (): ClientLink<Record<never, never>> => new ReconnectingLink(() => connect('shell'));
